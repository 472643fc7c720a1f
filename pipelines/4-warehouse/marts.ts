import {againstGold} from "../against-gold.ts";
import {createWriteStream} from "node:fs";
import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import copyStreams from "pg-copy-streams";
import {type Check, FailedChecks, failuresOf} from "../checks.ts";
import type {Config} from "../config.ts";
import {literal} from "../engine/duckdb.ts";
import {checkLedger, type LedgerLine} from "../ledger.ts";
import {
  type Context,
  type Facts,
  hash,
  keep,
  type LakeObject,
  proving,
  runStep,
  type StepResult
} from "../step.ts";
import {readShop} from "../shop.ts";
import {type DbtRun, type Model, runDbt, type TestResult} from "../warehouse/dbt.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {name, type Warehouse} from "../warehouse/postgres.ts";
import {claimSchema, completeSchema, freshSchema, isSchemaStanding} from "./schemas.ts";

const code = [
  import.meta.filename,
  ...["warehouse/dbt", "against-gold", "checks"].map((name) => join(import.meta.dirname, `../${name}.ts`))
];

/** What dbt's models are told: the last day of the data, and the month a fiscal year begins with. */
export function variablesOf({root}: Config, dataThrough: string | null): Record<string, string> {
  const {fiscal_year_starts} = readShop(root);
  return {data_through: dataThrough ?? "", fiscal_year_starts: String(fiscal_year_starts)};
}

/** Builds and tests the marts over a gold schema, and brings them back as objects of the lake. */
export async function makeMarts(
  context: Context,
  warehouse: Warehouse,
  goldSchema: string,
  dataThrough: string | null
): Promise<StepResult> {
  const {config, progress} = context;
  const project = await projectHash(join(config.root, "dbt"));
  const variables = variablesOf(config, dataThrough);
  const wanted = warehouse.schema(
    `marts_${hash(JSON.stringify([goldSchema, project, variables])).slice(0, 12)}`
  );
  const step = {
    name: "marts (dbt)",
    inputs: {gold: goldSchema, dbt: project},
    code,
    parameters: {variables, schema: wanted},
    isStanding: ({schema}: Facts) => isSchemaStanding(warehouse, schema as string)
  };
  const environment = await ensureDbt(config, progress);
  return runStep(context, step, async (update) => {
    const schema = await freshSchema(warehouse, wanted);
    await claimSchema(warehouse, schema);
    const build = await runDbt(
      config,
      environment,
      warehouse,
      {gold: goldSchema, marts: schema},
      variables,
      update
    );
    const checks = build.tests.map(checkOf);
    if (!build.isGreen) throw await failedChecks(context, warehouse, build, checks);
    const objects: LakeObject[] = [];
    const failures = await keepFailures(context, warehouse, build, "warn");
    const ledger: LedgerLine[] = [];
    for (const model of build.models.filter((one) => one.isTable)) {
      const made = await bringBack(context, warehouse, schema, model);
      objects.push(made.object);
      ledger.push(...made.ledger);
    }
    // what does not add up is not remembered as made
    checkLedger(ledger);
    await completeSchema(warehouse, schema);
    const views = Object.fromEntries(
      build.models.filter(({isView}) => isView).map(({name: model, select}) => [model, select])
    );
    const contracts = Object.fromEntries(
      build.models.flatMap(({name: model, isTable, columns}) => (isTable ? [[model, columns]] : []))
    );
    const selects = Object.fromEntries(build.models.map(({name: model, select}) => [model, select]));
    const dbt = {selects, contracts, exposures: build.exposures};
    return {objects: [...objects, ...failures.objects], facts: {schema, checks, ledger, views, dbt}};
  });
}

/** A mart as an object of the lake, and how it adds up to gold. */
export async function bringBack(
  context: Context,
  warehouse: Warehouse,
  schema: string,
  model: Model
): Promise<{object: LakeObject; ledger: LedgerLine[]}> {
  const object = await fetchTable(context, warehouse, `${name(schema)}.${name(model.name)}`, "marts", model);
  if (!model.ledger) return {object, ledger: []};
  const relation = `read_parquet(${literal(await context.lake.get(object.key))})`;
  const file = `dbt model ${model.name}: meta.ledger`;
  const sums = {hop: "warehouse → marts", table: model.name, relation, file};
  const share = model.ledger;
  return {object, ledger: await proving(context, () => againstGold(context.connection, sums, share))};
}

/** Copies a table of the warehouse into the lake with the types its contract declares. */
async function fetchTable(
  context: Context,
  {client}: Warehouse,
  relation: string,
  layer: string,
  {name: table, columns}: Pick<Model, "name" | "columns">
): Promise<LakeObject> {
  const file = join(context.temporary, `${table}.csv`);
  const list = columns.map((column) => name(column.name)).join(", ");
  const copy = client.query(
    copyStreams.to(`copy (select ${list} from ${relation}) to stdout (format csv, force_quote *)`)
  );
  await pipeline(copy, createWriteStream(file));
  const types = columns.map((column) => `${literal(column.name)}: ${literal(duckdbType(column.type))}`);
  const read = `read_csv(${literal(file)}, columns = {${types.join(", ")}}, auto_detect = false, header = false,
    delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`;
  return keep(context, layer, table, read, relation);
}

function duckdbType(type: string): string {
  return type
    .replace(/^numeric/, "decimal")
    .replace(/^text$/, "varchar")
    .replace(/^character varying/, "varchar");
}

/** A dbt test as a check of the release. */
export function checkOf(test: TestResult): Check {
  return {
    name: test.name,
    kind: "dbt test",
    status: test.status,
    failures: test.failures,
    description: test.description,
    ...(test.table && {table: test.table}),
    severity: test.severity === "warn" ? "warn" : "block",
    ...(test.sql && {sql: test.sql})
  };
}

/** The error of a dbt run with failing tests: which, and their first bad rows. */
export async function failedChecks(
  context: Context,
  warehouse: Warehouse,
  build: DbtRun,
  checks: Check[]
): Promise<FailedChecks> {
  const {objects: warned} = await keepFailures(context, warehouse, build, "warn");
  const {objects, samples: found} = await keepFailures(context, warehouse, build, "fail", "error");
  const failed = build.tests.filter((test) => test.status === "fail" || test.status === "error");
  const told: string[] = [];
  for (const test of failed) {
    const samples = found.get(test) ?? [];
    const count = test.failures ? `: ${test.failures} bad ${test.failures === 1 ? "row" : "rows"}` : "";
    told.push(
      [
        `  ${test.name}${count || `: ${test.message.split("\n").join("\n    ")}`}`,
        ...samples.map((row) => `    ${row}`)
      ].join("\n")
    );
  }
  return new FailedChecks(
    `dbt: ${failed.length} ${failed.length === 1 ? "check" : "checks"} failed; nothing is published\n${told.join("\n")}`,
    checks,
    [...objects, ...warned]
  );
}

/** The bad rows of the tests that ended so, as objects, and the first few of each. */
export async function keepFailures(
  context: Context,
  warehouse: Warehouse,
  {tests}: DbtRun,
  ...statuses: string[]
) {
  const objects: LakeObject[] = [];
  const samples = new Map<TestResult, string[]>();
  for (const test of tests.filter(({status}) => statuses.includes(status))) {
    const found = await fetchFailures(context, warehouse, test);
    if (found.object) objects.push(found.object);
    samples.set(test, found.samples);
  }
  return {objects, samples};
}

/** The bad rows a failing test stored, as one JSON text a row, and the first three of them. */
async function fetchFailures(context: Context, warehouse: Warehouse, test: TestResult) {
  const {relation} = test;
  const found =
    relation && (await warehouse.client.query("select to_regclass($1) as found", [relation])).rows[0].found;
  if (!found) return {samples: []};
  const rows = `(select ${recordOf(test)}::text as record from ${relation} as t)`;
  const columns = [{name: "record", type: "text"}];
  const object = await fetchTable(context, warehouse, `${rows} as failing`, "failures", {
    name: failuresOf(test.name),
    columns
  });
  const first = await warehouse.client.query<{record: string}>(
    `select record from ${rows} as failing limit 3`
  );
  return {object, samples: first.rows.map((row) => row.record)};
}

/** A bad row; dbt's generic tests call the column they look at otherwise. */
function recordOf({column}: TestResult): string {
  if (!column) return "to_jsonb(t)";
  const generic = ["unique_field", "value_field", "from_field"];
  const renamed = generic.map(
    (field) => `when to_jsonb(t) ? ${literal(field)}
      then to_jsonb(t) - ${literal(field)} || jsonb_build_object(${literal(column)}, to_jsonb(t) -> ${literal(field)})`
  );
  return `case ${renamed.join(" ")} else to_jsonb(t) end`;
}

/** One hash over every file of the dbt project. */
export async function projectHash(folder: string): Promise<string> {
  const names = (await readdir(folder, {recursive: true, withFileTypes: true}))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(target|logs|__pycache__)\//.test(path))
    .sort();
  const texts = await Promise.all(
    names.map(async (path) => [path.slice(folder.length), await readFile(path, "utf8")])
  );
  return hash(JSON.stringify(texts));
}
