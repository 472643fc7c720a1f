import type {DuckDBConnection} from "@duckdb/node-api";
import {bronzeRelation} from "./1-bronze/chunk.ts";
import {ident, literal, query} from "./engine/duckdb.ts";
import {getAll, type Lake} from "./lake/lake.ts";
import {sumLines} from "./ledger.ts";
import {byTable, contentOfTable, hash, type LakeObject, type Made, type StepResult} from "./step.ts";

/** The objects of tables by `layer.table`. */
export type Tables = Map<string, LakeObject[]>;

/** Not all tables of a layer: which, and which parts of them are made again though they are there (all of one without). */
export type Some<T> = {tables?: T[] | undefined; anew?: Set<number> | undefined};

/** The tables that steps made. */
export function tablesOfSteps(results: StepResult[]): Tables {
  return byTable(results.flatMap((result) => result.objects));
}

/** Content ids by `layer.table`. */
export function contentsOf(tables: Tables): Map<string, string> {
  return new Map([...tables].map(([name, objects]) => [name, contentOfTable(objects)]));
}

/** What identifies a part of a table: where it is, and what is in it. */
export function contentOfPart({chunk, content}: LakeObject): string {
  return hash(JSON.stringify([chunk, content]));
}

/** A part of a table and the step that made it. */
export type Part = Made & {ordinal: number};

/** Makes a table part by part, each a step of its own, and adds up what their ledgers say. */
export async function makeParts(
  step: string,
  parts: LakeObject[],
  make: (part: LakeObject) => Promise<Made>,
  update: (text: string) => void
): Promise<Made> {
  const made: Part[] = [];
  for (const part of parts) {
    made.push({ordinal: part.chunk!, ...(await make(part))});
    update(`part ${made.length} of ${parts.length}`);
  }
  return joinParts(step, made);
}

/** What the steps of a table's parts made, as that of one step. */
export function joinParts(step: string, made: Part[]): Made {
  const objects = made.flatMap(({ordinal, result}) =>
    result.objects.map((object) => ({...object, chunk: ordinal}))
  );
  const layers = [...new Set(objects.map(({layer}) => layer))];
  return {
    result: {
      step,
      key: hash(JSON.stringify(made.map(({ordinal, result}) => [ordinal, result.key]))).slice(0, 32),
      objects: layers.flatMap((layer) => objects.filter((object) => object.layer === layer)),
      facts: {ledger: sumLines(made.flatMap(({result}) => result.facts.ledger ?? []))}
    },
    reused: made.every(({reused}) => reused)
  };
}

/** The relation of objects of one table. */
export async function parquetOf(lake: Lake, objects: LakeObject[]): Promise<string> {
  return `read_parquet([${(await getAll(lake, objects)).map(literal).join(", ")}])`;
}

/** The relation of objects of one table as the lake shows it: bronze with `_row`. */
export async function relationOf(lake: Lake, parts: LakeObject[]): Promise<string> {
  if (parts[0]?.layer !== "bronze") return parquetOf(lake, parts);
  const ordinals = parts.map(({chunk}) => chunk ?? 0);
  return bronzeRelation(await getAll(lake, parts), ordinals);
}

/** The parts that may share a value of a column with each part, itself among them, by the statistics of their files. */
export async function neighboursOf(
  connection: DuckDBConnection,
  lake: Lake,
  parts: LakeObject[],
  column: string
): Promise<Map<LakeObject, LakeObject[]>> {
  const ranges = new Map<LakeObject, {least: string | null; most: string | null; isKnown: boolean}>();
  for (const part of parts) {
    const [range] = await query<{least: string | null; most: string | null; isKnown: boolean}>(
      connection,
      `select min(stats_min_value) as least, max(stats_max_value) as most,
        coalesce(bool_and(stats_min_value is not null or stats_null_count = num_values), true) as "isKnown"
       from parquet_metadata(${literal(await lake.get(part.key))}) where path_in_schema = ${literal(column)}`
    );
    ranges.set(part, range!);
  }
  const touch = (a: LakeObject, b: LakeObject) => {
    const [one, other] = [ranges.get(a)!, ranges.get(b)!];
    if (!one.isKnown || !other.isKnown) return true;
    if (one.least === null || other.least === null) return false;
    return one.least <= other.most! && other.least <= one.most!;
  };
  return new Map(parts.map((part) => [part, parts.filter((other) => other === part || touch(part, other))]));
}

/** The parts whose `by` holds a key of a row that differs between two versions of a table. */
export async function touchedBy(
  connection: DuckDBConnection,
  lake: Lake,
  parts: LakeObject[],
  by: string,
  [before, now]: [LakeObject[], LakeObject[]],
  key: string
): Promise<Set<number>> {
  const version = async (objects: LakeObject[], sign: number) =>
    `select ${ident(key)} as k, hash(t) as h, ${sign} as n
     from (select * exclude (_row) from ${await parquetOf(lake, objects)}) as t`;
  const rows: string[] = [];
  for (const part of parts)
    rows.push(`select ${part.chunk} as chunk, ${ident(by)} as k from ${await parquetOf(lake, [part])}`);
  const touched = await query<{chunk: number}>(
    connection,
    `with versions as (${await version(before, -1)} union all ${await version(now, 1)}),
     differing as (select k from versions group by k, h having sum(n) <> 0)
     select distinct chunk::integer as chunk from (${rows.join(" union all ")}) as lines semi join differing using (k)`
  );
  return new Set(touched.map(({chunk}) => chunk));
}
