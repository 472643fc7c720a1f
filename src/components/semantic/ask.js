import {FileAttachment} from "observablehq:stdlib";
import {openDatabase} from "../database.js";
import {selectSql} from "./select.js";

let read;
const remembered = new Map();

/** Every measure and dimension of dbt's semantic YAML: `Definitions` of select.ts. */
export function definitions() {
  return (read ??= FileAttachment("../../data/semantic.json").json());
}

/** The SQL of a question (`Question` of select.ts) over the browser's DuckDB, its numbers as doubles. */
export async function sqlOf(question) {
  return selectSql(await definitions(), question, {relation: "marts.sales", numbers: "double"});
}

/** Answers a question in the browser's DuckDB: an array of objects, dimensions as text, measures as numbers. */
export async function askMeasures(question) {
  const [sql, {query}] = await Promise.all([sqlOf(question), openDatabase()]);
  return query(sql);
}

/** The same, asked of the engine once: what comes back is shared and not to be changed. */
export function askOnce(question) {
  return once(JSON.stringify(question), () => askMeasures(question));
}

/**
 * The answers to one question over two spans, `[now, before]`, `before` null where there is no such span; in one pass
 * where they share no day.
 */
export async function askSpans(question, now, before) {
  if (!before || before.to >= now.from)
    return Promise.all([askOnce({...question, ...now}), before ? askOnce({...question, ...before}) : null]);
  return once(JSON.stringify([question, now, before]), () => askTogether(question, now, before));
}

async function askTogether({by = [], ...question}, now, before) {
  const [defined, {query}] = await Promise.all([definitions(), openDatabase()]);
  const {expr} = defined.dimensions.find(({name}) => name === defined.time);
  const within = ({from, to}) => `${expr} between date '${from}' and date '${to}'`;
  const dimension = {
    ...{name: "_span", label: "", description: "", kind: "categorical"},
    expr: `case when ${within(now)} then 'now' else 'before' end`
  };
  const rows = await query(
    selectSql(
      {...defined, dimensions: [...defined.dimensions, dimension]},
      {...question, by: ["_span", ...by], where: `${within(now)} or ${within(before)}`},
      {relation: "marts.sales", numbers: "double"}
    )
  );
  const of = (span) => rows.filter((row) => row._span === span);
  if (by.length) return [of("now"), of("before")];
  // a span without lines has no group, yet an answer
  const none = (span) => askMeasures({...question, ...span});
  return Promise.all(
    [of("now"), of("before")].map((found, i) => (found.length ? found : none([now, before][i])))
  );
}

function once(key, work) {
  if (!remembered.has(key)) {
    const answer = work();
    answer.catch(() => remembered.delete(key));
    remembered.set(key, answer);
    if (remembered.size > 400) remembered.delete(remembered.keys().next().value);
  }
  return remembered.get(key);
}

/** What stands behind a selection: how many lines, how many of them corrected, and how many at an assumed cost. */
export async function askStanding({filters, from, to}) {
  const defined = await definitions();
  const count = (name, expr) => ({name, kind: "simple", agg: "count", expr, format: "integer"});
  const counts = [
    count("lines", "*"),
    count("corrected_lines", "case when sales_amount is distinct from reported_sales_amount then 1 end"),
    count("assumed_lines", "case when is_cost_assumed then 1 end")
  ];
  const sql = selectSql(
    {...defined, measures: counts},
    {measures: counts.map(({name}) => name), filters, from, to},
    {relation: "marts.sales", numbers: "double"}
  );
  const {query} = await openDatabase();
  const [row] = await query(sql);
  return row;
}

/** The days that the data cover and the default span, as `{first, through, from}`; null for a shop without dated lines. */
export async function askDays() {
  const {query} = await openDatabase();
  const [row] = await query(`select
    cast(min(starts_on) filter (period = 'all') as varchar) as first,
    cast(max(ends_on) as varchar) as through,
    cast(min(starts_on) filter (period = '12m') as varchar) as "from"
    from marts.periods`);
  return row.through === null ? null : row;
}
