import {html} from "htl";
import {autoChart} from "./auto-chart.js";
import {copyButton, shellWord} from "./copy-button.js";
import {openDatabase} from "./database.js";
import {drawn} from "./drawn.js";
import {counted, exact} from "./format.js";
import {objectsOf} from "./objects.js";
import {resultGrid} from "./result-grid.js";
import {errorWords, sqlError} from "./sql-error.js";
import {sqlText} from "./sql-text.js";

/** Keeps the text of a page's SQL fence, which a cell shows and other notebooks read. */
export function sql(strings) {
  return strings.raw.join("").trim();
}

/**
 * A cell of a notebook: chart and answer of `rows`, which `sql` gave, and the SQL itself, to be edited and run again in
 * the browser. `chart(rows, width)` draws, `answer(rows)` says it in a sentence, `method` how and of how many; an edited
 * query is drawn the same way if it still has the columns, else by its shape.
 */
export function sqlCell({sql, rows, chart, answer, method, sqlPage}) {
  const shown = html`<div class="cell-answer"></div>`;
  const draw = (found) => shown.replaceChildren(...answerParts(found, {chart, answer, method}));
  draw(rows);
  return html`<section class="card cell">
    ${shown}
    ${sqlPart({sql, sqlPage, reset: () => draw(rows), show: (result) => showAgain(shown, result, {chart, answer})})}
  </section>`;
}

function answerParts(rows, {chart, answer, method}) {
  return [
    html`<p class="answer" dir="auto">${answer(rows)}</p>`,
    rows.length ? html`<div class="chart-slot">${drawn((width) => chart(rows, width))}</div>` : "",
    html`<p class="method faint">${method(rows)}</p>`
  ];
}

function showAgain(shown, result, {chart, answer}) {
  const rows = objectsOf(result);
  const redrawn = tried(() => [
    html`<p class="answer" dir="auto">${answer(rows)}</p>`,
    chartNode(rows, chart)
  ]);
  const shape = () => (autoChart(result, {width: 600}) ? drawn((width) => autoChart(result, {width})) : "");
  shown.replaceChildren(
    html`<p class="edited">
      Your query: ${counted(result.rows.length, "row")}${result.isCut ? " (the first of more)" : ""} in
      ${exact(Math.round(result.milliseconds))} ms
    </p>`,
    ...(redrawn ?? [shape()]),
    result.rows.length
      ? resultGrid(result, {label: "Result of your query"})
      : html`<p class="empty">It found no rows.</p>`
  );
}

/** Draws once out of sight, so that a query without the columns is noticed before it is shown. */
function chartNode(rows, chart) {
  if (!rows.length) return "";
  chart(rows, 600);
  return html`<div class="chart-slot">${drawn((width) => chart(rows, width))}</div>`;
}

function tried(draw) {
  try {
    return draw();
  } catch {
    return undefined;
  }
}

function sqlPart({sql, sqlPage, reset, show}) {
  const slot = html`<div></div>`;
  const link = (text) => `${sqlPage}?${new URLSearchParams({q: text})}`;
  const toText = () => {
    reset();
    const change = button("Edit and run", () => edit(slot, sql, {show, toText, link}));
    slot.replaceChildren(
      sqlText(sql),
      html`<div class="bar">
        ${change}
        <a class="quiet-link" href=${link(sql)}>Open in SQL</a>
        ${copyButton("Copy as npx assay sql", () => `npx assay sql -- ${shellWord(sql)}`)}
      </div>`
    );
    return change;
  };
  const node = html`<details class="cell-sql">
    <summary>SQL</summary>
    ${slot}
  </details>`;
  node.addEventListener("toggle", toText, {once: true});
  return node;
}

/** The editor comes with the first edit, DuckDB with the first run. */
async function edit(slot, sql, {show, toText, link}) {
  const {sqlEditor} = await import("./sql-editor.js");
  const status = html`<span class="status" role="status"></span>`;
  const failure = html`<div class="sql-error" role="alert" hidden></div>`;
  const open = html`<a class="quiet-link" href=${link(sql)}>Open in SQL</a>`;
  const cancel = button("Cancel", () => running?.abort());
  let running;
  const run = async () => {
    running?.abort();
    running = new AbortController();
    const {signal} = running;
    failure.hidden = true;
    cancel.hidden = false;
    editor.showError(null);
    status.textContent = "Running…";
    const text = editor.text();
    try {
      show(await (await openDatabase()).run(text, {signal}));
      status.textContent = "";
    } catch (error) {
      if (running.signal !== signal) return;
      status.textContent = signal.aborted ? "Cancelled" : "";
      if (!signal.aborted) tell(error, text);
    }
    cancel.hidden = running.signal === signal;
  };
  const tell = (error, text) => {
    const told = sqlError(error, text);
    failure.hidden = false;
    failure.replaceChildren(errorWords(told, text));
    if (told.position !== null) editor.showError(told.position);
  };
  const editor = sqlEditor({
    text: sql,
    label: "SQL of this cell",
    onRun: run,
    onChange: () => (open.href = link(editor.text()))
  });
  cancel.hidden = true;
  const go = button("Run", run);
  go.className = "primary";
  const back = button("Reset", () => (running?.abort(), toText().focus()));
  slot.replaceChildren(
    editor.node,
    failure,
    html`<div class="bar">${go} ${cancel} ${back} ${open} ${status}</div>`
  );
  openDatabase()
    .then((database) => database.schema())
    .then((tables) => editor.setSchema(tables))
    .catch((error) => tell(error, sql));
  editor.focus();
}

function button(text, onclick) {
  return html`<button type="button" class="quiet" onclick=${onclick}>${text}</button>`;
}
