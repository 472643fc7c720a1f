import {html} from "htl";

const words =
  "select|from|where|group|by|order|limit|having|with|as|and|or|not|in|is|null|on|using|join|left|cross|inner|case|when|then|else|end|over|partition|rows|between|preceding|following|current|row|filter|distinct|union|all|cast|interval|desc|asc|sets|grouping|qualify|exists|values|true|false";
const token = new RegExp(`(--[^\\n]*)|('(?:[^']|'')*')|\\b(${words})\\b|\\b(\\d+(?:\\.\\d+)?)\\b`, "gi");
const kinds = ["", "tok-comment", "tok-string", "tok-keyword", "tok-number"];

/** SQL as a block of text with its words coloured. */
export function sqlText(sql) {
  const parts = [];
  let end = 0;
  for (const match of sql.matchAll(token)) {
    const kind = match.findIndex((part, index) => index > 0 && part !== undefined);
    parts.push(sql.slice(end, match.index), html`<span class=${kinds[kind]}>${match[0]}</span>`);
    end = match.index + match[0].length;
  }
  return html`<pre
    class="sql-text"
    tabindex="0"
    aria-label="SQL"
  ><code>${parts}${sql.slice(end)}</code></pre>`;
}
