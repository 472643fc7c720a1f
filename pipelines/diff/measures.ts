import type {Measure} from "../../src/components/semantic/select.ts";
import {fact} from "../catalog.ts";
import {ident, literal, query, queryOne, run, tablesOf} from "../engine/duckdb.ts";
import {fromCents, toCents} from "../ledger.ts";
import {totalsSql} from "../measures.ts";
import {parquetOf} from "../parts.ts";
import {byTable, type LakeObject, objectsOf} from "../step.ts";
import type {Desk, Side} from "./diff.ts";
import {type Reason, reasons} from "./reasons.ts";
import {movedOf} from "./rows.ts";

/**
 * How a measure moved. Amounts and counts are exact decimal texts whose parts sum to the change to the cent; of a ratio the
 * parts are what it moves when numerator and denominator take up one reason after another, in the order given. A least
 * or greatest value has no parts. `unexplained` is what no reason accounts for, and must be zero.
 */
export type MeasureChange = {
  measure: string;
  label: string;
  format: Measure["format"];
  before: string | null;
  after: string | null;
  change: string | null;
  parts: {reason: Reason; change: string}[];
  unexplained: string;
};

/** Where a change concentrates: a member with a larger share of it than it has of the whole before, its `usual` one. */
export type Segment = {
  measure: string;
  dimension: string;
  member: string | null;
  change: string;
  share: number;
  usual: number;
};

type Simple = Extract<Measure, {kind: "simple"}>;
type Cents = Map<Reason, bigint>;
type Values = Record<string, string | null>;

/** A desk that knows the tables of the later side, whose columns the view asks for. */
type Place = Desk & {later: Map<string, LakeObject[]>};

/** Every measure of both sides, and the reasons of its change, from the fact rows that `explainRows` explained. */
export async function compareMeasures(
  desk: Desk,
  before: Side,
  after: Side
): Promise<{measures: MeasureChange[]; segments: Segment[]}> {
  const {definitions} = desk;
  const place: Place = {...desk, later: byTable(after.objects)};
  const view = after.views[definitions.relation.split(".")[1]!]!;
  await showLines(place, "before", before, view);
  await showLines(place, "after", after, view);
  const values = [await valuesOf(place, before, view), await valuesOf(place, after, view)] as [
    Values,
    Values
  ];
  const parts = new Map<string, Cents>();
  for (const one of definitions.measures)
    if (one.kind === "simple") parts.set(one.name, await partsOf(place, one, after, view));
  const isDefinedAnew = before.measures?.definition !== after.measures?.definition;
  const simpleFirst = [...definitions.measures].sort(
    (a, b) => Number(a.kind === "ratio") - Number(b.kind === "ratio")
  );
  const changes = new Map(simpleFirst.map((one) => [one.name, changeOf(one, values, parts, isDefinedAnew)]));
  const measures = definitions.measures.map(({name}) => changes.get(name)!);
  return {measures, segments: await segmentsOf(place, before, view)};
}

/** The lines of one side that moved, with their reason: `moved.WHEN_lines`. */
async function showLines(desk: Place, when: "before" | "after", side: Side, view: string): Promise<void> {
  await showFacts(desk, side, view, `from ${movedOf(when, fact.name)}`);
  const key = ident(fact.key);
  await run(
    desk.connection,
    `create table moved.${when}_lines as
     select lines.*, reasons.reason as _reason from (${view}) as lines join moved.reasons on reasons.key = lines.${key}`
  );
}

/** Shows what the view of all lines reads: the fact rows of `facts`, everything else of a side. */
async function showFacts(
  {connection, lake, later}: Place,
  side: Side,
  view: string,
  facts: string
): Promise<void> {
  const tables = byTable(side.objects);
  for (const name of await tablesOf(view)) {
    const [layer, table] = name.split(".") as [string, string];
    const isFact = name === `gold.${fact.name}`;
    const parts = tables.get(name) ?? [];
    const relation = isFact
      ? facts
      : `select *${missing(parts, later.get(name) ?? [])} from ${await parquetOf(lake, parts)}`;
    await run(connection, `create or replace view ${ident(layer)}.${ident(table)} as ${relation}`);
  }
}

/** The columns that a table has since got, empty where they were not known yet. */
function missing([before]: LakeObject[], [after]: LakeObject[]): string {
  const known = before?.columns.map(({name}) => name) ?? [];
  const added = after?.columns.filter(({name}) => !known.includes(name)) ?? [];
  return added.map(({name, type}) => `, cast(null as ${type}) as ${ident(name)}`).join("");
}

/** All fact rows of a side. */
async function allFacts({lake}: Desk, side: Side): Promise<string> {
  return `from ${await parquetOf(lake, objectsOf(side, "gold", fact.name))}`;
}

/** Every measure of a side, asked where the release does not tell. */
async function valuesOf(desk: Place, side: Side, view: string): Promise<Values> {
  const known = side.measures?.values ?? {};
  const {measures} = desk.definitions;
  if (measures.every(({name}) => name in known)) return known;
  await showFacts(desk, side, view, await allFacts(desk, side));
  await run(desk.connection, `create or replace view ${desk.definitions.relation} as ${view}`);
  return {...(await queryOne<Values>(desk.connection, totalsSql(desk.definitions))), ...known};
}

/** What each reason adds to a simple measure. */
async function partsOf(desk: Place, measure: Simple, after: Side, view: string): Promise<Cents> {
  if (measure.agg === "count_distinct") return distinctParts(desk, measure, after, view);
  if (measure.agg === "min" || measure.agg === "max") return new Map();
  const own = await sumsByReason(desk, measure);
  const twin = desk.definitions.measures.find(
    ({name}) => name === measure.as_reported && name !== measure.name
  );
  if (twin?.kind !== "simple") return own;
  const reported = (await sumsByReason(desk, twin)).get("changed rows") ?? 0n;
  const changed = own.get("changed rows") ?? 0n;
  return new Map([...own, ["changed rows", reported], ["corrections", changed - reported]]);
}

async function sumsByReason({connection}: Desk, {agg, expr}: Simple): Promise<Cents> {
  const value = agg === "count" ? `case when ${expr} is not null then 1 end` : expr;
  const rows = await query<{reason: Reason; change: string | null}>(
    connection,
    `select _reason as reason, sum(cast(value as decimal(38, 2)) * sign)::varchar as change
     from (select _reason, ${value} as value, 1 as sign from moved.after_lines
       union all select _reason, ${value}, -1 from moved.before_lines)
     group by 1`
  );
  return new Map(rows.map(({reason, change}) => [reason, toCents(change ?? "0")]));
}

/** What comes or goes counts for the first reason of a line that brings or takes it; what other lines still have does neither. */
async function distinctParts(desk: Place, {expr}: Simple, after: Side, view: string): Promise<Cents> {
  const {connection} = desk;
  const rank = `list_position([${reasons.map(literal).join(", ")}], _reason)`;
  await run(
    connection,
    `create or replace temp table coming as
     select value, sum(sign)::integer as sign, min(rank) as rank
     from (select distinct on (value, sign) value, sign, rank from (
         select ${expr} as value, 1 as sign, ${rank} as rank from moved.after_lines
         union all select ${expr}, -1, ${rank} from moved.before_lines)
       order by value, sign, rank)
     where value is not null group by value having sum(sign) <> 0`
  );
  const {n} = await queryOne<{n: string}>(connection, "select count(*)::varchar as n from coming");
  if (n === "0") return new Map();
  const key = ident(fact.key);
  await showFacts(
    desk,
    after,
    view,
    `${await allFacts(desk, after)} anti join ${movedOf("after", fact.name)} using (${key})`
  );
  const rows = await query<{reason: Reason; change: string}>(
    connection,
    `select [${reasons.map(literal).join(", ")}][rank] as reason, sum(sign)::varchar as change from coming
     where value not in (select ${expr} from (${view}) where ${expr} in (select value from coming)) group by 1`
  );
  return new Map(rows.map(({reason, change}) => [reason, toCents(change)]));
}

function changeOf(
  measure: Measure,
  [before, after]: [Values, Values],
  parts: Map<string, Cents>,
  isDefinedAnew: boolean
): MeasureChange {
  const {name, label, format} = measure;
  const told = {measure: name, label, format, before: before[name] ?? null, after: after[name] ?? null};
  if (measure.kind === "ratio") return {...told, ...ratioChange(measure, before, after, parts)};
  if (measure.agg === "min" || measure.agg === "max")
    return {...told, change: null, parts: [], unexplained: "0"};
  const change = toCents(told.after ?? "0") - toCents(told.before ?? "0");
  const own = parts.get(name)!;
  const rest = change - sumOf(own);
  const known: Cents = isDefinedAnew ? new Map([...own, ["definition changes", rest]]) : own;
  const list = reasons.flatMap((reason) => {
    const part = known.get(reason) ?? 0n;
    return part === 0n ? [] : [{reason, change: fromCents(part)}];
  });
  parts.set(name, known);
  return {
    ...told,
    change: fromCents(change),
    parts: list,
    unexplained: isDefinedAnew ? "0" : fromCents(rest)
  };
}

/** Numerator and denominator take up one reason after another; each step is that reason's part. */
function ratioChange(
  {numerator, denominator}: Extract<Measure, {kind: "ratio"}>,
  before: Values,
  after: Values,
  parts: Map<string, Cents>
) {
  const ratio = (above: bigint, below: bigint) => (below === 0n ? null : Number(above) / Number(below));
  let [above, below] = [numerator, denominator].map((name) => toCents(before[name] ?? "0")) as [
    bigint,
    bigint
  ];
  const first = ratio(above, below);
  const last = ratio(toCents(after[numerator] ?? "0"), toCents(after[denominator] ?? "0"));
  if (first === null || last === null) return {change: null, parts: [], unexplained: "0"};
  const list: MeasureChange["parts"] = [];
  let known = first;
  for (const reason of reasons) {
    above += parts.get(numerator)!.get(reason) ?? 0n;
    below += parts.get(denominator)!.get(reason) ?? 0n;
    const next = ratio(above, below) ?? known;
    if (next !== known) list.push({reason, change: String(next - known)});
    known = next;
  }
  return {
    change: String(last - first),
    parts: list,
    unexplained: known === last ? "0" : String(last - known)
  };
}

function sumOf(parts: Cents): bigint {
  return [...parts.values()].reduce((sum, part) => sum + part, 0n);
}

/** For each dimension the member with most of the change of the first measure, where that is more than its usual share. */
async function segmentsOf(desk: Place, before: Side, view: string): Promise<Segment[]> {
  const {connection, definitions} = desk;
  const measure = definitions.measures.find(
    (one): one is Simple => one.kind === "simple" && one.agg === "sum"
  );
  if (!measure) return [];
  const found: Segment[] = [];
  const amount = `cast(${measure.expr} as decimal(38, 2))`;
  for (const {name, kind, expr} of definitions.dimensions) {
    if (kind !== "categorical") continue;
    const [top] = await query<{member: string | null; change: string; share: number | null}>(
      connection,
      `select member, sum(value)::varchar as change, (sum(value) / nullif(sum(sum(value)) over (), 0))::double as share
       from (select cast(${expr} as varchar) as member, ${amount} as value from moved.after_lines
         union all select cast(${expr} as varchar), -${amount} from moved.before_lines)
       group by 1 order by share desc nulls last, member limit 1`
    );
    if (top?.share)
      found.push({
        measure: measure.name,
        dimension: name,
        member: top.member,
        change: top.change,
        share: top.share,
        usual: 0
      });
  }
  if (!found.length) return [];
  await showFacts(desk, before, view, await allFacts(desk, before));
  const shares = found.map(({dimension, member}, n) => {
    const {expr} = definitions.dimensions.find(({name}) => name === dimension)!;
    const is = member === null ? `${expr} is null` : `cast(${expr} as varchar) = ${literal(member)}`;
    return `(sum(${amount}) filter (${is}) / nullif(sum(${amount}), 0))::double as s${n}`;
  });
  const usual = await queryOne<Record<string, number | null>>(
    connection,
    `select ${shares.join(", ")} from (${view})`
  );
  return found
    .map((one, n) => ({...one, usual: usual[`s${n}`] ?? 0}))
    .filter(({share, usual}) => share - usual >= 0.1)
    .sort((a, b) => b.share - b.usual - (a.share - a.usual));
}
