import {existsSync} from "node:fs";
import {mkdir, readdir, readFile, rename, rm} from "node:fs/promises";
import {join} from "node:path";
import {projectHash} from "../4-warehouse/marts.ts";
import {listLoaders} from "../5-site/extracts.ts";
import {readShares} from "../5-site/reconcile.ts";
import {type Column, findTable, gold, silver, sources, type SourceTable, types} from "../catalog.ts";
import type {Config} from "../config.ts";
import {engineVersion, tablesOf} from "../engine/duckdb.ts";
import {type Page, readPages} from "../lineage/pages.ts";
import {monitors} from "../monitors/monitors.ts";
import type {Progress} from "../progress.ts";
import {readShop} from "../shop.ts";
import {hash} from "../step.ts";
import {parseDbt} from "../warehouse/dbt.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {dbtAsset} from "./outcome.ts";
import {silverReadBy, textOf} from "./reads.ts";
import {extractOf} from "./targets.ts";

/**
 * An asset: `step` is what `npx assay run` makes it with, `reads` the assets it is made of, `code` what its SQL and code
 * are, as a hash. `months` says that its lines are told by month.
 */
export type Asset = {
  name: string;
  step: string;
  group: string;
  description: string;
  file: string;
  code: string;
  reads: string[];
  columns: {name: string; type: string; description: string}[];
  checks: AssetCheck[];
  /** What is shown of it on which pages. */
  pages?: string[];
  months?: true;
};

/** A check of an asset; `step` is the one that does it, where it is not the one that makes the asset. */
export type AssetCheck = {name: string; description: string; blocks: boolean; step?: string};

/** All that is made, for an orchestrator to show and to run; `manifest` is where dbt's lies. */
export type Graph = {assets: Asset[]; manifest: string; owner: string | null};

/** Reads the graph from the catalog, the SQL, dbt's manifest, the loaders and the pages. */
export async function readGraph(config: Config, progress: Progress): Promise<Graph> {
  const manifest = await findManifest(config, progress);
  const marts = await martsOf(manifest);
  const [bronze, silverAssets, goldAssets] = [await bronzeOf(), await silverOf(config), await goldOf(config)];
  const watched = await monitorsOf(goldAssets);
  const loaded = await warehouseOf(marts.checks);
  const pages = await readPages(config.root);
  const extracts = await extractsOf(config, marts.assets, pages);
  const made = [...bronze, ...silverAssets, ...goldAssets, watched, ...loaded, ...marts.assets, ...extracts];
  const published = publishedOf(made, extracts, pages);
  return {assets: [...made, ...published], manifest, owner: readShop(config.root).owner};
}

const ledger: AssetCheck = {
  name: "ledger",
  description: "Every row and amount that went in came out, or is explained.",
  blocks: true
};
const contract: AssetCheck = {
  name: "contract",
  description:
    "The SQL returns the columns and rows it promises, and changes or loses no value without a rule.",
  blocks: true
};

/** The hash of SQL, declarations, and the code in a folder of `pipelines`. */
async function codeOf(folder: string, ...said: unknown[]): Promise<string> {
  const path = join(import.meta.dirname, "..", folder);
  const names = (await readdir(path)).filter((name) => name.endsWith(".ts")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), "utf8")));
  return hash(JSON.stringify([said, texts, engineVersion])).slice(0, 16);
}

function bronzeOf(): Promise<Asset[]> {
  const columnsOf = ({columns, means}: SourceTable) =>
    columns.map((name) => ({name, type: "VARCHAR", description: means[name] ?? ""}));
  return Promise.all(
    sources.map(async (table) => ({
      name: `bronze.${table.name}`,
      step: "bronze",
      group: "bronze",
      description: `${table.description} As the source has it: every column text, no row dropped.`,
      file: "pipelines/1-bronze/bronze.ts",
      code: await codeOf("1-bronze", table),
      reads: [],
      columns: columnsOf(table),
      checks: [
        ledger,
        {
          name: "drift",
          description: "The columns are as the catalog and the release before say.",
          blocks: false
        }
      ]
    }))
  );
}

function silverOf(config: Config): Promise<Asset[]> {
  return Promise.all(
    silver.map(async (table) => {
      const file = `pipelines/2-silver/${table.name}.sql`;
      const sql = textOf(config, file)!;
      const {description} = findTable(sources, table.name);
      return {
        name: `silver.${table.name}`,
        step: `silver.${table.name}`,
        group: "silver",
        description: `${description} Typed and judged: what is refused or corrected is on record.`,
        file,
        code: await codeOf("2-silver", sql, table),
        reads: (await tablesOf(sql, file)).filter((name) => name.startsWith("bronze.")),
        columns: [],
        checks: [ledger, contract]
      };
    })
  );
}

function goldOf(config: Config): Promise<Asset[]> {
  return Promise.all(
    gold.map(async (table) => {
      const file = `pipelines/3-gold/${table.name}.sql`;
      const hasMonths = table.columns.some(({name}) => name === "order_date");
      return {
        name: `gold.${table.name}`,
        step: `gold.${table.name}`,
        group: "gold",
        description: table.description,
        file,
        code: await codeOf("3-gold", textOf(config, file), table),
        reads: (await silverReadBy(config, table)).map(({name}) => `silver.${name}`),
        columns: columnsOf(table.columns, "duckdb"),
        checks: table.from ? [ledger, contract] : [contract],
        ...(hasMonths && {months: true as const})
      };
    })
  );
}

async function monitorsOf(goldAssets: Asset[]): Promise<Asset> {
  return {
    name: "monitors",
    step: "monitors",
    group: "gold",
    description:
      "What this release is like beside those before it: a profile of its tables, and what of it is news.",
    file: "pipelines/monitors/monitors.ts",
    code: await codeOf("monitors", monitors),
    reads: [...sources.map(({name}) => `bronze.${name}`), ...goldAssets.map(({name}) => name)],
    columns: [],
    checks: monitors.map(({name, description, severity}) => ({
      name,
      description,
      blocks: severity === "block"
    }))
  };
}

function warehouseOf(checks: Map<string, AssetCheck[]>): Promise<Asset[]> {
  return Promise.all(
    gold.map(async (table) => ({
      name: `warehouse.${table.name}`,
      step: "warehouse",
      group: "warehouse",
      description: `${table.description} In PostgreSQL, in a schema of its own until it is published.`,
      file: "pipelines/4-warehouse/load.ts",
      code: await codeOf("4-warehouse", table),
      reads: [`gold.${table.name}`, "monitors"],
      columns: columnsOf(table.columns, "postgres"),
      checks: [ledger, ...(checks.get(`warehouse.${table.name}`) ?? [])]
    }))
  );
}

function columnsOf(columns: Column[], engine: "duckdb" | "postgres"): Asset["columns"] {
  return columns.map(({name, type, description}) => ({name, type: types[engine][type], description}));
}

type Node = {
  unique_id: string;
  name: string;
  resource_type: string;
  description: string;
  original_file_path: string;
  raw_code?: string;
  columns: Record<string, {name: string; data_type: string | null; description: string}>;
  config: {severity?: string; meta?: {ledger?: unknown}};
  depends_on?: {nodes: string[]};
  attached_node?: string | null;
};

/** The models of dbt's manifest, and its tests by the asset they look at. */
async function martsOf(manifest: string): Promise<{assets: Asset[]; checks: Map<string, AssetCheck[]>}> {
  const {
    nodes,
    sources: given,
    unit_tests
  } = JSON.parse(await readFile(manifest, "utf8")) as Record<
    "nodes" | "sources" | "unit_tests",
    Record<string, Node>
  >;
  const nameOf = (id: string) =>
    given[id] ? `warehouse.${given[id].name}` : nodes[id] ? `marts.${nodes[id].name}` : undefined;
  const checks = new Map<string, AssetCheck[]>();
  const add = (asset: string, check: AssetCheck) => checks.set(asset, [...(checks.get(asset) ?? []), check]);
  for (const {name, resource_type, description, config, attached_node, depends_on} of Object.values(nodes)) {
    if (resource_type !== "test") continue;
    const table = nameOf(attached_node ?? depends_on?.nodes[0] ?? "");
    const blocks = config.severity?.toLowerCase() !== "warn";
    add(dbtAsset(name, table), {name, description, blocks, step: "marts"});
  }
  for (const {unique_id, description} of Object.values(unit_tests ?? {})) {
    const name = unique_id.split(".").slice(2).join(".");
    add(dbtAsset(name, undefined), {name, description, blocks: true});
  }
  const models = Object.values(nodes).filter(({resource_type}) => resource_type === "model");
  const assets = models.map((model) => ({
    name: `marts.${model.name}`,
    step: "marts",
    group: "marts",
    description: model.description,
    file: `dbt/${model.original_file_path}`,
    code: hash(JSON.stringify([model.raw_code, model.config])).slice(0, 16),
    reads: (model.depends_on?.nodes ?? []).flatMap((id) => nameOf(id) ?? []),
    columns: Object.values(model.columns).map(({name, data_type, description}) => ({
      name,
      type: data_type ?? "",
      description
    })),
    checks: [...(model.config.meta?.ledger ? [ledger] : []), ...(checks.get(`marts.${model.name}`) ?? [])]
  }));
  return {assets, checks};
}

async function extractsOf(config: Config, marts: Asset[], pages: Page[]): Promise<Asset[]> {
  const shares = await readShares(config.root);
  const loaders = await listLoaders(join(config.root, "loaders"));
  return Promise.all(
    loaders.map(async (loader) => {
      const file = `loaders/${loader}.sql`;
      const sql = textOf(config, file)!;
      const shown = pages.filter(({charts}) => charts.some(({extracts}) => extracts.includes(loader)));
      const reads = loader.endsWith(".duckdb") ? [] : await tablesOf(sql, file);
      const isOfLayer = (name: string) => /^(gold|marts)[.]/.test(name);
      // what reads the records, or is a script over all tables, comes after all of them
      const isOfAll = !reads.length || reads.some((name) => !isOfLayer(name));
      return {
        name: extractOf(loader),
        step: extractOf(loader),
        group: "extracts",
        description: firstComment(sql) || `What the pages read as ${loader}.`,
        file,
        code: await codeOf("5-site", sql, shares[loader]),
        reads: [...reads.filter(isOfLayer), ...(isOfAll ? marts.map(({name}) => name) : [])],
        columns: [],
        checks: shares[loader] ? [ledger] : [],
        pages: shown.map(({path}) => path)
      };
    })
  );
}

function firstComment(sql: string): string {
  const lines = sql.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("--"));
  return lines
    .slice(0, Math.max(end, 0))
    .map((line) => line.replace(/^--\s?/, ""))
    .join(" ");
}

function publishedOf(made: Asset[], extracts: Asset[], pages: Page[]): Asset[] {
  const ends = made.filter(({group}) => ["warehouse", "marts", "extracts"].includes(group));
  return [
    {
      name: "release",
      step: "release",
      group: "published",
      description:
        "All tables, records and extracts of a run under one name, live in the lake and the warehouse at once.",
      file: "pipelines/live.ts",
      code: "",
      reads: [...new Set(["monitors", ...ends.map(({name}) => name)])],
      columns: [],
      checks: [
        {name: "published", description: "The release is live, not held by a rollback.", blocks: false}
      ]
    },
    {
      name: "site",
      step: "site",
      group: "published",
      description: `The static site in dist: ${pages.length} pages over ${extracts.length} extracts.`,
      file: "observablehq.config.ts",
      code: hash(JSON.stringify(pages)).slice(0, 16),
      reads: ["release"],
      columns: [],
      checks: [],
      pages: pages.map(({path}) => path)
    }
  ];
}

/** dbt's manifest, read once for each state of its project. */
async function findManifest(config: Config, progress: Progress): Promise<string> {
  const project = (await projectHash(join(config.root, "dbt"))).slice(0, 16);
  const folder = join(config.home, "dbt-parsed");
  const manifest = join(folder, project, "manifest.json");
  if (existsSync(manifest)) return manifest;
  const target = join(folder, `${project}.${process.pid}`);
  await mkdir(target, {recursive: true});
  await parseDbt(config, await ensureDbt(config, progress), target);
  await rename(target, join(folder, project)).catch(() => rm(target, {recursive: true}));
  return manifest;
}
