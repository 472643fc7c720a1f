import {html} from "htl";
import {counted, exact} from "./format.js";

/**
 * The keys of a table and the keys of others it names, what is wrong first. `keys` as in profile.json;
 * `onRows({columns, kind, partner, rows})` asks for the rows behind a count.
 */
export function keyList({rows, keys}, {onRows}) {
  if (!keys.length)
    return html`<p class="empty">
      No column of this table is declared a key: its rows are known by position.
    </p>`;
  const sorted = keys.toSorted((a, b) => wrongs(b) - wrongs(a));
  return html`<ul class="profile-keys">
    ${sorted.map((key) => keyLine(key, rows, onRows))}
  </ul>`;
}

function wrongs({repeated = 0, orphans = 0, partner, nulls}) {
  return repeated + orphans + (partner ? 0 : nulls);
}

function keyLine(key, rows, onRows) {
  const {columns, partner, nulls} = key;
  const isWrong = wrongs(key) > 0;
  return html`<li class=${isWrong ? "is-wrong" : null}>
    <i aria-hidden="true"></i>
    <span
      ><code>${columns.join(", ")}</code>${
        partner ? html`<span class="faint"> in </span><code>${partner.table}</code>` : ""
      }:
      ${partner ? referenceWords(key, rows, onRows) : keyWords(key, rows, onRows)}${
        nulls
          ? [
              ", ",
              asking(`${counted(nulls, "row")} without one`, {columns, kind: "null", rows: nulls}, onRows)
            ]
          : ""
      }.</span
    >
  </li>`;
}

function keyWords({columns, repeated, nulls}, rows, onRows) {
  if (repeated)
    return asking(
      `${counted(repeated, "row")} share their value with another`,
      {columns, kind: "repeated", rows: repeated},
      onRows
    );
  return rows > nulls ? `every one of ${counted(rows - nulls, "value")} is there once` : "no value";
}

function referenceWords({columns, partner, orphans, orphan_values, nulls}, rows, onRows) {
  if (orphans)
    return [
      asking(counted(orphans, "orphan"), {columns, kind: "orphan", partner, rows: orphans}, onRows),
      `: ${exact(orphan_values)} ${orphan_values === 1 ? "value" : "values"} that it does not know`
    ];
  return rows > nulls ? `all of ${counted(rows - nulls, "row")} have a partner, no orphan` : "no value";
}

function asking(text, fact, onRows) {
  return html`<button type="button" class="link" onclick=${() => onRows(fact)}>${text}</button>`;
}
