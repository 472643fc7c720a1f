import {mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {DuckDBInstance} from "@duckdb/node-api";
import {Cancelled} from "./cancelled.ts";
import type {Progress} from "./progress.ts";

type Holder = {pid: number; since: string; task: string};

/** Who may work in a folder with several processes, one after another or at once, and until when others stay out. */
type Lease = {key: string; task: string; until: string};

/** How long a lease outlives the last of its processes: time enough for the next one to start. */
const gap = 5 * 60_000;

/** The lock of a folder is another process's. */
export class InUse extends Error {}

/**
 * `shared` is the key of a lease: processes with the same key work at once, and everybody else stays out between them.
 * `signal` ends the waiting.
 */
export type Holding = {
  wait: boolean;
  progress: Progress;
  shared?: string | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * Does `work` while no other process has the lock of `folder`. The lock is a DuckDB file opened for writing (for
 * reading, if it is shared), which the kernel releases with its process. Throws naming the holder, or waits if `wait`.
 */
export async function withLock<T>(
  folder: string,
  task: string,
  {wait, progress, shared, signal}: Holding,
  work: () => Promise<T>
): Promise<T> {
  mkdirSync(folder, {recursive: true});
  const lock = await acquire({wait, progress, signal}, () =>
    shared === undefined ? takeAlone(folder) : takeShared(folder, {key: shared, task})
  );
  const holder: Holder = {pid: process.pid, since: new Date().toISOString(), task};
  try {
    writeFileSync(join(folder, "lock.json"), JSON.stringify(holder));
    return await work();
  } finally {
    if (shared !== undefined && readLease(folder)?.key === shared) writeLease(folder, {key: shared, task});
    lock.closeSync();
  }
}

/** Ends a lease before its time: nobody with its key begins any more. */
export function endLease(folder: string, key: string): void {
  if (readLease(folder)?.key === key) rmSync(join(folder, "lease.json"), {force: true});
}

async function acquire(
  {wait, progress, signal}: Omit<Holding, "shared">,
  take: () => Promise<DuckDBInstance>
): Promise<DuckDBInstance> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof InUse)) throw error;
      if (!wait) throw new InUse(`${error.message}; wait for it with --wait`, {cause: error});
      if (isFirst) progress.note(`waiting: ${error.message}`);
      await sleep(500, undefined, {signal}).catch(() => {
        throw new Cancelled();
      });
    }
  }
}

async function takeAlone(folder: string): Promise<DuckDBInstance> {
  const lock = await open(folder, "READ_WRITE");
  const lease = readLease(folder);
  if (!lease || !isRunning(lease)) return lock;
  lock.closeSync();
  throw leased(folder, lease);
}

/** The mutex is held for a moment: of two that begin at once, one sees the other's lease. */
async function takeShared(folder: string, own: Omit<Lease, "until">): Promise<DuckDBInstance> {
  const mutex = await openWhenFree(join(folder, "lease.duckdb"));
  try {
    const lease = readLease(folder);
    if (lease && lease.key !== own.key && isRunning(lease)) throw leased(folder, lease);
    // whoever works here without a lease, or beyond the end of it, still has the file
    if (lease?.key !== own.key) (await open(folder, "READ_WRITE")).closeSync();
    const lock = await open(folder, "READ_ONLY");
    writeLease(folder, own);
    return lock;
  } finally {
    mutex.closeSync();
  }
}

async function open(folder: string, access_mode: "READ_WRITE" | "READ_ONLY"): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(join(folder, "lock.duckdb"), {access_mode});
  } catch (error) {
    if (!isLocked(error)) throw error;
    throw new InUse(`${folder} is in use by ${describeHolder(folder)}`, {cause: error});
  }
}

async function openWhenFree(path: string): Promise<DuckDBInstance> {
  for (;;) {
    try {
      return await DuckDBInstance.create(path);
    } catch (error) {
      if (!isLocked(error)) throw error;
      await sleep(20);
    }
  }
}

function isLocked(error: unknown): boolean {
  return /could not set lock/i.test((error as Error).message);
}

function leased(folder: string, {task, until}: Lease): InUse {
  return new InUse(`${folder} is in use by ${task}, whose next step may begin until ${until}`);
}

function isRunning({until}: Lease): boolean {
  return Date.parse(until) > Date.now();
}

function readLease(folder: string): Lease | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, "lease.json"), "utf8")) as Lease;
  } catch {
    return undefined;
  }
}

function writeLease(folder: string, {key, task}: Omit<Lease, "until">): void {
  const lease: Lease = {key, task, until: new Date(Date.now() + gap).toISOString()};
  const path = join(folder, "lease.json");
  const written = `${path}.${process.pid}`;
  writeFileSync(written, JSON.stringify(lease));
  renameSync(written, path);
}

function describeHolder(folder: string): string {
  try {
    const {pid, since, task} = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8")) as Holder;
    return `${task} (process ${pid}) since ${since}`;
  } catch {
    return "another process";
  }
}
