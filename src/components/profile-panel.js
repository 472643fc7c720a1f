import {html} from "htl";
import {openDatabase} from "./database.js";
import {exportMenu} from "./export.js";
import {counted, exact} from "./format.js";
import {answering, openPanel} from "./panel.js";
import {rowsSql} from "./profile-sql.js";
import {valueText} from "./profile-table.js";
import {resultTable} from "./result-table.js";

const limit = 1000;

/**
 * Opens the rows of a fact of a table, `{columns, kind, value, partner}`, in a panel: the first 1,000, to export, or to go
 * on with in SQL. Esc closes it and calls `onClose`; `leave()` closes it without.
 */
export function openRows(table, fact, {onClose}) {
  const sql = rowsSql(table.name, fact);
  const status = html`<span role="status">Starting DuckDB…</span>`;
  const state = {};
  const asking = new AbortController();
  const dialog = openPanel({
    title: titleOf(table, fact),
    subtitle: status,
    className: "profile-panel",
    body: answering("", () => rowsFound(sql, {status, state, signal: asking.signal})),
    footer: html`<div class="bar">
      ${exportMenu({title: table.name, data: () => state.result ?? {columns: [], rows: []}})}
      <a href=${`./sql?${new URLSearchParams({q: sql})}`}>Open in SQL</a>
    </div>`
  });
  let isLeft = false;
  dialog.addEventListener("close", () => {
    asking.abort();
    if (!isLeft) onClose();
  });
  return {
    leave() {
      isLeft = true;
      dialog.close();
    }
  };
}

async function rowsFound(sql, {status, state, signal}) {
  try {
    const {run} = await openDatabase();
    const result = await run(sql, {limit, signal});
    state.result = result;
    const {rows, isCut} = result;
    status.textContent = isCut
      ? `The first ${exact(limit)} rows, there are more`
      : counted(rows.length, "row");
    if (rows.length) return [resultTable(result, {pageSize: 25, label: "Rows"})];
    return [html`<p class="empty">No row is left: the address asks for a value that is not there.</p>`];
  } catch (error) {
    status.textContent = "The rows could not be read";
    throw error;
  }
}

function titleOf(table, {columns, kind, value, partner}) {
  const names = columns.join(", ");
  if (kind === "null") return `Rows of ${table.name} without ${names}`;
  if (kind === "repeated") return `Rows of ${table.name} that share ${names}`;
  if (kind === "orphan") return `Rows of ${table.name} whose ${names} is not in ${partner.table}`;
  const column = table.columns.find(({name}) => name === columns[0]);
  return `Rows of ${table.name} where ${names} is ${valueText(value, column).slice(0, 120)}`;
}
