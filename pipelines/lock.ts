import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {DuckDBInstance} from "@duckdb/node-api";
import type {Progress} from "./progress.ts";

type Holder = {pid: number; since: string; task: string};

/** The lock of a folder is another process's. */
export class InUse extends Error {}

/**
 * Does `work` while no other process has the lock of `folder`. The lock is a DuckDB file opened for writing, which
 * the kernel releases with its process. Throws naming the holder, or waits if `wait`.
 */
export async function withLock<T>(
  folder: string,
  task: string,
  {wait, progress}: {wait: boolean; progress: Progress},
  work: () => Promise<T>
): Promise<T> {
  mkdirSync(folder, {recursive: true});
  const lock = await acquire(folder, wait, progress);
  const holder: Holder = {pid: process.pid, since: new Date().toISOString(), task};
  try {
    writeFileSync(join(folder, "lock.json"), JSON.stringify(holder));
    return await work();
  } finally {
    lock.closeSync();
  }
}

async function acquire(folder: string, wait: boolean, progress: Progress): Promise<DuckDBInstance> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await DuckDBInstance.create(join(folder, "lock.duckdb"));
    } catch (error) {
      if (!/could not set lock/i.test((error as Error).message)) throw error;
      const held = `${folder} is in use by ${describeHolder(folder)}`;
      if (!wait) throw new InUse(`${held}; wait for it with --wait`, {cause: error});
      if (isFirst) progress.note(`waiting: ${held}`);
      await sleep(500);
    }
  }
}

function describeHolder(folder: string): string {
  try {
    const {pid, since, task} = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8")) as Holder;
    return `${task} (process ${pid}) since ${since}`;
  } catch {
    return "another process";
  }
}
