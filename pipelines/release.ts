import {randomBytes} from "node:crypto";
import {hostname} from "node:os";
import type {Check} from "./4-warehouse/marts.ts";
import {eachOf} from "./lake/each.ts";
import {findJson} from "./lake/json.ts";
import type {Lake} from "./lake/lake.ts";
import type {LedgerLine} from "./ledger.ts";
import type {Shape} from "./source/drift.ts";
import {hash, type LakeObject, type StepRun} from "./step.ts";
import type {Exposure} from "./warehouse/dbt.ts";

/** A published run: everything a reader needs to find and trust its tables. */
export type Release = {
  version: 1;
  id: string;
  parent: string | null;
  /** The releases before it, newest first, as many as a history shows; absent in old manifests. */
  earlier?: string[];
  run: string;
  published_at: string;
  /** The latest complete day, per fact table and whole; null without dated rows. */
  data_through: {whole: string | null; tables: Record<string, string | null>};
  source: {
    name: string;
    /** The content of each table. */
    files: Record<string, string>;
    shapes: Record<string, Shape>;
    /** How tables differ from the catalog and from the release before, in words. */
    drift: Record<string, string[]>;
    read?: Record<string, ReadFrom>;
  };
  today: string;
  engine: string;
  /** Identifies all rows, sums and check results; equal content is never published twice. */
  content: string;
  schemas: {gold: string; marts: string};
  objects: LakeObject[];
  ledger: LedgerLine[];
  checks: Check[];
  /** The select of each dbt view by name: the lake shows it over its own gold and marts. */
  views: Record<string, string>;
  /** The select of every dbt model by name, and the pages dbt knows; absent in old manifests. */
  dbt?: {selects: Record<string, string>; exposures: Exposure[]};
  /** sha256 of the SQL that made each extract. */
  extracts: Record<string, string>;
};

/** When a table was read and how its changes were found, by the server's clock in UTC; `verified_at` compared all rows. */
export type ReadFrom = {at: string; by: "checksums" | "cursor"; verified_at: string};

/** An attempt, whatever became of it. `previous` is the run before it. */
export type Run = {
  id: string;
  previous: string | null;
  /** The runs before it, newest first, as many as a history shows; absent in old records. */
  earlier?: string[];
  status: "running" | "published" | "unchanged" | "failed" | "interrupted";
  began_at: string;
  ended_at: string | null;
  /** Who carries it out; absent in old records. */
  by?: Runner;
  release: string | null;
  error: string | null;
  steps: StepRun[];
  checks: Check[];
  /** Objects with the bad rows of failed checks. */
  failures: LakeObject[];
  /** Largest resident memory of this process in bytes. */
  peak_memory: number | null;
};

/** The process of a run; `home` stands for its machine and home without telling a path. */
export type Runner = {host: string; pid: number; home: string};

/** How far back a history goes, unless asked otherwise. */
const shown = 100;

const pointer = "releases/current.json";
const latestRun = "runs/latest.json";

/** The published release, if there is one. */
export async function findCurrent(lake: Lake): Promise<Release | undefined> {
  const current = await findJson<{release: string}>(lake, pointer);
  return current && readRelease(lake, current.release);
}

/** The published release, or an error that says how to make one. */
export async function readCurrent(lake: Lake): Promise<Release> {
  const release = await findCurrent(lake);
  if (!release) throw new Error(`no release in lake ${lake.name}: run npx assay refresh`);
  return release;
}

/** A release by its id. */
export async function readRelease(lake: Lake, id: string): Promise<Release> {
  const release = await findRelease(lake, id);
  if (!release) throw new Error(`lake ${lake.name}: missing release: ${id}`);
  return release;
}

/** A release by its id, if its manifest is there. */
export function findRelease(lake: Lake, id: string): Promise<Release | undefined> {
  return findJson<Release>(lake, `releases/${id}.json`);
}

/** Keeps a manifest, with the names of those before it; it is not live before the pointer moves. */
export async function writeRelease(lake: Lake, release: Release): Promise<void> {
  const parent = release.parent === null ? undefined : await findRelease(lake, release.parent);
  const manifest: Release = {...release, earlier: withEarlier(parent)};
  await lake.write(`releases/${release.id}.json`, JSON.stringify(manifest, null, 1));
}

/** Makes a release current if its parent still is. */
export async function movePointer(lake: Lake, release: Release): Promise<void> {
  const expected = release.parent === null ? undefined : pointerText(release.parent);
  if (!(await lake.swap(pointer, pointerText(release.id), expected))) throw overtaken(lake);
}

/** Another release was published while a run was under way. */
export class Overtaken extends Error {}

/** The error of a run that began before another one published: its data may be older. */
export function overtaken(lake: Lake): Overtaken {
  return new Overtaken(
    `lake ${lake.name}: another release was published meanwhile; run npx assay refresh again`
  );
}

/** The published releases, newest first. */
export async function listReleases(lake: Lake, most = shown): Promise<Release[]> {
  const find = (id: string) => findRelease(lake, id);
  return readBack(await findCurrent(lake), most, ({parent}) => parent, find);
}

/** A record that names what came before it. */
type Recorded = {id: string; earlier?: string[]};

/** The names that a record keeps of those before it: the last one, and what that one names. */
function withEarlier(last: Recorded | undefined): string[] {
  return last ? [last.id, ...(last.earlier ?? [])].slice(0, shown - 1) : [];
}

/** `first` and the records before it, newest first, up to one that is gone: those that a record names are read several at once. */
async function readBack<T extends Recorded>(
  first: T | undefined,
  most: number,
  previousOf: (record: T) => string | null,
  find: (id: string) => Promise<T | undefined>
): Promise<T[]> {
  const records = first ? [first] : [];
  let last = first;
  while (last && records.length < most) {
    const previous = previousOf(last);
    const names: string[] = last.earlier ?? (previous === null ? [] : [previous]);
    const read: (T | undefined)[] = await eachOf(names.slice(0, most - records.length), 8, find);
    const gone = read.indexOf(undefined);
    records.push(...(read.slice(0, gone < 0 ? read.length : gone) as T[]));
    last = gone < 0 ? read.at(-1) : undefined;
  }
  return records;
}

/** What identifies a release's rows, sums and results: content ids, not bytes. */
export function contentOfRelease(
  release: Pick<Release, "objects" | "ledger" | "checks" | "data_through" | "source" | "views" | "dbt">
): string {
  const {objects, ledger, checks, data_through, source, views, dbt} = release;
  const contents = objects.map(({layer, table, chunk, content}) => [layer, table, content, chunk]).sort();
  return hash(
    JSON.stringify([contents, ledger, checks, data_through, source.name, source.shapes, views, dbt])
  );
}

/** This process as it works in a home. */
export function runnerOf(home: string): Runner {
  const host = hostname();
  return {host, pid: process.pid, home: hash(JSON.stringify([host, home])).slice(0, 16)};
}

/**
 * Records that a run began. The last one of the same home, whose lock the caller holds, was interrupted if it never
 * ended; another home's may still be at work.
 */
export async function beginRun(lake: Lake, by: Runner): Promise<Run> {
  const before = await findLatestRun(lake);
  const own = await findOwnRun(lake, by, before);
  if (own?.status === "running")
    await writeRun(lake, {...own, status: "interrupted", error: "the process ended"});
  const run: Run = {
    id: newId(),
    previous: before?.id ?? null,
    earlier: withEarlier(before),
    status: "running",
    began_at: new Date().toISOString(),
    ended_at: null,
    by,
    release: null,
    error: null,
    steps: [],
    checks: [],
    failures: [],
    peak_memory: null
  };
  await writeRun(lake, run);
  await lake.write(latestRun, JSON.stringify({run: run.id}));
  return run;
}

/** The last run of a home among the latest, `last` and those before it, or one that does not say whose it was. */
async function findOwnRun(lake: Lake, {home}: Runner, last: Run | undefined): Promise<Run | undefined> {
  let run = last;
  for (let most = 20; run && most > 0; most--) {
    if (run.by === undefined || run.by.home === home) return run;
    run = run.previous === null ? undefined : await findRun(lake, run.previous);
  }
  return undefined;
}

/** Keeps a run record. */
export async function writeRun(lake: Lake, run: Run): Promise<void> {
  await lake.write(`runs/${run.id}.json`, JSON.stringify(run, null, 1));
}

/** The attempts, newest first. */
export async function listRuns(lake: Lake, most = shown): Promise<Run[]> {
  return readBack(
    await findLatestRun(lake),
    most,
    ({previous}) => previous,
    (id) => findRun(lake, id)
  );
}

/** A name that sorts by time. */
export function newId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  return `${time}-${randomBytes(3).toString("hex")}`;
}

async function findLatestRun(lake: Lake): Promise<Run | undefined> {
  const latest = await findJson<{run: string}>(lake, latestRun);
  return latest && findRun(lake, latest.run);
}

/** A run by its id, if its record is there. */
export function findRun(lake: Lake, id: string): Promise<Run | undefined> {
  return findJson<Run>(lake, `runs/${id}.json`);
}

function pointerText(release: string): string {
  return JSON.stringify({release});
}
