import {rm} from "node:fs/promises";
import {join} from "node:path";
import {bringBack, checkOf, failedChecks, keepFailures, variablesOf} from "../4-warehouse/marts.ts";
import {type Check, failuresOf} from "../checks.ts";
import type {Config} from "../config.ts";
import type {LedgerLine} from "../ledger.ts";
import {checkLedger} from "../ledger.ts";
import type {Release} from "../release.ts";
import {readRules} from "../rules.ts";
import {
  byTable,
  contentOfTable,
  type Context,
  hash,
  type LakeObject,
  type StepResult,
  tell
} from "../step.ts";
import {type DbtNode, readArtifacts, readGraph} from "../warehouse/dbt.ts";
import type {DbtServer} from "../warehouse/dbt-server.ts";
import {name, type Warehouse} from "../warehouse/postgres.ts";
import {dropRelation, isThere} from "./load.ts";

/** What one model became. */
type Mart = {object?: LakeObject; ledger: LedgerLine[]; select: string};

/** What one test found. */
type Tested = {check: Check; failures: LakeObject[]};

/** What stands in the draft's schemas, and what was made and tested on the way; all of it belongs to one release. */
export type Standing = {
  release: string;
  schemas: {gold: string; marts: string};
  /** The content of each table of gold. */
  gold: Map<string, string>;
  goldLedger: LedgerLine[];
  /** The key of each model: a hash of its files and of all it is made of. */
  models: Map<string, string>;
  made: Map<string, Mart>;
  tested: Map<string, Tested>;
};

/** Nothing stands yet. */
export function emptyStanding(release: string, schemas: Standing["schemas"]): Standing {
  return {
    release,
    schemas,
    gold: new Map(),
    goldLedger: [],
    models: new Map(),
    made: new Map(),
    tested: new Map()
  };
}

/**
 * The marts of the files on disk: a model that is as published is a view of the published one, any other is built by dbt
 * with the tests that read it, unless that was done before.
 */
export function makeDraftMarts(
  context: Context,
  warehouse: Warehouse,
  dbt: DbtServer,
  live: Release,
  standing: Standing,
  dataThrough: string | null
): Promise<StepResult> {
  const {schemas} = standing;
  const {config} = context;
  const vars = varsOf(config, dataThrough);
  return tell(context, "marts (dbt)", async (update) => {
    await warehouse.client.query(`create schema if not exists ${name(schemas.marts)}`);
    const parsed = await dbt.run(["parse", ...vars]);
    if (!parsed.success) throw new Error(`dbt: ${parsed.output}`);
    const graph = await readGraph(dbt.target);
    const keys = keysOf(graph, await readRules(config.root), standing.gold, vars);
    const known = keysOf(graph, live.rules ?? {}, goldOf(live), varsOf(config, live.data_through.whole));
    recall(graph, known, live, standing);

    const models = graph.filter(({kind}) => kind === "model");
    const tests = graph.filter(({kind}) => kind === "test" || kind === "unit_test");
    const stale = [];
    for (const model of models)
      if (!(await stands(warehouse, live, model, keys, known, standing))) stale.push(model);
    const open = tests.filter((test) => !standing.tested.has(testKey(test, keys)));
    if (stale.length || open.length) {
      const all = [...stale, ...open];
      update(stale.map((model) => model.name).join(", "));
      for (const model of stale) standing.models.delete(model.name);
      await build(context, warehouse, dbt, {graph, keys, standing, vars, all});
    }
    const result = await resultOf(dbt, {models, tests, keys, standing});
    return {result, reused: !stale.length && !open.length};
  });
}

/** The arguments that hand dbt its variables. */
export function varsOf(config: Config, dataThrough: string | null): string[] {
  return ["--vars", JSON.stringify(variablesOf(config, dataThrough))];
}

type Keys = Map<string, string>;

const testKey = (test: DbtNode, keys: Keys) => `${test.check} ${keys.get(test.id)!}`;

/** A key for every node: what its files say and what it is made of. */
export function keysOf(
  graph: DbtNode[],
  rules: Record<string, string>,
  contents: Map<string, string>,
  variables: string[]
): Keys {
  const models = graph.filter(({kind}) => kind === "model");
  const singular = graph.filter(({kind, file}) => kind === "test" && file.endsWith(".sql"));
  const ownFiles = (model: DbtNode) => [`dbt/${model.file}`, `dbt/${model.file.replace(/[.]sql$/, ".yml")}`];
  const own = new Set([...models.flatMap(ownFiles), ...singular.map(({file}) => `dbt/${file}`)]);
  const isShared = (file: string) =>
    file.startsWith("dbt/") &&
    file !== "dbt/models/exposures.yml" &&
    !file.startsWith("dbt/tests/") &&
    !own.has(file);
  const shared = Object.entries(rules).filter(([file]) => isShared(file));
  const keys: Keys = new Map();
  for (const node of graph) {
    if (node.kind === "source") {
      keys.set(node.id, contents.get(node.name) ?? "");
      continue;
    }
    const files =
      node.kind === "model" ? ownFiles(node) : [`dbt/${node.file}`].filter((file) => own.has(file));
    const made = node.parents.map((parent) => keys.get(parent) ?? parent);
    keys.set(
      node.id,
      hash(JSON.stringify([node.name, files.map((file) => rules[file]), made, variables, shared]))
    );
  }
  return keys;
}

function goldOf({objects}: Release): Map<string, string> {
  const tables = [...byTable(objects.filter(({layer}) => layer === "gold")).values()];
  return new Map(tables.map((parts) => [parts[0]!.table, contentOfTable(parts)]));
}

/** What the published release says of its models and tests is known already. */
function recall(graph: DbtNode[], known: Keys, live: Release, {made, tested}: Standing): void {
  for (const node of graph) {
    const key = known.get(node.id)!;
    const select = live.dbt?.selects[node.name];
    const object = live.objects.find(({layer, table}) => layer === "marts" && table === node.name);
    if (node.kind === "model" && select !== undefined && (object || live.views[node.name]))
      made.set(key, {
        ...(object && {object}),
        ledger: live.ledger.filter(
          (line) => line.hop === "warehouse → marts" && line.table_name === node.name
        ),
        select
      });
    const check = live.checks.find((one) => one.kind === "dbt test" && one.name === node.check);
    if (node.kind !== "model" && check)
      tested.set(testKey(node, known), {
        check,
        failures: live.objects.filter(
          ({layer, table}) => layer === "failures" && table === failuresOf(node.check)
        )
      });
  }
}

/** Whether a model stands as it should, if need be as a view of the published one. */
async function stands(
  warehouse: Warehouse,
  live: Release,
  {id, name: model}: DbtNode,
  keys: Keys,
  known: Keys,
  {schemas, models, made}: Standing
): Promise<boolean> {
  const key = keys.get(id)!;
  if (models.get(model) === key && made.has(key)) return true;
  const isPublished =
    key === known.get(id) && made.has(key) && (await isThere(warehouse, live.schemas.marts, model));
  if (!isPublished) return false;
  await dropRelation(warehouse, schemas.marts, model);
  await warehouse.client.query(
    `create view ${name(schemas.marts)}.${name(model)} as select * from ${name(live.schemas.marts)}.${name(model)}`
  );
  models.set(model, key);
  return true;
}

type Work = {graph: DbtNode[]; keys: Keys; standing: Standing; vars: string[]; all: DbtNode[]};

/** Builds and tests the nodes with one call of dbt, and remembers what they became. */
async function build(
  context: Context,
  warehouse: Warehouse,
  dbt: DbtServer,
  {graph, keys, standing, vars, all}: Work
): Promise<void> {
  const results = join(dbt.target, "run_results.json");
  await rm(results, {force: true});
  const whole = graph.filter(({kind}) => kind !== "source").length === all.length;
  const select = whole ? [] : ["--select", ...new Set(all.map((node) => node.name))];
  const {success, output} = await dbt.run(["build", ...select, ...vars]);
  const made = await readArtifacts(dbt.target).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new Error(`dbt: ${output}`) : error;
  });
  const checks = made.tests.map(checkOf);
  if (made.tests.some(({status}) => status === "fail" || status === "error"))
    throw await failedChecks(context, warehouse, {...made, isGreen: false}, checks);
  if (!success) throw new Error(`dbt: ${output}`);
  const {objects} = await keepFailures(context, warehouse, {...made, isGreen: true}, "warn");
  const ran: [string, Mart][] = [];
  for (const {id, name: own} of all.filter(({kind}) => kind === "model")) {
    const model = made.models.find((one) => one.name === own)!;
    const mart = model.isTable
      ? await bringBack(context, warehouse, standing.schemas.marts, model)
      : {ledger: []};
    checkLedger(mart.ledger);
    ran.push([keys.get(id)!, {...mart, select: model.select}]);
    standing.models.set(own, keys.get(id)!);
  }
  for (const [key, mart] of ran) standing.made.set(key, mart);
  const tests = new Map(graph.filter(({kind}) => kind !== "model").map((node) => [node.check, node]));
  for (const check of checks) {
    const test = tests.get(check.name);
    const failures = objects.filter(({table}) => table === failuresOf(check.name));
    if (test) standing.tested.set(testKey(test, keys), {check, failures});
  }
}

/** All models and tests of the project as the step of a refresh would give them. */
async function resultOf(
  dbt: DbtServer,
  {models, tests, keys, standing}: {models: DbtNode[]; tests: DbtNode[]; keys: Keys; standing: Standing}
): Promise<StepResult> {
  const manifest = await readArtifacts(dbt.target, {isParsed: true});
  const marts = new Map(models.map(({id, name: model}) => [model, standing.made.get(keys.get(id)!)!]));
  const ordered = manifest.models.map((model) => ({...model, ...marts.get(model.name)!}));
  const selectsOf = (kept: typeof ordered) =>
    Object.fromEntries(kept.map((model) => [model.name, model.select]));
  const tables = ordered.filter(({isTable}) => isTable);
  const found = tests
    .flatMap((test) => standing.tested.get(testKey(test, keys)) ?? [])
    .sort((a, b) => (a.check.name < b.check.name ? -1 : 1));
  return {
    step: "marts (dbt)",
    key: "",
    objects: [...tables.flatMap(({object}) => object ?? []), ...found.flatMap(({failures}) => failures)],
    facts: {
      schema: standing.schemas.marts,
      checks: found.map(({check}) => check),
      ledger: tables.flatMap(({name: table}) => marts.get(table)!.ledger),
      views: selectsOf(ordered.filter(({isView}) => isView)),
      dbt: {
        selects: selectsOf(ordered),
        contracts: Object.fromEntries(tables.map(({name: table, columns}) => [table, columns])),
        exposures: manifest.exposures
      }
    }
  };
}
