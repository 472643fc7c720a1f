import {html} from "htl";
import {counted} from "./format.js";

/** The tables of the extract with their columns and types; a click calls `onPick` with the name to insert. */
export function schemaTree(tables, {onPick}) {
  return html`<div class="schema-tree">${tables.map((one) => tableNode(one, onPick))}</div>`;
}

function tableNode({schema, table, rows, columns}, onPick) {
  const name = `${schema}.${table}`;
  return html`<details>
    <summary>
      <span class="table-name"><span class="faint">${schema}.</span><bdi>${table}</bdi></span>
      <span class="faint count">${counted(rows, "row")}</span>
    </summary>
    <button type="button" class="column" onclick=${() => onPick(name)}>
      <span>insert ${name}</span>
    </button>
    ${columns.map(
      (column) =>
        html`<button
          type="button"
          class="column"
          title=${`insert ${column.name} (${column.type.toLowerCase()})`}
          onclick=${() => onPick(quoted(column.name))}
        >
          <bdi>${column.name}</bdi><span class="faint">${column.type.toLowerCase().replace(/\(.*/, "")}</span>
        </button>`
    )}
  </details>`;
}

function quoted(name) {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
