import {type ChildProcess, spawn} from "node:child_process";
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {inject} from "vitest";
import {makeBronze} from "../1-bronze/bronze.ts";
import {makeSilver} from "../2-silver/silver.ts";
import {makeGold} from "../3-gold/gold.ts";
import {type SourceTable, sources} from "../catalog.ts";
import {type Config, readConfig} from "../config.ts";
import {type Engine, openEngine, query, run} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {type Tables as LakeTables, tablesOfSteps} from "../parts.ts";
import {type Progress, silent} from "../progress.ts";
import {type Refreshed} from "../attempt.ts";
import {refresh} from "../refresh.ts";
import {type Context, type StepResult} from "../step.ts";
import {createSchemas, showTables} from "../views.ts";
import {withRelease} from "../words/sql.ts";

/** A workbench of its own: a home, a source folder and a prefix on the tests' PostgreSQL. */
export type World = {
  folder: string;
  source: string;
  /** The variables that choose this world, for a process of its own. */
  environment: Record<string, string>;
  config: Config;
  refresh: (progress?: Progress) => Promise<Refreshed>;
  /** Rows of a query over the published release. */
  sql: <T = Record<string, unknown>>(text: string) => Promise<T[]>;
  remove: () => void;
};

/** Lines of CSV by table; tables not named are empty. */
export type Tables = Partial<Record<string, string>>;

let count = 0;

/** Opens a world whose source is `tables` or, as it is, a folder. `isEditable` gives it SQL and dbt files of its own; `variables` choose otherwise. */
export function openWorld(
  source: Tables | string,
  {
    isEditable = false,
    today = "2026-01-31",
    variables = {}
  }: {isEditable?: boolean; today?: string; variables?: Record<string, string>} = {}
): World {
  const folder = mkdtempSync(join(tmpdir(), "assay-world-"));
  const place = typeof source === "string" ? source : join(folder, "source");
  if (typeof source !== "string") writeSource(place, source);
  const prefix = `t${process.pid}_${count++}_`;
  const url = new URL(inject("warehouse"));
  url.searchParams.set("prefix", prefix);
  const environment = {
    ASSAY_HOME: join(folder, "home"),
    ASSAY_TODAY: today,
    ASSAY_DBT_ENV: inject("dbt"),
    SOURCE_URL: place,
    WAREHOUSE_URL: url.href,
    ...variables
  };
  const usual = readConfig(environment);
  const config = {...usual, root: isEditable ? copyRoot(usual.root, join(folder, "root")) : usual.root};
  return {
    folder,
    source: place,
    environment,
    config,
    refresh: (progress = silent) => refresh(config, {progress}),
    sql: <T>(text: string) => withRelease(config, text, (connection) => query<T>(connection, text)),
    remove: () => rmSync(folder, {recursive: true, force: true})
  };
}

/** Writes a folder of exports: the header of every table, then its lines. */
export function writeSource(folder: string, tables: Tables): void {
  for (const table of sources) writeTable(folder, table, tables[table.name] ?? "");
}

function writeTable(folder: string, {file, columns}: SourceTable, lines: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, `${columns.join(",")}\n${lines.replace(/^\n/, "")}`);
}

/** What a world needs of the project to carry SQL and dbt files that a test may edit. */
function copyRoot(from: string, to: string): string {
  for (const part of [
    "src",
    "pipelines/2-silver",
    "pipelines/3-gold",
    "pipelines/monitors",
    "dbt",
    "loaders"
  ])
    cpSync(join(from, part), join(to, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/dbt\/(target|logs)|\.observablehq/.test(path)
    });
  return to;
}

/** Carries a world to gold, without a warehouse, and hands over the steps and the open engine for `work`. */
export async function carryToGold<T>(
  world: World,
  work: (results: StepResult[], engine: Engine, context: Context) => Promise<T>,
  before: LakeTables = new Map()
): Promise<T> {
  return carryToBronze(world, async (bronze, engine, context) => {
    const {connection} = engine;
    await run(connection, "create schema rejects; create schema corrections");
    await run(connection, `create view run as select date '${world.config.today}' as today`);
    const silver = await makeSilver(context, tablesOfSteps(bronze));
    await showAll(context, silver);
    const gold = await makeGold(context, tablesOfSteps(silver), before);
    await showAll(context, gold);
    return work([...bronze, ...silver, ...gold], engine, context);
  });
}

/** Carries a world to bronze, where `isVerified` compares all rows whatever a cursor says. */
export async function carryToBronze<T>(
  {config}: World,
  work: (results: StepResult[], engine: Engine, context: Context) => Promise<T>,
  {isVerified = false, progress = silent}: {isVerified?: boolean; progress?: Progress} = {}
): Promise<T> {
  const temporary = join(config.home, "tmp");
  mkdirSync(temporary, {recursive: true});
  const engine = await openEngine({memory: config.memory, temp: join(temporary, "spill")});
  const {connection} = engine;
  const lake = openLake(config);
  const context: Context = {
    config,
    lake,
    connection,
    progress,
    temporary,
    steps: [],
    proof: {seconds: 0},
    isVerified
  };
  try {
    await createSchemas(connection);
    const bronze = await makeBronze(context);
    await showAll(context, bronze);
    return await work(bronze, engine, context);
  } finally {
    engine.close();
  }
}

function showAll({connection, lake}: Context, results: StepResult[]): Promise<void> {
  return showTables(
    connection,
    lake,
    results.flatMap((result) => result.objects)
  );
}

/** The real data set, if it is beside the project. */
export const bikes = join(readConfig({}).root, "../shared/data/bikes");
export const hasBikes = existsSync(bikes);

/** Rows as literal lines: values joined by `|`, null as ∅. */
export async function lines(engine: Engine, sql: string): Promise<string[]> {
  const rows = await query<Record<string, unknown>>(engine.connection, sql);
  return rows.map((row) =>
    Object.values(row)
      .map((value) => (value === null ? "∅" : String(value)))
      .join("|")
  );
}

/** Starts `assay …` of a world in a process of its own. */
export function start({environment, config}: World, ...args: string[]): ChildProcess {
  const env = {...process.env, ...environment};
  return spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {cwd: config.root, env});
}

/** Changes a file; what is returned undoes it. */
export function edit(path: string, change: (text: string) => string): () => void {
  const before = readFileSync(path, "utf8");
  writeFileSync(path, change(before));
  return () => writeFileSync(path, before);
}

/** The message an action fails with. */
export async function failure(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error.message
  );
}
