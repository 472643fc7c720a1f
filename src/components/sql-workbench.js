import {html} from "htl";
import {resize} from "observablehq:stdlib";
import {autoChart} from "./auto-chart.js";
import {copyButton, shellWord} from "./copy-button.js";
import {openDatabase} from "./database.js";
import {download} from "./download.js";
import {csvBlob, jsonBlob} from "./export-formats.js";
import {counted, exact} from "./format.js";
import {forgetHistory, readHistory, remember} from "./query-history.js";
import {resultTable} from "./result-table.js";
import {schemaTree} from "./schema-tree.js";
import {sqlEditor} from "./sql-editor.js";
import {sqlError} from "./sql-error.js";
import {examples} from "./sql-examples.js";

const limit = 10_000;

/**
 * The SQL page: schema, editor, result. Runs the first example by itself; a query out of the address is only shown,
 * until the reader presses Run.
 */
export function sqlWorkbench() {
  const shared = new URLSearchParams(location.search).get("q");
  const parts = {
    schema: html`<div class="schema-slot"><p class="faint">Starting DuckDB…</p></div>`,
    note: html`<p class="note" hidden></p>`,
    error: html`<div class="sql-error" role="alert" hidden></div>`,
    status: html`<span class="status" role="status"></span>`,
    chart: html`<div class="chart-slot"></div>`,
    table: html`<div class="table-slot skeleton"></div>`,
    history: html`<div class="history-list"></div>`,
    run: html`<button type="button" class="primary">Run <kbd>${isMac() ? "⌘" : "Ctrl"} ↵</kbd></button>`,
    cancel: html`<button type="button" class="quiet" hidden>Cancel</button>`
  };
  const state = {result: undefined, running: undefined};
  const run = () => runQuery(state, parts, editor);
  const editor = sqlEditor({text: shared ?? examples[0].sql, label: "SQL query", onRun: run});
  const open = (sql) => {
    editor.setText(sql);
    run();
  };
  parts.run.onclick = run;
  parts.cancel.onclick = () => state.running?.abort();
  drawHistory(parts.history, open);
  parts.onDone = () => drawHistory(parts.history, open);
  showSchema(parts, editor);
  if (shared === null) run();
  else showShared(parts);
  return layout(parts, editor, open, state);
}

function layout(parts, editor, open, state) {
  const isNarrow = matchMedia("(max-width: 899px)").matches;
  return html`<div class="workbench">
    <details class="card schema-card" open=${!isNarrow}>
      <summary>Tables <span class="faint">click to insert</span></summary>
      ${parts.schema}
    </details>
    <div class="work">
      <section class="card editor-card" aria-label="Query">
        <div class="bar">
          ${exampleSelect(open)}
          <details class="menu">
            <summary>History</summary>
            ${parts.history}
          </details>
        </div>
        ${parts.note} ${editor.node}
        <div class="bar">
          ${parts.run} ${parts.cancel} ${copyButton("Copy link", () => linkTo(editor.text()))}
          ${copyButton("Copy as npx assay sql", () => `npx assay sql -- ${shellWord(editor.text())}`)}
        </div>
        ${parts.error}
      </section>
      <section class="card result-card" aria-label="Result">
        <div class="bar">
          ${parts.status}<span class="spring"></span
          >${exportButton("CSV", state, csvBlob)}${exportButton("JSON", state, jsonBlob)}
        </div>
        ${parts.chart} ${parts.table}
      </section>
    </div>
  </div>`;
}

async function showSchema(parts, editor) {
  try {
    const tables = await (await openDatabase()).schema();
    editor.setSchema(tables);
    parts.schema.replaceChildren(schemaTree(tables, {onPick: editor.insert}));
  } catch (error) {
    parts.schema.replaceChildren(html`<p class="faint">${error.message}</p>`);
  }
}

function showShared(parts) {
  parts.note.hidden = false;
  parts.note.textContent = "This query came with the link. Read it, then press Run.";
  parts.table.classList.remove("skeleton");
  parts.status.textContent = "Not run yet";
}

async function runQuery(state, parts, editor) {
  state.running?.abort();
  const running = new AbortController();
  state.running = running;
  const sql = editor.text();
  begin(parts, editor);
  const isCurrent = () => state.running === running;
  try {
    const database = await openDatabase();
    const result = await database.run(sql, {limit, signal: running.signal});
    if (!isCurrent()) return;
    state.result = result;
    remember({sql, at: new Date().toISOString(), rows: result.rows.length});
    parts.onDone();
    showResult(parts, result);
  } catch (error) {
    if (isCurrent())
      showFailure(parts, editor, running.signal.aborted ? null : sqlError(error, sql), state.result);
  } finally {
    if (isCurrent()) end(parts, state);
  }
}

function begin(parts, editor) {
  editor.showError(null);
  parts.error.hidden = true;
  parts.note.hidden = true;
  parts.cancel.hidden = false;
  parts.status.textContent = "Running…";
  parts.chart.classList.add("stale");
  parts.table.classList.add("stale");
}

function end(parts, state) {
  state.running = undefined;
  parts.cancel.hidden = true;
  parts.table.classList.remove("skeleton");
}

function showResult(parts, result) {
  const {columns, rows, isCut, milliseconds} = result;
  const many = isCut ? `first ${exact(limit)} rows, there are more` : counted(rows.length, "row");
  parts.status.textContent = `${many} · ${exact(Math.round(milliseconds))} ms`;
  parts.chart.classList.remove("stale");
  parts.table.classList.remove("stale");
  const hasChart = autoChart(result, {width: 600}) !== null;
  parts.chart.replaceChildren(...(hasChart ? [resize((width) => autoChart(result, {width}))] : []));
  parts.table.replaceChildren(
    rows.length
      ? resultTable({columns, rows}, {label: "Result of the query"})
      : html`<p class="empty">The query ran and found no rows.</p>`
  );
}

function showFailure(parts, editor, failure, result) {
  if (!failure) {
    parts.status.textContent = `Cancelled${result ? "; below is the result before" : ""}`;
    return;
  }
  parts.status.textContent = result ? "Not run; below is the result before" : "Not run";
  parts.error.hidden = false;
  parts.error.replaceChildren(...messageOf(failure, editor.text()));
  if (failure.position !== null) editor.showError(failure.position);
}

function messageOf({message, position}, sql) {
  if (position === null) return [html`<p>${message}</p>`];
  const before = sql.slice(0, position).split("\n");
  return [
    html`<p><strong>Line ${before.length}, column ${before.at(-1).length + 1}.</strong> ${message}</p>`
  ];
}

function exampleSelect(open) {
  const select = html`<select aria-label="Example queries">
    <option value="">Examples…</option>
    ${examples.map(({name}, index) => html`<option value=${index}>${name}</option>`)}
  </select>`;
  select.onchange = () => {
    if (select.value === "") return;
    open(examples[Number(select.value)].sql);
    select.value = "";
  };
  return select;
}

function drawHistory(slot, open) {
  const entries = readHistory();
  const forget = () => {
    forgetHistory();
    drawHistory(slot, open);
  };
  const pick = (sql) => {
    slot.closest("details").open = false;
    open(sql);
  };
  slot.replaceChildren(
    ...(entries.length
      ? [
          ...entries.map(
            ({sql, rows}) =>
              html`<button type="button" onclick=${() => pick(sql)}>
                <code>${sql.replace(/\s+/g, " ").slice(0, 120)}</code
                ><span class="faint">${counted(Number(rows) || 0, "row")}</span>
              </button>`
          ),
          html`<button type="button" class="forget" onclick=${forget}>Forget all</button>`
        ]
      : [html`<p class="faint">Queries you run are kept here, in this browser only.</p>`])
  );
}

function exportButton(name, state, textOf) {
  return html`<button
    type="button"
    class="quiet"
    onclick=${() => state.result && download(`assay.${name.toLowerCase()}`, textOf(state.result))}
  >
    ${name}
  </button>`;
}

function linkTo(sql) {
  const url = new URL(location.href);
  url.search = new URLSearchParams({q: sql}).toString();
  url.hash = "";
  return url.href;
}

function isMac() {
  return /mac|iphone|ipad/i.test(navigator.platform ?? "");
}
