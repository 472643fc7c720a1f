import {makeBronze} from "./1-bronze/bronze.ts";
import {makeSilver} from "./2-silver/silver.ts";
import {findDataThrough, makeGold} from "./3-gold/gold.ts";
import {loadGold} from "./4-warehouse/load.ts";
import {prepareWarehouse} from "./4-warehouse/schemas.ts";
import {makeMarts} from "./4-warehouse/marts.ts";
import {makeExtracts} from "./5-site/extracts.ts";
import {attempt, type Refreshed} from "./attempt.ts";
import {alongside, driftChecks} from "./checks.ts";
import type {Config} from "./config.ts";
import {engineVersion} from "./engine/duckdb.ts";
import {removeDamaged} from "./lake/check.ts";
import {checkLedger, ledgerChecks, type LedgerLine} from "./ledger.ts";
import {type Draft, goLive, type Live, reconcile} from "./live.ts";
import {measure} from "./measures.ts";
import {type Accept, checkAccept, type Scene, watch, type Watched} from "./monitors/watch.ts";
import {contentsOf, type Tables, tablesOfSteps} from "./parts.ts";
import type {Progress} from "./progress.ts";
import {findCurrent, type Release} from "./release.ts";
import {readRules} from "./rules.ts";
import type {Run} from "./run.ts";
import {readDefinitions} from "./semantic/definitions.ts";
import {checkShop} from "./shop.ts";
import {findPosition, notePosition} from "./source/changed.ts";
import {checkSource, describeSource, ensureSource} from "./source/source.ts";
import {byTable, type Context, hash, type LakeObject, type StepResult} from "./step.ts";
import {linesOf, showForSite, showRecords, showTables, showToday, type Told} from "./views.ts";
import type {Warehouse} from "./warehouse/postgres.ts";
import {withWarehouse} from "./warehouse/use.ts";

/**
 * `wait` for a refresh that is running; `verify` all rows of a source, whatever its change cursor tells; `accept` what
 * monitors would stop.
 */
export type Options = {progress: Progress; wait?: boolean; verify?: boolean; accept?: Accept};

/** Carries the source through every layer and publishes the release, or leaves the last one as it is and throws. */
export function refresh(
  config: Config,
  {progress, wait = false, verify = false, accept}: Options
): Promise<Refreshed> {
  return attempt(config, {task: "refresh", progress, wait, verify}, async (context, run) => {
    checkAccept(accept);
    checkShop(
      config.root,
      readDefinitions(config.root).measures.map(({name}) => name)
    );
    const before = await findCurrent(context.lake);
    checkSource(config, before);
    await ensureSource(config, progress);
    if (verify && before && config.lake.kind === "folder")
      await removeDamaged(context.lake, before.objects, progress.note);
    // what cannot be asked now cannot be read either, and bronze says why
    const position = await findPosition(config).catch(() => undefined);
    const bronze = await makeBronze(context);
    const source = (parent: Release | undefined) => describeSource(config, bronze, parent?.source);
    const live = await carry(
      context,
      {bronze, source, before, run, wait, accept},
      (warehouse, draft, published) => goLive(context, warehouse, run, draft, published)
    );
    if (position) await notePosition(config, context.lake, position);
    return live;
  });
}

/** What a release is made from: bronze, what it tells of its source, and the release and the run it comes from. */
export type Origin = {
  bronze: StepResult[];
  source: (parent: Release | undefined) => Release["source"];
  before: Release | undefined;
  run: Pick<Run, "id" | "by">;
  wait: boolean;
} & Pick<Scene, "accept" | "acceptBy">;

/** The way of a row from bronze on, stage by stage; `publish` gets what was made, the warehouse still open and locked. */
export function carry<T>(
  context: Context,
  origin: Origin,
  publish: (warehouse: Warehouse, draft: Draft, live: Live) => Promise<T>
): Promise<T> {
  return toWarehouse(context, origin, async (loading) => {
    const {star, warehouse, live, loaded, source} = loading;
    const marts = await martsOf(context, loading);
    const ground = {loaded, marts, source, parent: live?.release.id ?? null, run: origin.run.id};
    return publish(warehouse, await toExtracts(context, star, ground), live);
  });
}

/** Gold in the warehouse, which is open and locked, and what is live. */
export type Loading = {
  star: Star;
  warehouse: Warehouse;
  live: Live;
  source: Release["source"];
  loaded: StepResult;
};

/** From bronze to the warehouse; `work` has it open and locked. */
export async function toWarehouse<T>(
  context: Context,
  origin: Origin,
  work: (loading: Loading) => Promise<T>
): Promise<T> {
  const star = await toGold(context, origin);
  const {wait, before, run: record} = origin;
  return withWarehouse(context.config, {wait, progress: context.progress}, async (warehouse) => {
    await prepareWarehouse(warehouse);
    const live = await reconcile(context, warehouse, record, before);
    const source = origin.source(live?.release);
    const loaded = await loadGold(context, warehouse, Object.fromEntries(star.contents));
    return work({star, warehouse, live, source, loaded});
  });
}

/** The marts of a gold that is loaded, by dbt. */
export function martsOf(context: Context, {star, warehouse, source, loaded}: Loading): Promise<StepResult> {
  return toMarts(star, source, loaded, () =>
    makeMarts(context, warehouse, loaded.facts.schema as string, star.data_through.whole)
  );
}

/** What the lake holds up to gold, and what was found of it. */
export type Star = {
  steps: StepResult[];
  /** Content ids of `gold.*`. */
  contents: Map<string, string>;
  data_through: Release["data_through"];
  ledger: LedgerLine[];
  watched: Watched;
};

/** From bronze to gold, held together by the ledger and watched by the monitors. */
export async function toGold(context: Context, origin: Origin): Promise<Star> {
  const {bronze, source, before, accept, acceptBy} = origin;
  await showToday(context.connection, context.config);
  const silver = await makeSilver(context, await show(context, bronze));
  const gold = await makeGold(context, await show(context, silver), byTable(before?.objects ?? []));
  const contents = contentsOf(await show(context, gold));
  const tables = await findDataThrough(context);
  const data_through = {whole: latest(Object.values(tables)), tables};
  const steps = [...bronze, ...silver, ...gold];
  const ledger = ledgerOf(steps);
  checkLedger(ledger);
  const watched = await watch(context, {
    contents: new Map([...contentsOf(tablesOfSteps(bronze)), ...contents]),
    source: source(before).name,
    before,
    dataThrough: data_through.whole,
    accept,
    acceptBy
  });
  return {steps, contents, data_through, ledger, watched};
}

/** Makes the marts of a gold that is loaded; if they fail, what was checked before goes on record too. */
export function toMarts(
  {ledger, watched}: Star,
  source: Release["source"],
  loaded: StepResult,
  make: () => Promise<StepResult>
): Promise<StepResult> {
  checkLedger(ledgerOf([loaded]));
  return alongside(make(), [...ledgerChecks(ledger), ...ownChecks(source, watched)], watched.failures);
}

/** What is made of the marts, and where all of it comes from. */
export type Ground = {
  loaded: StepResult;
  marts: StepResult;
  source: Release["source"];
  parent: string | null;
  run: string;
};

/** From the marts to the extracts: a release in the making, which is whole unless only some extracts are asked for. */
export async function toExtracts(
  context: Context,
  star: Star,
  {loaded, marts, source, parent, run}: Ground,
  only?: string[]
): Promise<Draft> {
  const {config, lake} = context;
  const {watched, data_through} = star;
  const goldContents = star.contents;
  const martContents = contentsOf(await show(context, [marts]));
  const made = [...star.steps, loaded, marts];
  const ledger = ledgerOf(made);
  checkLedger(ledger);
  const dbtChecks = marts.facts.checks as Release["checks"];
  const checks = [...ledgerChecks(ledger), ...ownChecks(source, watched), ...dbtChecks];
  const views = marts.facts.views as Release["views"];
  const told = {ledger, checks, data_through, views};
  const objects = [...made.flatMap((result) => result.objects), ...watched.failures];
  await showForSite(context.connection, lake, objects, told);
  const lines = contentsOf(byTable(linesOf(objects)));
  const contents = new Map([...lines, ...goldContents, ...martContents, ...recordContents(objects, told)]);
  for (const [name, sql] of Object.entries(views))
    contents.set(`marts.${name}`, hash(JSON.stringify([sql, [...goldContents], [...martContents]])));
  const definitions = readDefinitions(config.root);
  const view = views[definitions.relation.split(".")[1]!]!;
  const measures = await measure(context, definitions, view, Object.fromEntries(goldContents));
  const tellLedger = async (lines: LedgerLine[]) => {
    checkLedger(lines);
    ledger.push(...lines);
    await showRecords(context.connection, lake, objects, told, {isMasked: true});
    return contentOfLedger(ledger);
  };
  const extracts = await makeExtracts(context, {contents, objects, tellLedger, only});
  return {
    version: 1,
    parent,
    run,
    ...told,
    measures,
    rules: await readRules(config.root),
    profiles: watched.profiles,
    accepted: watched.accepted,
    source,
    today: config.today,
    engine: engineVersion,
    schemas: {gold: loaded.facts.schema as string, marts: marts.facts.schema as string},
    dbt: marts.facts.dbt as NonNullable<Release["dbt"]>,
    objects: [...objects, ...extracts.results.flatMap((result) => result.objects)],
    extracts: extracts.sql
  };
}

function ownChecks({files, drift}: Release["source"], {checks}: Watched): Release["checks"] {
  return [...driftChecks(Object.keys(files), drift), ...checks];
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
    ["assay.ledger", contentOfLedger(told.ledger)],
    ["assay.checks", hash(JSON.stringify(told.checks))],
    ["assay.data_through", hash(JSON.stringify(told.data_through))]
  ];
}

function contentOfLedger(lines: LedgerLine[]): string {
  return hash(JSON.stringify(lines));
}

function ledgerOf(results: StepResult[]): LedgerLine[] {
  return results.flatMap((result) => result.facts.ledger ?? []);
}

function latest(days: (string | null)[]): string | null {
  return days.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
