import {html} from "htl";
import {counted} from "./format.js";
import {columnProfile, profileSql} from "./schema-profile.js";
import {quoted} from "./sql-names.js";

/**
 * The tables with their columns and types; a click calls `onPick` with the name to insert. What is the reader's stands
 * first. A table that is opened is profiled by `query`, a column below its name; the box narrows to names; `isOpen` names the open ones.
 */
export function schemaTree(tables, {onPick, query, isOpen = new Set()}) {
  const nodes = tables.map((one) => {
    const node = tableNode(one, onPick, query);
    node.open = isOpen.has(node.dataset.table);
    return {one, node};
  });
  const found = html`<p class="faint" role="status" hidden></p>`;
  const box = html`<input
    type="search"
    placeholder="Filter tables and columns"
    aria-label="Filter tables and columns"
  />`;
  box.oninput = () => {
    const shown = nodes.filter(({one, node}) => narrow(node, one, box.value.trim().toLowerCase()));
    found.hidden = shown.length > 0;
    found.textContent = `No table or column is named like “${box.value.trim()}”.`;
  };
  return html`<div class="schema-tree">${box}${found}${nodes.map(({node}) => node)}</div>`;
}

function tableNode({schema, table, rows, isYours, columns}, onPick, query) {
  const name = `${schema}.${quoted(table)}`;
  const node = html`<details class=${isYours ? "is-yours" : null} data-table=${name}>
    <summary>
      <span class="table-name"><span class="faint">${schema}.</span><bdi>${table}</bdi></span>
      <span class="faint count">${rows === null ? "view" : counted(rows, "row")}</span>
    </summary>
    <button type="button" class="column" onclick=${() => onPick(name)}>
      <span>insert ${name}</span>
    </button>
    ${columns.map((column) => html`<div class="column-slot">${columnButton(column, onPick)}</div>`)}
  </details>`;
  const slots = [...node.querySelectorAll(".column-slot")];
  node.addEventListener("toggle", () => node.open && profile(slots, {schema, table, rows, columns}, query), {
    once: true
  });
  return node;
}

/** Reserves a line for each column's profile, so that nothing moves when it comes. */
async function profile(slots, table, query) {
  const lines = slots.map((slot) => slot.appendChild(html`<div class="column-profile"></div>`));
  try {
    const found = await query(profileSql(table));
    lines.forEach((line, index) => line.replaceWith(columnProfile(table.columns[index], found[index])));
  } catch (error) {
    lines.forEach((line) => line.remove());
    slots[0]?.before(html`<p class="faint">Its profile could not be read: ${error.message}</p>`);
  }
}

function columnButton({name, type}, onPick) {
  return html`<button
    type="button"
    class="column"
    title=${`insert ${name} (${type.toLowerCase()})`}
    onclick=${() => onPick(quoted(name))}
  >
    <bdi>${name}</bdi><span class="faint">${type.toLowerCase().replace(/\(.*/, "")}</span>
  </button>`;
}

/** Whether a table has a name like the wanted one; where only columns have, the others are hidden. */
function narrow(node, {schema, table, columns}, wanted) {
  const isTable = `${schema}.${table}`.toLowerCase().includes(wanted);
  const slots = [...node.querySelectorAll(".column-slot")];
  const hits = columns.map(({name}) => isTable || name.toLowerCase().includes(wanted));
  slots.forEach((slot, index) => (slot.hidden = !hits[index]));
  node.hidden = !hits.includes(true) && !isTable;
  if (wanted && !isTable && !node.hidden) node.open = true;
  return !node.hidden;
}
