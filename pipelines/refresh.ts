import {mkdir, rm} from "node:fs/promises";
import {join} from "node:path";
import {makeBronze} from "./1-bronze/bronze.ts";
import {makeSilver} from "./2-silver/silver.ts";
import {findDataThrough, makeGold} from "./3-gold/gold.ts";
import {loadGold, prepareWarehouse} from "./4-warehouse/load.ts";
import {FailedChecks, makeMarts} from "./4-warehouse/marts.ts";
import {dropOldSchemas, findLive, publish} from "./4-warehouse/publish.ts";
import {admitReader, hasReader, readerOf} from "./4-warehouse/reader.ts";
import {makeExtracts} from "./5-site/extracts.ts";
import {type Config, hidePassword} from "./config.ts";
import {engineVersion, openEngine, run} from "./engine/duckdb.ts";
import {type Lake, openLake} from "./lake/lake.ts";
import {DamagedObject} from "./lake/s3.ts";
import {tellWebhook, whatNext} from "./failure.ts";
import {checkLedger, type LedgerLine} from "./ledger.ts";
import {withLock} from "./lock.ts";
import {contentsOf, type Tables} from "./parts.ts";
import type {Progress} from "./progress.ts";
import {
  beginRun,
  contentOfRelease,
  findCurrent,
  findRelease,
  findRun,
  movePointer,
  newId,
  Overtaken,
  overtaken,
  type Release,
  type Run,
  runnerOf,
  writeRelease,
  writeRun
} from "./release.ts";
import {checkSource, describeSource, ensureSource} from "./source/source.ts";
import {byTable, type Context, hash, isWhole, type LakeObject, type StepResult} from "./step.ts";
import {createSchemas, showForSite, showTables, type Told} from "./views.ts";
import type {Warehouse} from "./warehouse/postgres.ts";
import {withWarehouse} from "./warehouse/use.ts";

/** What a refresh leads to: the record of the run, and the release that is live after it. */
export type Refreshed = {run: Run; release: Release};

/** `wait` for a refresh that is running; `verify` all rows of a source, whatever its change cursor tells. */
export type Options = {progress: Progress; wait?: boolean; verify?: boolean};

/** Carries the source through every layer and publishes the release, or leaves the last one as it is and throws. */
export async function refresh(
  config: Config,
  {progress, wait = false, verify = false}: Options
): Promise<Refreshed> {
  const options = {progress, wait, verify};
  const lake = openLake(config, {note: progress.note});
  const place = config.lake;
  return withLock(config.home, "refresh", options, () =>
    // a bucket has no lock: two homes may work on one at once, objects are named by content, and the pointer, moved
    // only if it still is what this run began with, lets one of them publish
    place.kind === "s3"
      ? attemptInTurn(config, lake, options)
      : withLock(place.path, "refresh", options, () => attemptInTurn(config, lake, options))
  );
}

/** Whoever waits for another refresh begins anew once that has published. */
async function attemptInTurn(config: Config, lake: Lake, options: Required<Options>): Promise<Refreshed> {
  for (;;) {
    try {
      return await attempt(config, lake, options);
    } catch (error) {
      if (!options.wait || !(error instanceof Overtaken)) throw error;
      options.progress.note(`  ${error.message.replace(/;.*/, "")}: once more, on top of it`);
    }
  }
}

async function attempt(config: Config, lake: Lake, options: Required<Options>): Promise<Refreshed> {
  const {wait, progress, verify} = options;
  const record = await beginRun(lake, runnerOf(config.home));
  try {
    const refreshed = await mending(lake, progress, () => {
      record.steps = [];
      return withScratch(config, async (temporary) => {
        const engine = await openEngine({memory: config.memory, temp: join(temporary, "spill")});
        const {connection} = engine;
        const context = {
          config,
          lake,
          connection,
          progress,
          temporary,
          steps: record.steps,
          isVerified: verify
        };
        return carry(context, record, wait).finally(engine.close);
      });
    });
    await endRun(lake, record, {});
    return refreshed;
  } catch (error) {
    const failed = error instanceof FailedChecks ? {checks: error.checks, failures: error.failures} : {};
    await endRun(lake, record, {status: "failed", error: hidePassword((error as Error).message), ...failed});
    await tellWebhook(config, record, progress);
    throw Object.assign(error as Error, {next: await whatNext(lake)});
  }
}

/** Does the work again without an object that turned out damaged: what is missing is made anew. */
async function mending<T>(lake: Lake, progress: Progress, work: () => Promise<T>): Promise<T> {
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

/** A folder for files of this run; what earlier runs left behind goes too. */
async function withScratch<T>(config: Config, work: (folder: string) => Promise<T>): Promise<T> {
  const scratch = join(config.home, "tmp");
  await rm(scratch, {recursive: true, force: true});
  await mkdir(scratch, {recursive: true});
  return work(scratch).finally(() => rm(scratch, {recursive: true, force: true}));
}

/** The way of a row, stage by stage. */
async function carry(context: Context, record: Run, wait: boolean): Promise<Refreshed> {
  const {config, lake, progress} = context;
  const before = await findCurrent(lake);
  checkSource(config, before);
  await ensureSource(config, progress);
  await createSchemas(context.connection);
  await run(context.connection, `create view run as select date '${config.today}' as today`);

  const bronze = await makeBronze(context);
  const silver = await makeSilver(context, await show(context, bronze));
  const gold = await makeGold(context, await show(context, silver), byTable(before?.objects ?? []));
  const goldContents = contentsOf(await show(context, gold));
  const tables = await findDataThrough(context);
  const data_through = {whole: latest(Object.values(tables)), tables};
  checkLedger(ledgerOf([...bronze, ...silver, ...gold]));

  return withWarehouse(config, {wait, progress}, async (warehouse) => {
    await prepareWarehouse(warehouse);
    const parent = await reconcile(context, warehouse, record, before);
    const loaded = await loadGold(context, warehouse, Object.fromEntries(goldContents));
    checkLedger(ledgerOf([loaded]));
    const schemas = {gold: loaded.facts.schema as string, marts: ""};
    const marts = await makeMarts(context, warehouse, schemas.gold, data_through.whole);
    schemas.marts = marts.facts.schema as string;
    const martContents = contentsOf(await show(context, [marts]));

    const made = [...bronze, ...silver, ...gold, loaded, marts];
    const ledger = ledgerOf(made);
    checkLedger(ledger);
    const checks = marts.facts.checks as Release["checks"];
    const views = marts.facts.views as Release["views"];
    const told = {ledger, checks, data_through, views};
    const objects = made.flatMap((result) => result.objects);
    await showForSite(context.connection, lake, objects, told);
    const contents = new Map([...goldContents, ...martContents, ...recordContents(objects, told)]);
    for (const [name, sql] of Object.entries(views))
      contents.set(`marts.${name}`, hash(JSON.stringify([sql, [...goldContents]])));
    const extracts = await makeExtracts(context, contents);

    const draft: Omit<Release, "id" | "content" | "published_at"> = {
      version: 1,
      parent: parent?.id ?? null,
      run: record.id,
      ...told,
      source: describeSource(config, bronze, parent?.source),
      today: config.today,
      engine: engineVersion,
      schemas,
      dbt: marts.facts.dbt as NonNullable<Release["dbt"]>,
      objects: [...objects, ...extracts.results.flatMap((result) => result.objects)],
      extracts: extracts.sql
    };
    return release(context, warehouse, record, draft, parent);
  });
}

/** Publishes the draft unless the live release already says the same. */
async function release(
  {lake, progress}: Context,
  warehouse: Warehouse,
  record: Run,
  draft: Omit<Release, "id" | "content" | "published_at">,
  parent: Release | undefined
): Promise<Refreshed> {
  const content = contentOfRelease(draft);
  record.checks = draft.checks;
  if (parent?.content === content && (await isWhole(lake, parent.objects))) {
    if ((await findLive(warehouse)) !== parent.id)
      await publish(warehouse, {release: parent.id, ...draft.schemas});
    await admitReader(warehouse, draft.schemas);
    Object.assign(record, {status: "unchanged", release: parent.id});
    return {run: record, release: parent};
  }
  const next: Release = {id: newId(), content, published_at: new Date().toISOString(), ...draft};
  await writeRelease(lake, next);
  await publish(warehouse, {release: next.id, ...draft.schemas});
  await movePointer(lake, next);
  Object.assign(record, {status: "published", release: next.id});
  for (const schema of await dropOldSchemas(warehouse))
    progress.note(`  warehouse: schema ${schema} is old but somebody else reads it, so it stays`);
  if (!(await hasReader(warehouse)))
    progress.note(
      `  warehouse: no role ${readerOf(warehouse)}, and this role may not make it: npx assay doctor says the line`
    );
  return {run: record, release: next};
}

/**
 * After a crash between the warehouse's commit and the pointer, the pointer advances; else the lake's word counts.
 * Throws if another home published since this run began to read: older data never replace newer.
 */
async function reconcile(
  {lake, progress}: Context,
  warehouse: Warehouse,
  {by}: Run,
  before: Release | undefined
): Promise<Release | undefined> {
  const current = await findCurrent(lake);
  if (current?.id !== before?.id) throw overtaken(lake);
  const live = await findLive(warehouse);
  if (live === undefined || live === current?.id) return current;
  const next = await findRelease(lake, live);
  if (!next || next.parent !== (current?.id ?? null)) return current;
  await movePointer(lake, next);
  progress.note(`  finished the publication of release ${next.id}`);
  // a run of this home ended before this one began, another home's perhaps after
  const made = await findRun(lake, next.run);
  if (made?.by && made.by.home !== by?.home) throw overtaken(lake);
  return next;
}

/** Shows the tables that steps made as views. */
async function show(context: Context, results: StepResult[]): Promise<Tables> {
  const objects = results.flatMap((result) => result.objects);
  const tables = objects.filter(({layer}) => ["bronze", "silver", "gold", "marts"].includes(layer));
  await showTables(context.connection, context.lake, tables);
  return byTable(objects);
}

/** Content ids of the records that extracts may read. */
function recordContents(objects: LakeObject[], told: Told): [string, string][] {
  const contentOf = (layer: string) =>
    hash(JSON.stringify(objects.filter((one) => one.layer === layer).map((one) => one.content)));
  return [
    ["assay.rejects", contentOf("rejects")],
    ["assay.corrections", contentOf("corrections")],
    ["assay.ledger", hash(JSON.stringify(told.ledger))],
    ["assay.checks", hash(JSON.stringify(told.checks))],
    ["assay.data_through", hash(JSON.stringify(told.data_through))]
  ];
}

function ledgerOf(results: StepResult[]): LedgerLine[] {
  return results.flatMap((result) => result.facts.ledger ?? []);
}

async function endRun(lake: Lake, record: Run, outcome: Partial<Run>): Promise<void> {
  const ended = {ended_at: new Date().toISOString(), peak_memory: process.resourceUsage().maxRSS * 1024};
  await writeRun(lake, Object.assign(record, outcome, ended));
}

function latest(days: (string | null)[]): string | null {
  return days.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
