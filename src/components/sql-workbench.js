import {html} from "htl";
import {FileAttachment} from "observablehq:stdlib";
import {copyButton, shellWord} from "./copy-button.js";
import {openDatabase} from "./database.js";
import {objectsOf} from "./objects.js";
import {remember} from "./query-history.js";
import {schemaTree} from "./schema-tree.js";
import {addressOf, readAddress} from "./sql-address.js";
import {extraCompletions, functionsSql} from "./sql-complete.js";
import {fileDrop} from "./sql-drop.js";
import {sqlEditor} from "./sql-editor.js";
import {errorWords, sqlError} from "./sql-error.js";
import {examples} from "./sql-examples.js";
import {historyMenu} from "./sql-history.js";
import {quoted} from "./sql-names.js";
import {boundValue, literalOf, parameterInputs} from "./sql-parameters.js";
import {isOwnSql} from "./sql-questions.js";
import {sqlResult} from "./sql-result.js";
import {statementAt, statementsIn, written} from "./sql-statements.js";

const limit = 10_000;

/**
 * The SQL page: schema, editor, parameters, a result for each statement that ran. Runs the first example by itself; a
 * query out of the address is only shown, until the reader presses Run.
 */
export function sqlWorkbench() {
  const parts = {
    schema: html`<div class="schema-slot"><p class="faint">Starting DuckDB…</p></div>`,
    note: html`<p class="note" hidden></p>`,
    error: html`<div class="sql-error" role="alert" hidden></div>`,
    results: html`<div class="results"></div>`,
    run: html`<button type="button" class="primary"></button>`,
    runAll: html`<button type="button" class="quiet" hidden>Run all <kbd>⇧ ${mod} ↵</kbd></button>`,
    cancel: html`<button type="button" class="quiet" hidden>Cancel</button>`
  };
  const state = {parts, running: undefined, slots: [], tables: [], charts: {}, ran: undefined};
  state.editor = sqlEditor({
    text: examples[0].sql,
    label: "SQL query",
    onRun: () => run(state),
    onRunAll: () => run(state, {isAll: true}),
    onChange: () => follow(state)
  });
  state.inputs = parameterInputs({onRun: () => run(state)});
  state.history = historyMenu((query) => openQuery(state, query));
  parts.run.onclick = () => run(state);
  parts.runAll.onclick = () => run(state, {isAll: true});
  parts.cancel.onclick = () => state.running?.abort();
  showSchema(state);
  window.addEventListener("popstate", () => showAddress(state));
  showAddress(state);
  return layout(state);
}

const mod = /mac|iphone|ipad/i.test(navigator.platform ?? "") ? "⌘" : "Ctrl";

function layout(state) {
  const {parts, editor, inputs} = state;
  const isNarrow = matchMedia("(max-width: 899px)").matches;
  return html`<div class="workbench">
    <details class="card schema-card" open=${!isNarrow}>
      <summary>Tables <span class="faint">click to insert</span></summary>
      ${fileDrop({onTable: (name) => (showSchema(state), offer(state, name))})} ${parts.schema}
    </details>
    <div class="work">
      <section class="card editor-card" aria-label="Query">
        <div class="bar">${exampleSelect((sql) => openQuery(state, {sql}))} ${state.history.node}</div>
        ${parts.note} ${editor.node} ${inputs.node}
        <div class="bar">
          ${parts.run} ${parts.runAll} ${parts.cancel} ${copyButton("Copy link", () => linkTo(state))}
          ${copyButton("Copy as npx assay sql", () => commandOf(state))}
        </div>
        ${parts.error}
      </section>
      ${parts.results}
    </div>
  </div>`;
}

/** Shows the query that the address names; one that this reader ran before, or that the site itself asks, is run. */
function showAddress(state) {
  const {sql, values, charts} = readAddress(location.search);
  state.charts = charts;
  state.inputs.setValues(values);
  state.editor.setText(sql ?? examples[0].sql);
  follow(state);
  const ran = history.state?.ran;
  if (sql === null || ran || isOwnSql(sql)) run(state, {...ran, isAgain: true});
  else showShared(state);
}

function showShared({parts, slots, running}) {
  running?.abort();
  parts.error.hidden = true;
  parts.note.hidden = false;
  parts.note.textContent = "This query came with the link. Read it, then press Run.";
  const result = sqlResult({});
  slots.splice(0, slots.length, result);
  result.say("Not run yet");
  parts.results.replaceChildren(result.node);
}

function openQuery(state, {sql, values = {}}) {
  state.inputs.setValues(values);
  state.editor.setText(sql);
  follow(state);
  run(state);
}

/** A first query of a new table, where the editor holds nothing that the reader wrote. */
function offer(state, name) {
  const isOwn = state.editor.text() !== (readAddress(location.search).sql ?? examples[0].sql);
  if (!isOwn) openQuery(state, {sql: `from ${quoted(name)}\nlimit 100`});
}

/** What follows the text and the cursor: the inputs, and what the buttons run. */
function follow({editor, inputs, tables, parts}) {
  const statements = statementsIn(editor.text());
  const {from, to} = editor.selection();
  inputs.draw(statements, tables);
  parts.runAll.hidden = statements.length < 2;
  parts.run.replaceChildren(
    from < to ? "Run selection " : statements.length > 1 ? "Run this statement " : "Run ",
    html`<kbd>${mod} ↵</kbd>`
  );
}

/** The statements to run: all, those selected, or the one at the cursor. */
function chosenOf(editor, {isAll, from, to}) {
  const text = editor.text();
  if (isAll) return statementsIn(text);
  if (from < to)
    return statementsIn(text.slice(from, to)).map((one) => ({
      ...one,
      from: one.from + from,
      to: one.to + from
    }));
  return [statementAt(statementsIn(text), from)].filter(Boolean);
}

async function run(state, {isAll = false, isAgain = false, ...place} = {}) {
  const {parts, editor, inputs} = state;
  const ran = {isAll, ...editor.selection(), ...place};
  const statements = chosenOf(editor, ran);
  state.running?.abort();
  clearErrors(state);
  if (!statements.length) return tell(state, {message: "There is no statement to run.", position: null});
  const running = (state.running = new AbortController());
  const isCurrent = () => state.running === running;
  try {
    const asked = statements.map((statement) => askedOf(statement, inputs));
    if (!isAgain) address(state, ran);
    await answer(state, statements, asked, isCurrent);
  } catch (error) {
    if (isCurrent()) tell(state, {message: error.message, position: null});
  } finally {
    if (isCurrent()) {
      state.running = undefined;
      parts.cancel.hidden = true;
    }
  }
}

/** A statement as the database takes it: parameters are read by name, their values go beside it. */
function askedOf(statement, inputs) {
  const {sql, placeOf} = written(statement, (name) => `getvariable('${name}')`);
  const [texts, kinds] = [inputs.values(), inputs.kinds()];
  const names = [...new Set(statement.parameters.map(({name}) => name))];
  const values = Object.fromEntries(names.map((name) => [name, boundValue(name, texts[name], kinds[name])]));
  return {sql, placeOf, values};
}

async function answer(state, statements, asked, isCurrent) {
  const {parts} = state;
  const {signal} = state.running;
  const slots = slotsFor(state, statements);
  parts.cancel.hidden = false;
  let done = 0;
  try {
    const results = (await openDatabase()).runAll(asked, {limit, signal});
    for await (const result of results) {
      if (!isCurrent()) return;
      slots[done].show(result, {sql: asked[done].sql, askAll: askAllOf(asked[done])});
      done++;
      slots[done]?.wait();
      if (done === asked.length) kept(state, result);
    }
  } catch (error) {
    if (!isCurrent()) return;
    slots[done].say(signal.aborted ? "Cancelled" : "Not run", {isBefore: true});
    for (const slot of slots.slice(done + 1)) slot.say("Not run");
    const {message, position} = sqlError(error, asked[done].sql);
    if (!signal.aborted)
      tell(state, {
        message,
        position: position === null ? null : asked[done].placeOf(position),
        of: statements[done]
      });
  }
  if (isCurrent() && (changes(statements) || done < asked.length)) showSchema(state);
}

/** Asks more with the values of a statement, without a limit: resolves to plain objects. */
function askAllOf({values}) {
  return async (sql, {signal}) => {
    try {
      const asking = (await openDatabase()).runAll([{sql, values}], {limit: Infinity, signal});
      for await (const result of asking) return objectsOf(result);
    } catch (error) {
      throw new Error(sqlError(error, sql).message, {cause: error});
    }
  };
}

function kept({editor, inputs, history}, {rows}) {
  remember({sql: editor.text(), values: inputs.values(), at: new Date().toISOString(), rows: rows.length});
  history.draw();
}

/** One place for each statement; a single one keeps its place, so that nothing jumps. */
function slotsFor(state, statements) {
  const {parts, slots, charts} = state;
  const isSame = statements.length === 1 && slots.length === 1;
  const onKind = (index) => (kind) => {
    state.charts = {...state.charts, [index]: kind};
    address(state, state.ran);
  };
  if (!isSame) {
    const titles = statements.map(({text}, index) =>
      statements.length > 1 ? `${index + 1}: ${brief(text)}` : null
    );
    slots.splice(0, slots.length, ...titles.map((title, index) => sqlResult({title, onKind: onKind(index)})));
    parts.results.replaceChildren(...slots.map(({node}) => node));
  }
  slots.forEach((slot, index) => slot.setKind(charts[index]));
  slots[0].wait();
  return slots;
}

function brief(text) {
  const plain = text
    .replace(/--[^\n]*/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
}

function changes(statements) {
  return statements.some(({text}) =>
    /^(\s|--[^\n]*|\/\*[\s\S]*?\*\/)*(create|drop|alter|insert|update|delete|truncate|copy|attach|detach)/i.test(
      text
    )
  );
}

/** Puts what ran into the address, as a new entry of the browser's history; another text lets its charts go. */
function address(state, ran) {
  const {editor, inputs} = state;
  const sql = editor.text();
  if (state.ran && state.ran.sql !== sql) state.charts = {};
  state.ran = {...ran, sql};
  const next = addressOf({sql, values: inputs.values(), charts: state.charts});
  const put = next === location.search ? "replaceState" : "pushState";
  history[put]({ran: {isAll: ran.isAll, from: ran.from, to: ran.to}}, "", next);
}

function clearErrors({editor, parts}) {
  editor.showError(null);
  parts.error.hidden = true;
  parts.note.hidden = true;
}

function tell({editor, parts}, failure) {
  parts.error.hidden = false;
  parts.error.replaceChildren(errorWords(failure, editor.text()));
  if (failure.position !== null) editor.showError(failure.position);
}

async function showSchema(state) {
  const {parts, editor} = state;
  try {
    const database = await openDatabase();
    const [tables, extra] = await Promise.all([database.schema(), extraOf(database)]);
    state.tables = tables;
    editor.setSchema(tables, extra);
    const isOpen = new Set(
      [...parts.schema.querySelectorAll("details[open]")].map(({dataset}) => dataset.table)
    );
    parts.schema.replaceChildren(schemaTree(tables, {onPick: editor.insert, query: database.query, isOpen}));
    follow(state);
  } catch (error) {
    parts.schema.replaceChildren(html`<p class="faint">${error.message}</p>`);
  }
}

async function extraOf({query}) {
  const [{measures}, functions] = await Promise.all([
    FileAttachment("../data/semantic.json").json(),
    query(functionsSql)
  ]);
  return extraCompletions({measures, functions: functions.map(({name}) => name)});
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

function linkTo({editor, inputs, charts}) {
  const url = new URL(location.href);
  url.search = addressOf({sql: editor.text(), values: inputs.values(), charts});
  url.hash = "";
  return url.href;
}

/** The statement at the cursor as a command, its parameters as literals. */
function commandOf({editor, inputs}) {
  const statement = statementAt(statementsIn(editor.text()), editor.selection().from);
  if (!statement) return "npx assay sql";
  const [texts, kinds] = [inputs.values(), inputs.kinds()];
  const literal = (name) => {
    try {
      return literalOf(name, texts[name], kinds[name]);
    } catch {
      return "null";
    }
  };
  return `npx assay sql -- ${shellWord(written(statement, literal).sql)}`;
}
