import {createHash, randomBytes} from "node:crypto";
import {readFileSync} from "node:fs";
import {rm, stat} from "node:fs/promises";
import {join} from "node:path";
import type {DuckDBConnection} from "@duckdb/node-api";
import type {Config} from "./config.ts";
import {describe, engineVersion, ident, literal, queryOne, run, tablesOf} from "./engine/duckdb.ts";
import {eachOf} from "./lake/each.ts";
import {checksum} from "./lake/folder.ts";
import {DamagedFile, findJson} from "./lake/json.ts";
import type {Lake} from "./lake/lake.ts";
import type {LedgerLine} from "./ledger.ts";
import type {Progress} from "./progress.ts";

/** A result kept in the lake. `content` identifies its rows and schema, `checksum` its bytes. */
export type LakeObject = {
  layer: string;
  table: string;
  columns: {name: string; type: string}[];
  rows: number;
  bytes: number;
  checksum: string;
  content: string;
  key: string;
  /** Ordinal of the part of the table it is; a table of one part has none. */
  chunk?: number;
};

/** What a step found out besides its objects; plain data. */
export type Facts = {ledger?: LedgerLine[]; [name: string]: unknown};

/** What a step made: kept under `steps/<key>.json`, found again by content. */
export type StepResult = {step: string; key: string; objects: LakeObject[]; facts: Facts};

/** A line of the run record; `bytes`, `began_at` and `from` are absent in old records. */
export type StepRun = {
  step: string;
  key: string;
  reused: boolean;
  seconds: number;
  rows: number;
  /** Of everything it made. */
  bytes?: number;
  began_at?: string;
  from?: From;
  /** Largest memory of its process in bytes, where it had one of its own. */
  peak_memory?: number;
};

/** What decides a step's result, each by the beginning of its hash: two runs of a step differ where these do. */
export type From = {
  inputs: Record<string, string>;
  sql: string;
  code: string;
  parameters: string;
  engine: string;
  /** It, or parts of it, was asked for again though it was there. */
  isAnew?: true;
};

/** What every stage works with. */
export type Context = {
  config: Config;
  lake: Lake;
  connection: DuckDBConnection;
  progress: Progress;
  /** Folder for files that do not outlive the run. */
  temporary: string;
  /** The steps of this run so far. */
  steps: StepRun[];
  /** Seconds that this run spent on proof: ledger, records of rejects and corrections, and origins. */
  proof: {seconds: number};
  /** Whether all rows of the source are compared, whatever a change cursor tells. */
  isVerified?: boolean;
};

/** Does work that proves a result instead of making it, and adds its time up. */
export async function proving<T>({proof}: Pick<Context, "proof">, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  return work().finally(() => (proof.seconds += (performance.now() - began) / 1000));
}

/** A step: its name, what it depends on, and whether a result of its still stands elsewhere than in the lake. */
export type Step = {
  name: string;
  /** Content ids of what it reads. */
  inputs: Record<string, string>;
  /** SQL text, and paths of the code that makes the result. */
  sql?: string;
  code: string[];
  parameters?: Record<string, unknown>;
  isStanding?: (facts: Facts) => Promise<boolean>;
  /** It is done again, whatever was done before. */
  isAnew?: boolean;
};

/** The content ids, among `contents` by table, of what a select reads. Throws naming an unknown table. */
export async function inputsOf(
  sql: string,
  contents: Map<string, string>,
  file: string
): Promise<Record<string, string>> {
  const tables = await tablesOf(sql, file);
  const unknown = tables.filter((table) => !contents.has(table));
  if (unknown.length)
    throw new Error(
      `${file}: unknown table: ${unknown.join(", ")} (have ${[...contents.keys()].join(", ")})`
    );
  return Object.fromEntries(tables.map((table) => [table, contents.get(table)!]));
}

/** A result, whether it was there before, and what decided it. */
export type Made = {result: StepResult; reused: boolean; from?: From};

/** What a step makes. */
type Work = () => Promise<{objects: LakeObject[]; facts?: Facts}>;

/** Does `work` unless the same step with the same inputs was done before and all it made is still there. */
export function runStep(
  context: Context,
  step: Step,
  work: (update: (text: string) => void) => ReturnType<Work>
): Promise<StepResult> {
  return tell(context, step.name, (update) => findOrMake(context, step, () => work(update)));
}

/** Tells of a step while it is made, and puts it into the record of the run. */
export async function tell(
  {progress, steps}: Context,
  name: string,
  make: (update: (text: string) => void) => Promise<Made>
): Promise<StepResult> {
  const [began, began_at] = [performance.now(), new Date().toISOString()];
  const line = progress.begin(name);
  try {
    const {result, reused, from} = await make(line.update);
    const rows = rowsOf(result.objects);
    const bytes = result.objects.reduce((sum, object) => sum + object.bytes, 0);
    const seconds = (performance.now() - began) / 1000;
    steps.push({step: name, key: result.key, reused, seconds, rows, bytes, began_at, ...(from && {from})});
    line.end({rows, seconds, reused});
    return result;
  } catch (error) {
    line.fail();
    throw Object.assign(error as Error, {step: name, began_at});
  }
}

/** The result of a step, made unless it is there already: without a word, for parts of a step. */
export async function findOrMake(context: Context, step: Step, work: Work): Promise<Made> {
  const code = hashesOf(step.code);
  const key = stepKey(step, code);
  const file = `steps/${key}.json`;
  const known = step.isAnew ? undefined : await findResult(context, file, step);
  const from = fromOf(step, code);
  if (known) return {result: known, reused: true, from};
  const {objects, facts = {}} = await work();
  const result = {step: step.name, key, objects, facts};
  await context.lake.write(file, JSON.stringify(result));
  return {result, reused: false, from};
}

/** What a step made, if it was done before and all that it made is still there. */
export function findMade(context: Context, step: Step): Promise<StepResult | undefined> {
  return findResult(context, `steps/${stepKey(step)}.json`, step);
}

/** Rows of a step's first table, all its chunks. */
function rowsOf(objects: LakeObject[]): number {
  const [first] = objects;
  return objects.reduce(
    (sum, one) => sum + (one.layer === first!.layer && one.table === first!.table ? one.rows : 0),
    0
  );
}

/** Writes a relation as a Parquet object of the lake, named by its bytes. */
export async function keep(
  context: Context,
  layer: string,
  table: string,
  relation: string,
  file?: string
): Promise<LakeObject> {
  const {connection, temporary} = context;
  // a path of its own for each: DuckDB remembers what it read of a path
  const path = join(temporary, `${layer}-${table}-${randomBytes(4).toString("hex")}.parquet`);
  await run(
    connection,
    `copy (from ${relation}) to ${literal(path)} (format parquet, compression zstd)`,
    file
  );
  const written = `read_parquet(${literal(path)})`;
  const columns = await describe(connection, `select * from ${written}`);
  return keepFile(context, {
    layer,
    table,
    columns,
    path,
    extension: "parquet",
    ...(await contentOf(context, written))
  });
}

/** Moves a file into the lake as an object named by its bytes. */
export async function keepFile(
  {lake}: Context,
  made: {
    layer: string;
    table: string;
    columns: LakeObject["columns"];
    path: string;
    extension: string;
    rows: number;
    content?: string;
  }
): Promise<LakeObject> {
  const {layer, table, columns, path, extension, rows} = made;
  const sum = await checksum(path);
  const key = `${layer}/${table}/${sum.slice(0, 24)}.${extension}`;
  const {size: bytes} = await stat(path);
  await lake.put(key, path);
  await rm(path);
  return {layer, table, columns, rows, bytes, checksum: sum, content: made.content ?? sum, key};
}

/**
 * Rows and content id of a relation: sha256 over its schema, its row count and the sums of the two halves of each
 * row's md5, so that the order of rows does not matter and their number does.
 */
export async function contentOf(
  {connection}: Pick<Context, "connection">,
  relation: string
): Promise<{rows: number; content: string}> {
  const columns = await describe(connection, `select * from ${relation}`);
  const text = rowText(columns.map((column) => column.name));
  const sums = await queryOne<{rows: string; low: string; high: string}>(
    connection,
    `select count(*) as rows, coalesce(sum(md5_number_lower(t)), 0)::varchar as low,
      coalesce(sum(md5_number_upper(t)), 0)::varchar as high
     from (select ${text} as t from ${relation})`
  );
  return {rows: Number(sums.rows), content: hash(JSON.stringify([columns, sums.rows, sums.low, sums.high]))};
}

/** The content id of a table, whether it is one object or has parts. */
export function contentOfTable(objects: LakeObject[]): string {
  const [first] = objects;
  if (objects.length === 1 && first!.chunk === undefined) return first!.content;
  return hash(JSON.stringify(objects.map(({chunk, content}) => [chunk, content])));
}

/** The objects of one table, its parts in their order. */
export function objectsOf({objects}: {objects: LakeObject[]}, layer: string, table: string): LakeObject[] {
  return objects.filter((one) => one.layer === layer && one.table === table);
}

/** Rows of objects together. */
export function rowsIn(objects: LakeObject[]): number {
  return objects.reduce((sum, {rows}) => sum + rows, 0);
}

/** Objects by `layer.table`, parts of a table together. */
export function byTable(objects: LakeObject[]): Map<string, LakeObject[]> {
  const tables = new Map<string, LakeObject[]>();
  for (const object of objects) {
    const name = `${object.layer}.${object.table}`;
    tables.set(name, [...(tables.get(name) ?? []), object]);
  }
  return tables;
}

/** The text that stands for a row in content ids: values apart by U+001F, null as U+001E. */
export function rowText(columns: string[]): string {
  const values = columns.map((name) => `coalesce(cast(${ident(name)} as varchar), chr(30))`);
  return `concat_ws(chr(31), ${values.join(", ")})`;
}

/** The sha256 of a text, in hex. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether all objects are in the lake, as large as they were made. */
export async function isWhole(lake: Lake, objects: LakeObject[]): Promise<boolean> {
  const found = await eachOf(objects, 16, async ({key, bytes}) => (await lake.head(key)) === bytes);
  return found.every(Boolean);
}

/** What decides the result of a step, without its name. */
export function fromOf(step: Step, code = hashesOf(step.code)): From {
  const short = (value: unknown) => hash(JSON.stringify(value)).slice(0, 12);
  return {
    inputs: Object.fromEntries(Object.entries(step.inputs).map(([name, content]) => [name, short(content)])),
    sql: short(step.sql ?? ""),
    code: short(code),
    parameters: short(step.parameters ?? {}),
    engine: engineVersion,
    ...(step.isAnew && {isAnew: true as const})
  };
}

function hashesOf(code: string[]): string[] {
  return code.map((path) => hash(readFileSync(path, "utf8")));
}

function stepKey(step: Step, code = hashesOf(step.code)): string {
  const inputs = Object.entries(step.inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [step.name, inputs, step.sql ?? "", step.parameters ?? {}, code, engineVersion];
  return hash(JSON.stringify(parts)).slice(0, 32);
}

async function findResult({lake}: Context, file: string, step: Step): Promise<StepResult | undefined> {
  const result = await findRecord(lake, file);
  if (result === undefined || !(await isWhole(lake, result.objects))) return undefined;
  if (step.isStanding && !(await step.isStanding(result.facts))) return undefined;
  return result;
}

/** A damaged record is no record: the step is done again. */
async function findRecord(lake: Lake, file: string): Promise<StepResult | undefined> {
  return findJson<StepResult>(lake, file).catch((error: unknown) => {
    if (error instanceof DamagedFile) return undefined;
    throw error;
  });
}
