import type {DuckDBConnection} from "@duckdb/node-api";
import {FailedChecks, failuresOf} from "../checks.ts";
import type {Config} from "../config.ts";
import {query, withEngine} from "../engine/duckdb.ts";
import type {Lake} from "../lake/lake.ts";
import {parquetOf} from "../parts.ts";
import {masked} from "../privacy.ts";
import type {Release} from "../release.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {byTable, contentOfTable, type LakeObject, rowsIn, type StepRun} from "../step.ts";

/** What the page's note and the terminal say of a draft. Personal data is withheld in it. */
export type Note = {
  /** `published`: there is no edit; `running`: a draft is being made; `draft`: it is shown; `failed`: the last good state is. */
  status: "published" | "running" | "draft" | "failed";
  release: string | null;
  /** Whether pages show a draft, not the published release. */
  isDraftShown: boolean;
  /** The files that differ from those of the published release. */
  edited: string[];
  /** The step that runs. */
  step: string | null;
  made: {step: string; seconds: number; rows: number}[];
  reused: number;
  seconds: number | null;
  changes: Changes | null;
  error: Failed | null;
  /** Code of the pipeline that was edited since the start, which only a new start takes up. */
  restart: string[];
};

/** What a draft would change: of tables rows before and after, and how many are not as published; of measures values. */
export type Changes = {
  tables: {table: string; before: number; after: number; differ: number}[];
  measures: {label: string; format: string; before: string | null; after: string | null}[];
};

/** Why there is no draft, and the bad rows. */
export type Failed = {
  step: string | null;
  message: string;
  checks: {name: string; failures: number; rows: string[]}[];
};

/** The note of a published release that nobody edits. */
export function quiet(release: string | null): Note {
  return {
    status: "published",
    release,
    isDraftShown: false,
    edited: [],
    step: null,
    made: [],
    reused: 0,
    seconds: null,
    changes: null,
    error: null,
    restart: []
  };
}

/** What was made and how much was there already. */
export function madeOf(steps: StepRun[]): Pick<Note, "made" | "reused"> {
  const made = steps.filter(({reused}) => !reused);
  return {
    made: made.map(({step, seconds, rows}) => ({step, seconds, rows})),
    reused: steps.length - made.length
  };
}

/** What differs between the published release and a draft of it. */
export async function changesOf(
  config: Config,
  lake: Lake,
  live: Pick<Release, "objects" | "measures">,
  draft: Pick<Release, "objects" | "measures">
): Promise<Changes> {
  const [old, now] = [byTable(live.objects), byTable(draft.objects)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) =>
    /^(gold|rejects|corrections|marts)[.]/.test(name)
  );
  const differing = names.filter((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    return !a || !b || contentOfTable(a) !== contentOfTable(b);
  });
  const tables = await withEngine(config.memory, async ({connection}) => {
    const told = [];
    for (const table of differing) {
      const [a, b] = [old.get(table) ?? [], now.get(table) ?? []];
      told.push({table, before: rowsIn(a), after: rowsIn(b), differ: await differ(connection, lake, a, b)});
    }
    return told;
  });
  const before = live.measures?.values ?? {};
  const after = draft.measures?.values ?? {};
  const measures = readDefinitions(config.root)
    .measures.filter(({name}) => (before[name] ?? null) !== (after[name] ?? null))
    .map(({name, label, format}) => ({
      label,
      format,
      before: before[name] ?? null,
      after: after[name] ?? null
    }));
  return {tables, measures};
}

/** How many rows are not as they were: all where the columns are others. */
async function differ(
  connection: DuckDBConnection,
  lake: Lake,
  before: LakeObject[],
  after: LakeObject[]
): Promise<number> {
  const names = (objects: LakeObject[]) => JSON.stringify(objects[0]?.columns.map(({name}) => name));
  if (names(before) !== names(after)) return Math.max(rowsIn(after), rowsIn(before));
  const [a, b] = [await parquetOf(lake, before), await parquetOf(lake, after)];
  const [counted] = await query<{n: number}>(
    connection,
    `select greatest((select count(*) from (from ${b} except all from ${a})),
      (select count(*) from (from ${a} except all from ${b})))::double as n`
  );
  return counted!.n;
}

/** What failed, with the first bad rows of each check. */
export async function failedOf(config: Config, lake: Lake, error: Error): Promise<Failed> {
  const {step = null, withheld} = error as Error & {step?: string; withheld?: string};
  if (!(error instanceof FailedChecks))
    return {step, message: withheld ?? hideValues(error.message), checks: []};
  const bad = error.checks.filter(({status}) => status === "fail" || status === "error");
  const rows = await withEngine(config.memory, async ({connection}) => {
    const found = new Map<string, string[]>();
    for (const [table, objects] of byTable(error.failures))
      found.set(table, await firstRows(connection, lake, objects));
    return found;
  });
  const checks = bad.map(({name, failures}) => ({
    name,
    failures,
    rows: rows.get(`failures.${failuresOf(name)}`) ?? []
  }));
  // the rows of a dbt test are in its message too, where they are not withheld
  const lines = error.message.split("\n");
  const message = checks.some((check) => check.rows.length)
    ? lines[0]!
    : lines.filter((line) => !/^\s*\{/.test(line)).join("\n");
  return {step, message, checks};
}

async function firstRows(connection: DuckDBConnection, lake: Lake, objects: LakeObject[]): Promise<string[]> {
  const shown = masked(objects[0]!, await parquetOf(lake, objects));
  const rows = await query<{record: string}>(connection, `select record from ${shown} limit 5`);
  return rows.map(({record}) => record);
}

/** DuckDB quotes the value that it cannot convert, which may be personal. */
function hideValues(message: string): string {
  return /could not convert|conversion error/i.test(message)
    ? message.replace(/'[^']*'/g, "'(withheld)'")
    : message;
}

/** A finished draft for the terminal. */
export function wordsOf({edited, made, reused, seconds, changes}: Note): string {
  const files = edited.join(", ");
  const head = `draft in ${seconds!.toFixed(1)} s: ${made.length} steps done, ${reused} reused · ${files} edited · not published`;
  const rows = changes!.tables.map(
    ({table, before, after, differ}) =>
      `  ${table}: ${count(after)} rows${before === after ? "" : `, ${count(before)} before`}, ${count(differ)} differ`
  );
  const money = changes!.measures.map(
    ({label, before, after}) => `  ${label}: ${before ?? "none"} → ${after ?? "none"}`
  );
  const lines = [...rows, ...money];
  return [
    head,
    ...(lines.length ? lines : ["  no row and no figure changes"]),
    "  publish it: npm run refresh"
  ].join("\n");
}

const count = (value: number) => value.toLocaleString("en");
