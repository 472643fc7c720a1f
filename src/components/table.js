import {html} from "htl";
import {numberOf} from "./format.js";

/**
 * Rows as a plain table. `columns`: `{label, value(row), isNumber, isHead}`; `value` gives text or a node.
 * At most 25 rows, the rest counted. The node's `data()` gives all of them as `exportMenu` takes them.
 */
export function table(rows, columns, {most = 25, caption} = {}) {
  const shown = rows.slice(0, most);
  const node = html`<div class="table-scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class="table">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({label, isNumber}) => html`<th scope="col" class=${isNumber ? "number" : null}>${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => cell(row, column))}
            </tr>`
        )}
      </tbody>
    </table>
    ${rows.length > most ? html`<p class="small-print">and ${rows.length - most} more</p>` : null}
  </div>`;
  return Object.assign(node, {data: () => dataOf(rows, columns)});
}

/** What a node with a table says, as `exportMenu` takes it: of `table()` all rows, of any other those in it. */
export function dataOfTable(node) {
  if (node.data) return node.data();
  const cells = (row) => [...row.cells].map(({textContent}) => textContent.trim());
  const head = cells([...node.querySelectorAll("thead tr")].at(-1));
  const kept = head.flatMap((label, index) => (label ? [index] : []));
  const rows = [...node.querySelectorAll("tbody tr")].map((row) => {
    const texts = cells(row);
    return kept.map((index) => numberOf(texts[index] ?? "") ?? texts[index] ?? null);
  });
  const isNumber = (index) => rows.length > 0 && rows.every((row) => typeof row[index] === "number");
  return {
    columns: kept.map((from, index) => ({name: head[from], type: isNumber(index) ? "DOUBLE" : "VARCHAR"})),
    rows
  };
}

function dataOf(rows, columns) {
  const named = columns.filter(({label}) => label);
  return {
    columns: named.map(({label, isNumber}) => ({name: label, type: isNumber ? "DOUBLE" : "VARCHAR"})),
    rows: rows.map((row) => named.map((column) => plain(column, column.value(row))))
  };
}

/** What a cell says, as a value: an exact number again a number. */
function plain({isNumber}, value) {
  const text = value instanceof Node ? value.textContent.trim() : value;
  if (!isNumber || typeof text !== "string") return text;
  return text === "n/a" ? null : (numberOf(text) ?? text);
}

function cell(row, {value, isNumber, isHead}) {
  return isHead
    ? html`<th scope="row">${value(row)}</th>`
    : html`<td class=${isNumber ? "number" : null}>${value(row)}</td>`;
}
