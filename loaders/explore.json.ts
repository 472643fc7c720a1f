import {join} from "node:path";
import type {DuckDBConnection} from "@duckdb/node-api";
import {withShownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {describe, ident, literal, query, run} from "../pipelines/engine/duckdb.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {type Definitions, type Measure, type Question, selectSql} from "../src/components/semantic/select.ts";
import {simpleParts, valueOf} from "../src/components/semantic/measures.js";

/*
 * The first paint of /explore: every simple measure (ratios are made of two) of the last 12 months, the period before
 * and the year before, in all, by month and by each dimension. A dimension of many members has those that lead in any
 * measure, and how many there are.
 */

type Value = number | string | null;
type Row = Record<string, Value>;
type Span = {from: string; to: string};
type Spans = Record<"current" | "previous" | "last_year", Span>;

const period = "12m";
/** A dimension of more members is cut to those that lead. */
const whole = 60;
const leading = 8;

const config = readConfig();
const defined = readDefinitions(config.root);
const measures = (simpleParts(defined) as Measure[]).map(({name}) => name);

await withShownRelease(config, async ({connection, folder}) => {
  const spans = await readSpans(connection);
  const shown = spans && (await exploreOf(connection, folder, spans));
  process.stdout.write(JSON.stringify({period, measures, ...(shown ?? {spans: null})}));
});

async function readSpans(connection: DuckDBConnection): Promise<Spans | undefined> {
  const [row] = await query<Record<string, string>>(
    connection,
    `select columns(*)::varchar from marts.periods where period = ${literal(period)}`
  );
  const span = (name: string) => ({from: row![`${name}starts_on`]!, to: row![`${name}ends_on`]!});
  return row && {current: span(""), previous: span("previous_"), last_year: span("last_year_")};
}

async function exploreOf(connection: DuckDBConnection, folder: string, spans: Spans) {
  const {to} = spans.current;
  const [{since}] = (await query(
    connection,
    `select cast(date_trunc('month', date ${literal(to)}) - interval 25 months as date)::varchar as since`
  )) as [{since: string}];
  const from = [since, spans.previous.from, spans.last_year.from].sort()[0]!;
  await copyLines(connection, join(folder, "explore.duckdb"), {from, to});
  const ask = (question: Omit<Question, "measures">, definitions = defined) =>
    query<Row>(
      connection,
      selectSql(definitions, {measures, ...question}, {relation: "copy.lines", numbers: "double"})
    );
  const series = async (grain: "month", span: Span) =>
    (await ask({grain, ...span})).map((row) => [row[grain], ...valuesOf(row)]);
  return {
    spans,
    totals: await bySpan((span) => ask(span).then(([row]) => valuesOf(row!)), spans),
    months: await series("month", {from: since, to}),
    series: {current: await series("month", spans.current), before: await series("month", spans.last_year)},
    dimensions: await byDimension(ask, spans)
  };
}

/** The lines of the days that are asked, with the columns that the definitions name, out of memory: one pass over the star. */
async function copyLines(connection: DuckDBConnection, file: string, {from, to}: Span): Promise<void> {
  const {relation, dimensions} = defined;
  const time = dimensions.find(({name}) => name === defined.time)!.expr;
  const texts = [...defined.measures, ...dimensions].map((one) => ("expr" in one ? one.expr : "")).join(" ");
  const words = new Set(texts.toLowerCase().match(/\w+/g));
  const columns = (await describe(connection, relation)).filter(({name}) => words.has(name.toLowerCase()));
  await run(connection, `attach ${literal(file)} as copy`);
  await run(
    connection,
    `create table copy.lines as select ${columns.map(({name}) => ident(name)).join(", ")} from ${relation}
     where ${time} between date ${literal(from)} and date ${literal(to)}`
  );
}

async function bySpan<T>(work: (span: Span) => Promise<T>, spans: Spans): Promise<Record<string, T>> {
  const result: Record<string, T> = {};
  for (const [name, span] of Object.entries(spans)) result[name] = await work(span);
  return result;
}

/** Of each dimension its members with their values now, in the period before and a year before; null without lines. */
async function byDimension(
  ask: (question: Omit<Question, "measures">, definitions?: Definitions) => Promise<Row[]>,
  {current, previous, last_year}: Spans
) {
  const result: Record<string, unknown> = {};
  for (const {name} of defined.dimensions.filter(({kind}) => kind === "categorical")) {
    const members = new Map<Value, (Row | undefined)[]>();
    // now and a year before never share a day: one pass tells them apart
    const years = split({now: current, before: last_year});
    for (const row of await ask({by: ["_span", name], where: years.where}, years.definitions))
      placed(members, row, name, row._span === "now" ? 0 : 2);
    for (const row of await ask({by: [name], ...previous})) placed(members, row, name, 1);
    const kept = members.size <= whole ? [...members] : leaders(members);
    result[name] = {
      count: members.size,
      rows: kept.map(([member, rows]) => [member, ...rows.map((row) => row && valuesOf(row))])
    };
  }
  return result;
}

function placed(members: Map<Value, (Row | undefined)[]>, row: Row, name: string, at: number): void {
  const member = row[name] ?? null;
  if (!members.has(member)) members.set(member, [undefined, undefined, undefined]);
  members.get(member)![at] = row;
}

/** The definitions with a dimension that tells two spans apart. */
function split({now, before}: {now: Span; before: Span}) {
  const {expr} = defined.dimensions.find(({name}) => name === defined.time)!;
  const within = ({from, to}: Span) => `${expr} between date ${literal(from)} and date ${literal(to)}`;
  const span = {
    ...{name: "_span", label: "", description: "", kind: "categorical" as const},
    expr: `case when ${within(now)} then 'now' else 'before' end`
  };
  return {
    where: `${within(now)} or ${within(before)}`,
    definitions: {...defined, dimensions: [...defined.dimensions, span]}
  };
}

/** The members that lead in any measure, by its value and by its size. */
function leaders(members: Map<Value, (Row | undefined)[]>): [Value, (Row | undefined)[]][] {
  const all = [...members].filter(([, [now]]) => now);
  const kept = new Set<Value>();
  for (const measure of defined.measures) {
    const valued = all
      .map(([member, [now]]) => [member, valueOf(measure, now)] as [Value, Value])
      .filter((one): one is [Value, number] => typeof one[1] === "number");
    for (const size of [(value: number) => value, Math.abs])
      for (const [member] of valued.sort((a, b) => size(b[1]) - size(a[1])).slice(0, leading))
        kept.add(member);
  }
  return [...members].filter(([member]) => kept.has(member));
}

function valuesOf(row: Row): Value[] {
  return measures.map((name) => row[name] ?? null);
}
