import {mkdir, rm} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {openEngine} from "../engine/duckdb.ts";
import type {Lake} from "../lake/lake.ts";
import type {Draft} from "../live.ts";
import type {Progress} from "../progress.ts";
import {bronzeOf} from "../1-bronze/published.ts";
import {type Star, toExtracts, toGold, toMarts} from "../refresh.ts";
import type {Release} from "../release.ts";
import {runnerOf} from "../run.ts";
import type {Context, StepRun} from "../step.ts";
import {createSchemas} from "../views.ts";
import type {DbtServer} from "../warehouse/dbt-server.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {loadDraft} from "./load.ts";
import {makeDraftMarts, type Standing} from "./marts.ts";
import {draftFolder} from "./place.ts";

/** What a draft is made with. */
export type Bench = {
  config: Config;
  /** The draft's lake, over the published one. */
  lake: Lake;
  progress: Progress;
  dbt: DbtServer;
  standing: Standing;
  steps: StepRun[];
  signal: AbortSignal;
  /** Hears that gold is made, before the marts are. */
  onGold: (star: Star) => void;
};

/** Makes everything that the files on disk say from the source rows of the published release, and publishes nothing. */
export async function makeDraft(bench: Bench, live: Release): Promise<Draft> {
  const {dbt, standing, signal} = bench;
  return withContext(bench, live.today, async (context) => {
    const run = {id: "draft", by: runnerOf(context.config.home)};
    const origin = {bronze: bronzeOf(live), source: () => live.source, before: live, run, wait: false};
    const star = await toGold(context, origin);
    bench.onGold(star);
    const warehouse = await openWarehouse(context.config, bench.progress);
    try {
      signal.throwIfAborted();
      const loaded = await loadDraft(context, warehouse, live, star.contents, standing);
      const make = () => makeDraftMarts(context, warehouse, dbt, live, standing, star.data_through.whole);
      const marts = await toMarts(star, live.source, loaded, make);
      const ground = {source: live.source, parent: live.id, run: run.id};
      return await toExtracts(context, star, {loaded, marts, ...ground});
    } finally {
      await warehouse.close();
    }
  });
}

/** An engine for one draft, stopped where it is when another edit is saved. */
async function withContext<T>(
  {config, lake, progress, steps, signal}: Bench,
  today: string,
  work: (context: Context) => Promise<T>
): Promise<T> {
  const temporary = join(draftFolder(config), "tmp");
  await rm(temporary, {recursive: true, force: true});
  await mkdir(temporary, {recursive: true});
  const engine = await openEngine({memory: config.memory, temp: join(temporary, "spill")});
  const {connection} = engine;
  const stop = () => connection.interrupt();
  signal.addEventListener("abort", stop);
  const untilStopped: Progress = {
    ...progress,
    begin(name) {
      signal.throwIfAborted();
      return progress.begin(name);
    }
  };
  try {
    await createSchemas(connection);
    return await work({
      config: {...config, today},
      lake,
      connection,
      progress: untilStopped,
      temporary,
      steps,
      proof: {seconds: 0}
    });
  } finally {
    signal.removeEventListener("abort", stop);
    engine.close();
    await rm(temporary, {recursive: true, force: true});
  }
}
