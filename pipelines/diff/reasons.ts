import {span} from "../1-bronze/chunk.ts";
import {fact, findTable, sources} from "../catalog.ts";
import {ident, literal, query, run} from "../engine/duckdb.ts";
import {parquetOf, relationOf} from "../parts.ts";
import {contentOfTable, objectsOf, rowText} from "../step.ts";
import type {Desk, Side} from "./diff.ts";
import {movedOf} from "./rows.ts";

/** Why a fact row differs, in the order in which reasons are told. */
export const reasons = [
  "new rows",
  "late rows",
  "changed rows",
  "deleted rows",
  "corrections",
  "rule changes",
  "newly refused",
  "taken in again",
  "definition changes"
] as const;

export type Reason = (typeof reasons)[number];

type When = "before" | "after";

/**
 * Says of each fact row that differs why, in `moved.reasons` (key, reason): by whether its source row is there before
 * and after, was refused, or has other values; a row that differs though its source and what it refers to do not is of
 * other rules (or of another today).
 */
export async function explainRows(desk: Desk, before: Side, after: Side): Promise<void> {
  const {connection} = desk;
  const sides = {before, after};
  for (const when of ["before", "after"] as const) {
    await readSources(desk, when, sides[when]);
    await readRefused(desk, when, sides[when]);
  }
  await findTouched(desk, before, after);
  const through = before.data_through.whole;
  const isLate = through === null ? "false" : `b.order_date <= date ${literal(through)}`;
  const key = ident(fact.key);
  await run(
    connection,
    `create table moved.reasons as
     select coalesce(a.${key}, b.${key}) as key,
       case
         when b.${key} is null and a_source.source in (from moved.after_refused) then 'newly refused'
         when b.${key} is null then 'deleted rows'
         when a.${key} is null and b_source.source in (from moved.before_refused) then 'taken in again'
         when a.${key} is null and ${isLate} then 'late rows'
         when a.${key} is null then 'new rows'
         when a_source.source is distinct from b_source.source then 'changed rows'
         when b._row in (from moved.touched) then 'changed rows'
         else 'rule changes'
       end as reason
     from ${movedOf("before", fact.name)} as a
     full join ${movedOf("after", fact.name)} as b on a.${key} = b.${key}
     left join moved.before_sources as a_source on a_source._row = a._row
     left join moved.after_sources as b_source on b_source._row = b._row`
  );
}

/** The md5 of the source row of each fact row that differs: `moved.WHEN_sources` (_row, source). */
async function readSources(desk: Desk, when: When, side: Side): Promise<void> {
  const rows = `select _row from ${movedOf(when, fact.name)}`;
  await run(desk.connection, `create table moved.${when}_sources as ${await sourceRows(desk, side, rows)}`);
}

/** The md5 of the source rows that were refused: `moved.WHEN_refused`. */
async function readRefused(desk: Desk, when: When, side: Side): Promise<void> {
  const refused = objectsOf(side, "rejects", fact.from!).filter(({rows}) => rows > 0);
  const rows = refused.length
    ? `select _row from ${await parquetOf(desk.lake, refused)}`
    : "select 0::bigint as _row where false";
  await run(
    desk.connection,
    `create table moved.${when}_refused as select source from (${await sourceRows(desk, side, rows)})`
  );
}

/** Rows of bronze by their number, as (_row, source): only the chunks that hold them are read. */
async function sourceRows({connection, lake}: Desk, side: Side, rows: string): Promise<string> {
  const found = await query<{chunk: number}>(
    connection,
    `select distinct (_row // ${span})::integer as chunk from (${rows})`
  );
  const chunks = new Set(found.map(({chunk}) => chunk));
  const parts = objectsOf(side, "bronze", fact.from!).filter(({chunk = 0}) => chunks.has(chunk));
  if (!parts.length) return "select 0::bigint as _row, '' as source where false";
  const relation = await relationOf(lake, parts);
  const text = rowText(findTable(sources, fact.from!).columns);
  return `select _row, md5(${text}) as source from ${relation} semi join (${rows}) as wanted using (_row)`;
}

/**
 * The fact rows, by their number after, that refer to a row of another source table that differs: `moved.touched`.
 * Where only the rules of that table differ, its rows do not count as changed.
 */
async function findTouched(desk: Desk, before: Side, after: Side): Promise<void> {
  const {connection, lake} = desk;
  const parts: string[] = [];
  for (const [lookup, {key, by}] of Object.entries(fact.parts!.lookups)) {
    const contents = (layer: string) =>
      [before, after].map((side) => contentOfTable(objectsOf(side, layer, lookup)));
    const differ = (layer: string) => new Set(contents(layer)).size > 1;
    if (!differ("bronze") || !differ("silver")) continue;
    const [old, now] = await Promise.all(
      [before, after].map((side) => parquetOf(lake, objectsOf(side, "silver", lookup)))
    );
    const own = await parquetOf(lake, objectsOf(after, "silver", fact.from!));
    parts.push(
      `select _row from ${own} where _row in (select _row from ${movedOf("after", fact.name)})
         and ${ident(by)} in (
           select ${ident(key)} from (${without(old!, now!)} union all by name ${without(now!, old!)}))`
    );
  }
  await run(
    connection,
    `create table moved.touched as ${parts.join(" union all ") || "select 0::bigint as _row where false"}`
  );
}

function without(from: string, other: string): string {
  return `(select * exclude (_row) from ${from} except all select * exclude (_row) from ${other})`;
}
