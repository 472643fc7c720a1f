import {html} from "htl";
import {commandLine, shellWord} from "./copy-button.js";
import {openDatabase} from "./database.js";
import {negated, reasons, words} from "./ledger-matrix.js";
import {counted, exact, isZero, signedExact} from "./format.js";
import {resultTable} from "./result-table.js";

const most = 10_000;
const atOnce = 50;

/**
 * Correction rules and reject reasons of one kind, 50 at a time; each opens its rows. `ledger` tells what money they
 * moved.
 */
export function reasonList(found, {ledger}) {
  const node = html`<div class="reasons"></div>`;
  const more = html`<button type="button" class="quiet more"></button>`;
  let shown = 0;
  const grow = () => {
    const next = found.slice(shown, shown + atOnce);
    shown += next.length;
    node.append(...next.map((reason) => reasonNode(reason, ledger)));
    more.textContent = `Show more (${exact(found.length - shown)} left)`;
    if (shown < found.length) node.append(more);
    else more.remove();
  };
  more.onclick = grow;
  grow();
  return node;
}

function reasonNode(reason, ledger) {
  const {kind, table_name, column_name, count} = reason;
  const unit = kind === "corrected" ? "value" : "row";
  return opening(
    html`<summary>
      <span class="reason-name" dir="auto">${reason.reason}</span>
      <span class="where faint">${table_name}${column_name ? ` · ${column_name}` : ""}</span>
      <span class="number">${counted(count, unit)}</span>
      <span class="number moved">${moved(reason, ledger)}</span>
    </summary>`,
    () => reasonRows(reason)
  );
}

/** What the reason moved of each measure the ledger adds up. */
function moved({kind, table_name, reason, column_name}, ledger) {
  const parts = ledger
    .filter(
      ({hop, table_name: table, measure}) =>
        hop === "bronze → silver" && table === table_name && measure !== "rows"
    )
    .filter(({measure}) => kind !== "corrected" || measure === column_name)
    .map((line) => ({measure: line.measure, amount: reasons(line)[kind]?.[reason]}))
    .filter(({amount}) => amount !== undefined && !isZero(amount))
    .map(
      ({measure, amount}) =>
        `${words(measure)} ${kind === "corrected" ? signedExact(amount) : negated(amount)}`
    );
  return parts.length ? parts.join(", ") : html`<span class="faint">moves no money</span>`;
}

function reasonRows(reason) {
  const {kind, table_name, count} = reason;
  const sample = kind === "corrected" ? correctionTable(reason.samples, reason) : rejectTable(reason.samples);
  const slot = html`<div>${resultTable(sample, {label: `Rows: ${reason.reason}`})}</div>`;
  const word = kind === "corrected" ? "corrections" : "rejects";
  return html`<div class="reason-rows">
    ${slot} ${count > reason.samples.length ? moreButton(slot, reason) : ""}
    ${commandLine(`npx assay ${word} ${table_name}`)}
  </div>`;
}

function moreButton(slot, reason) {
  const {kind, table_name, column_name, count} = reason;
  const total = count > most ? `First ${exact(most)} of ${exact(count)} rows` : `All ${exact(count)} rows`;
  const table = kind === "corrected" ? "corrections" : "rejects";
  const where =
    kind === "corrected"
      ? `table_name = ${literal(table_name)} and column_name = ${literal(column_name)} and rule = ${literal(reason.reason)}`
      : `table_name = ${literal(table_name)} and reason = ${literal(reason.reason)}`;
  const columns =
    kind === "corrected"
      ? "_row, key, source_value, corrected, cast(change as varchar) as change"
      : "_row, key, record";
  const button = html`<button type="button" class="quiet">${total}</button>`;
  button.onclick = () =>
    load(
      slot,
      button,
      `select ${columns} from assay.${table} where ${where} order by _row`,
      ({columns, rows}) => {
        const records = rows.map((row) =>
          Object.fromEntries(columns.map(({name}, index) => [name === "_row" ? "row" : name, row[index]]))
        );
        return kind === "corrected" ? correctionTable(records, reason) : rejectTable(records);
      }
    );
  return button;
}

/** Asks the browser's DuckDB and puts the rows in place of the first twenty; a failure stays beside them in words. */
async function load(slot, button, sql, toTable = (result) => result) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = "Loading…";
  try {
    const result = await (await openDatabase()).run(sql, {limit: most});
    slot.replaceChildren(resultTable(toTable(result), {label}));
    button.remove();
  } catch (error) {
    button.disabled = false;
    button.textContent = label;
    button.after(html`<span class="failure" role="alert">${error.message}</span>`);
  }
}

function correctionTable(records, {table_name, column_name}) {
  return {
    columns: [
      {name: `${table_name} key`, type: "VARCHAR"},
      {name: "bronze row", type: "BIGINT"},
      {name: `${column_name} in the source`, type: "VARCHAR"},
      {name: "corrected", type: "VARCHAR"},
      {name: "change", type: "DECIMAL(38,2)"}
    ],
    rows: records.map(({key, row, source_value, corrected, change}) => [
      key,
      row,
      source_value,
      corrected,
      change
    ])
  };
}

/** A rejected record is kept whole, as JSON: its fields become columns. */
function rejectTable(records) {
  const parsed = records.map(({row, record, source_value}) => ({
    row,
    fields: fieldsOf(record ?? source_value)
  }));
  const names = [...new Set(parsed.flatMap(({fields}) => Object.keys(fields)))].filter(
    (name) => name !== "_row"
  );
  return {
    columns: [{name: "bronze row", type: "BIGINT"}, ...names.map((name) => ({name, type: "VARCHAR"}))],
    rows: parsed.map(({row, fields}) => [row, ...names.map((name) => textOf(fields[name]))])
  };
}

function fieldsOf(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {record: text};
  }
}

function textOf(value) {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Rows outside a mart's grain, by mart and reason. */
export function outsideList(marts, ledger) {
  const found = marts.flatMap((mart) =>
    mart.outside.map((one) => ({mart, ...one, amounts: outsideAmounts(mart, one, ledger)}))
  );
  const some = found.filter(({amounts}) => amounts.length);
  return html`<div class="reasons">${some.map(outsideNode)}</div>`;
}

/** How many reasons leave rows outside a mart. */
export function countOutside(marts, ledger) {
  return marts.flatMap((mart) => mart.outside.filter((one) => outsideAmounts(mart, one, ledger).length))
    .length;
}

function outsideAmounts(mart, {reason}, ledger) {
  return ledger
    .filter(({hop, table_name}) => hop === "warehouse → marts" && table_name === mart.name)
    .map((line) => ({measure: line.measure, amount: reasons(line).outside?.[reason]}))
    .filter(({amount}) => amount !== undefined);
}

function outsideNode({mart, reason, where, amounts}) {
  return opening(
    html`<summary>
      <span class="reason-name">${reason}</span>
      <span class="where faint">not in ${mart.name}</span>
      <span class="number moved"
        >${amounts.map(({measure, amount}) => `${words(measure)} ${negated(amount)}`).join(", ")}</span
      >
    </summary>`,
    () => outsideRows(mart, where)
  );
}

/** The mart's condition is written for the fact table; the extract's `sales` names one of its columns otherwise. */
function outsideRows(mart, where) {
  const slot = html`<div></div>`;
  const button = html`<button type="button" class="quiet">Show the rows</button>`;
  const columns =
    "order_number, product_number, customer_key, order_date, ship_date, quantity, sales_amount, reported_sales_amount, is_corrected";
  button.onclick = () =>
    load(
      slot,
      button,
      `select ${columns} from (select *, product_key as current_product_key from marts.sales) where ${where} order by sale_key`
    );
  return html`<div class="reason-rows">
    <p>
      ${mart.name} holds: ${mart.description} Lines where <code>${where}</code> have no place in it; they stay
      in gold.
    </p>
    ${slot} ${button}
    ${commandLine(`npx assay sql ${shellWord(`select * from gold.${mart.from} where ${where}`)}`)}
  </div>`;
}

/** A `details` that makes its inside when first opened. */
function opening(summary, inside) {
  const node = html`<details class="reason">${summary}</details>`;
  node.addEventListener("toggle", () => node.append(inside()), {once: true});
  return node;
}

function literal(text) {
  return `'${String(text).replaceAll("'", "''")}'`;
}
