import {mkdir, rm} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "./config.ts";
import {openEngine} from "./engine/duckdb.ts";
import {openLake} from "./lake/lake.ts";
import {DamagedObject} from "./lake/s3.ts";
import {withLock} from "./lock.ts";
import type {Progress} from "./progress.ts";
import type {Context} from "./step.ts";
import {createSchemas} from "./views.ts";

/**
 * How somebody works on a lake: `task` is what a refusal calls it, `wait` until another one is done, `shared` the key of
 * a run that several processes carry out, `signal` what ends the waiting.
 */
export type Manner = {
  task: string;
  progress: Progress;
  wait: boolean;
  verify?: boolean;
  shared?: string | undefined;
  signal?: AbortSignal | undefined;
};

/** What an engine is opened for; it may be opened again, and then all is done again. */
export type Open = <T>(work: (context: Context) => Promise<T>) => Promise<T>;

/**
 * Does `work` while nobody else works in this home or on its lake. `open` gives an engine and a folder for the time of
 * one piece of work, and does it again without an object that turned out damaged: what is missing is made anew.
 */
export async function withWork<T>(
  config: Config,
  {task, progress, wait, verify = false, shared, signal}: Manner,
  work: (open: Open, lake: Context["lake"]) => Promise<T>
): Promise<T> {
  const lake = openLake(config, {note: progress.note});
  const open: Open = (part) =>
    mending(lake, progress, () =>
      withScratch(config, shared !== undefined, async (temporary) => {
        const engine = await openEngine({memory: config.memory, temp: join(temporary, "spill")});
        const {connection} = engine;
        try {
          await createSchemas(connection);
          return await part({
            config,
            lake,
            connection,
            progress,
            temporary,
            steps: [],
            proof: {seconds: 0},
            isVerified: verify
          });
        } finally {
          engine.close();
        }
      })
    );
  const place = config.lake;
  const holding = {wait, progress, shared, signal};
  return withLock(config.home, task, holding, () =>
    // a bucket has no lock: two homes may work on one at once, objects are named by content, and the pointer, moved
    // only if it still is what this work began with, lets one of them publish
    place.kind === "s3" ? work(open, lake) : withLock(place.path, task, holding, () => work(open, lake))
  );
}

/** Does the work again without an object that turned out damaged. */
async function mending<T>(lake: Context["lake"], progress: Progress, work: () => Promise<T>): Promise<T> {
  const removed = new Set<string>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DamagedObject) || removed.has(error.key)) throw error;
      progress.note(`  lake ${lake.name}: ${error.key} is damaged: removed, and made again`);
      removed.add(error.key);
      await lake.remove(error.key);
    }
  }
}

/** A folder for files of this work; what earlier work left behind goes too, unless others work beside it. */
async function withScratch<T>(
  config: Config,
  isShared: boolean,
  work: (folder: string) => Promise<T>
): Promise<T> {
  const all = join(config.home, "tmp");
  const scratch = isShared ? join(all, String(process.pid)) : all;
  await rm(scratch, {recursive: true, force: true});
  await mkdir(scratch, {recursive: true});
  return work(scratch).finally(() => rm(scratch, {recursive: true, force: true}));
}
