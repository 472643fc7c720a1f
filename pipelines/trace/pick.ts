import type {DuckDBConnection} from "@duckdb/node-api";
import {span} from "../1-bronze/chunk.ts";
import {UsageError} from "../config.ts";
import {describe, ident, query, run} from "../engine/duckdb.ts";
import type {Lake} from "../lake/lake.ts";
import type {Release} from "../release.ts";
import {readBy, shownAs} from "../stand-in.ts";
import {showTables, showViews} from "../views.ts";
import type {Amount} from "./amounts.ts";
import {relationOf} from "../parts.ts";
import {objectsOf} from "../step.ts";
import type {Predicate} from "./predicate.ts";
import {hasRow, type Start} from "./start.ts";

/** What a trace works with. */
export type Place = {connection: DuckDBConnection; lake: Lake; release: Release};

/** Whether the predicate is asked of gold or above it. */
const isAbove = ({layer}: Start) => layer === "gold" || layer === "marts";

/**
 * Finds the rows that a predicate is about on every layer: tables `mart_rows`, `gold_rows`, `silver_rows` and
 * `bronze_rows`, all but the first with `_row`. Below gold only the chunks are read in which such rows lie.
 */
export async function pickRows(
  place: Place,
  start: Start,
  predicate: Predicate,
  amounts: Amount[]
): Promise<void> {
  const rows = `from ${start.relation} as ${ident(start.table)} where ${predicate.condition}`;
  try {
    if (start.mart) await create(place, "mart_rows", rows, start);
    else if (isAbove(start)) await create(place, "gold_rows", goldOf(start, amounts, rows), start);
    else await create(place, "asked_rows", `select _row ${rows}`, start);
  } catch (error) {
    throw await toldOf(place.connection, start, error as Error);
  }
  if (start.mart) await create(place, "gold_rows", goldOfMart(start, amounts));
  const picked = isAbove(start) ? "gold_rows" : "asked_rows";
  const partsOf = await partsWith(place, picked);
  await pickBelow(place, start, amounts, picked, partsOf);
  if (!isAbove(start) && start.gold)
    await create(place, "gold_rows", await goldOfRows(place, start, amounts, partsOf));
}

function goldOf(start: Start, amounts: Amount[], rows: string): string {
  const {gold, source} = start;
  if (hasRow(gold!)) return `select _row${goldColumns(start, amounts)} ${rows}`;
  return `with own as (${rows}) select kept._row${goldColumns(start, amounts)} from own
    left join silver.${ident(source.name)} as kept on kept.${ident(source.key[0]!)} = own.${ident(gold!.key)}`;
}

function goldOfMart(start: Start, amounts: Amount[]): string {
  const fact = `(select *, product_key as version_key from gold.fct_sales)`;
  return `with ${ident(start.table)} as (from mart_rows)
    select lines._row${goldColumns(start, amounts, "lines.")} from ${fact} as lines ${start.mart!.lines}`;
}

async function goldOfRows({lake}: Place, start: Start, amounts: Amount[], partsOf: PartsOf): Promise<string> {
  const {gold} = start;
  if (!hasRow(gold!))
    return `${goldOf(start, amounts, `from gold.${ident(gold!.name)}`)} where kept._row in (select _row from asked_rows)`;
  const own = await relationOf(lake, partsOf("gold", gold!.name));
  return `select _row${goldColumns(start, amounts)} from (select *, product_key as version_key from ${own})
    where _row in (select _row from asked_rows)`;
}

/** The amounts of gold, and of the fact table what its cost is made of. */
function goldColumns({gold}: Start, amounts: Amount[], from = ""): string {
  const names = amounts.flatMap(({gold: own, goldReported}) => [own ?? [], goldReported ?? []].flat());
  const cost = gold!.name === "fct_sales" ? ["cost_amount", "version_key"] : [];
  return [...new Set([...names, ...cost])].map((name) => `, ${from}${ident(name)}`).join("");
}

async function pickBelow(
  {connection, lake}: Place,
  {source}: Start,
  amounts: Amount[],
  picked: string,
  partsOf: PartsOf
): Promise<void> {
  const kept = amounts.map(
    ({silver}, n) =>
      `, ${ident(silver)} as kept${n}, ${ident(`reported_${silver}`)} as reported${n}, ${ident(`${silver}_rule`)} as rule${n}`
  );
  const texts = amounts.map(({typed}, n) => `, ${typed} as typed${n}`);
  const [silver, bronze] = [partsOf("silver", source.name), partsOf("bronze", source.name)];
  const where = `where _row in (select _row from ${picked})`;
  await run(
    connection,
    `create temp table silver_rows as select _row${kept.join("")} from ${await relationOf(lake, silver)} ${where};
     create temp table bronze_rows as select _row${texts.join("")} from ${await relationOf(lake, bronze)} ${where}`
  );
}

type PartsOf = (layer: string, table: string) => Release["objects"];

/** The parts of a table in which picked rows lie; where there are none, one part for its columns. */
async function partsWith({connection, release}: Place, picked: string): Promise<PartsOf> {
  const chunks = await query<{chunk: number}>(
    connection,
    `select distinct (_row // ${span})::integer as chunk from ${picked} where _row is not null`
  );
  const within = new Set(chunks.map(({chunk}) => chunk));
  return (layer, table) => {
    const parts = objectsOf(release, layer, table);
    const needed = parts.filter(({chunk}) => chunk === undefined || within.has(chunk));
    return needed.length ? needed : parts.slice(0, 1);
  };
}

/** A select of what a start reads, whatever is asked of it. */
function readsOf({layer, relation, source, gold, mart}: Start): string {
  const isByKey = layer === "gold" && !mart && !hasRow(gold!);
  return `from ${relation}${isByKey ? `, silver.${ident(source.name)}` : ""}`;
}

/** Makes a table from a select, once what the select reads is there; the parser cannot tell of a reader's every condition, so `start` does. */
async function create(place: Place, table: string, select: string, start?: Start): Promise<void> {
  const {connection, lake, release} = place;
  const isRead = await readBy(start ? readsOf(start) : select, release);
  const objects = release.objects.filter(
    (one) => isRead(`${one.layer}.${one.table}`) && shownAs(one) === `${one.layer}.${one.table}`
  );
  await showTables(connection, lake, objects);
  const views = Object.entries(release.views).filter(([name]) => isRead(`marts.${name}`));
  await showViews(connection, Object.fromEntries(views));
  await run(connection, `create temp table ${table} as ${select}`);
}

/** What is wrong with a condition, in the words of who wrote it. */
async function toldOf(connection: DuckDBConnection, {table, all}: Start, error: Error): Promise<Error> {
  const [, column] = /Referenced column "(.*?)" not found/.exec(error.message) ?? [];
  if (column !== undefined) {
    const have = (await describe(connection, `(from ${all})`)).map(({name}) => name);
    return new UsageError(`unknown column of ${table}: ${column} (have ${have.join(", ")})`);
  }
  const isAsked = /^(Binder|Conversion|Invalid Input|Catalog|Out of Range) Error/.test(error.message);
  return isAsked ? new UsageError(error.message.split("\n")[0]!) : error;
}
