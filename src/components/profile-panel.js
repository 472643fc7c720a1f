import {html} from "htl";
import {openDatabase} from "./database.js";
import {exportMenu} from "./export.js";
import {counted, exact} from "./format.js";
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
  const status = html`<p class="card-subtitle" role="status">Starting DuckDB…</p>`;
  const body = html`<div class="why-body profile-found"></div>`;
  const state = {};
  const dialog = html`<dialog class="why profile-panel" aria-labelledby="rows-title">
    <header>
      <div>
        <h2 id="rows-title">${titleOf(table, fact)}</h2>
        ${status}
      </div>
      <form method="dialog"><button class="quiet" aria-label="Close">Close</button></form>
    </header>
    ${body}
    <footer class="bar">
      ${exportMenu({title: table.name, data: () => state.result ?? {columns: [], rows: []}})}
      <a href=${`./sql?${new URLSearchParams({q: sql})}`}>Open in SQL</a>
    </footer>
  </dialog>`;
  const asking = new AbortController();
  let isLeft = false;
  dialog.addEventListener("close", () => {
    asking.abort();
    dialog.remove();
    if (!isLeft) onClose();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.querySelector("#observablehq-main").append(dialog);
  dialog.showModal();
  showRows(sql, {status, body, state, signal: asking.signal});
  return {
    leave() {
      isLeft = true;
      dialog.close();
    }
  };
}

async function showRows(sql, {status, body, state, signal}) {
  try {
    const {run} = await openDatabase();
    const result = await run(sql, {limit, signal});
    state.result = result;
    const {rows, isCut} = result;
    status.textContent = isCut
      ? `The first ${exact(limit)} rows, there are more`
      : counted(rows.length, "row");
    body.replaceChildren(
      rows.length
        ? resultTable(result, {pageSize: 25, label: "Rows"})
        : html`<p class="empty">No row is left: the address asks for a value that is not there.</p>`
    );
  } catch (error) {
    if (signal.aborted) return;
    status.textContent = "The rows could not be read";
    body.replaceChildren(html`<p class="small-print" role="alert">${error.message}</p>`);
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
