import type {DuckDBConnection} from "@duckdb/node-api";
import {bronzeRelation} from "./1-bronze/chunk.ts";
import {fact} from "./catalog.ts";
import type {Config} from "./config.ts";
import {failuresOf} from "./checks.ts";
import {ident, literal, run} from "./engine/duckdb.ts";
import {getAll, type Lake} from "./lake/lake.ts";
import {listReleases, type Release} from "./release.ts";
import {listRuns} from "./run.ts";
import {masked} from "./privacy.ts";
import {columnsOf, shownAs, showStandIn} from "./stand-in.ts";
import {byTable, type LakeObject, objectsOf} from "./step.ts";

/** What an open release shows besides its tables. */
export type Told = Pick<Release, "ledger" | "checks" | "data_through" | "views">;

const schemas = ["bronze", "silver", "gold", "marts", "extracts", "assay"];

/** Makes the schemas that views of the lake live in. */
export async function createSchemas(connection: DuckDBConnection): Promise<void> {
  await run(connection, schemas.map((schema) => `create schema if not exists ${schema}`).join(";"));
}

/** Shows tables as views `layer.table`, each from all its objects; `isMasked` withholds personal data. */
export async function showTables(
  connection: DuckDBConnection,
  lake: Lake,
  objects: LakeObject[],
  {isMasked = false} = {}
): Promise<void> {
  const shown = objects.filter(({key}) => key.endsWith(".parquet"));
  const paths = await getAll(lake, shown);
  const pathOf = new Map(shown.map(({key}, n) => [key, paths[n]!]));
  for (const parts of byTable(shown).values()) {
    const {layer, table} = parts[0]!;
    const paths = parts.map(({key}) => pathOf.get(key)!);
    const ordinals = parts.map(({chunk}) => chunk ?? 0);
    const bronze = () =>
      isMasked ? masked(parts[0]!, bronzeRelation(paths, ordinals)) : bronzeRelation(paths, ordinals);
    const relation = layer === "bronze" ? bronze() : readParquet(parts[0]!, paths, isMasked);
    await run(
      connection,
      `create or replace view ${ident(layer)}.${ident(table)} as select * from ${relation}`
    );
  }
}

function readParquet(object: LakeObject, paths: string[], isMasked: boolean): string {
  const read = `read_parquet([${paths.map(literal).join(", ")}])`;
  return isMasked ? masked(object, read) : read;
}

/** Shows `assay.rejects`, `corrections`, `failures`, `ledger`, `checks` and `data_through` of a release in the making or published. */
export async function showRecords(
  connection: DuckDBConnection,
  lake: Lake,
  objects: LakeObject[],
  told: Told,
  {isMasked = false} = {}
): Promise<void> {
  for (const layer of ["rejects", "corrections"]) {
    const kept = objects.filter((one) => one.layer === layer);
    const paths = await getAll(lake, kept);
    const parts = kept.map((one, n) => `select * from ${readParquet(one, [paths[n]!], isMasked)}`);
    if (parts.length)
      await run(connection, `create or replace view assay.${layer} as ${parts.join(" union all ")}`);
  }
  await showFailures(connection, lake, objects, told.checks, isMasked);
  await createTable(
    connection,
    "ledger",
    ledgerColumns,
    told.ledger.map((line) => ({...line, reasons: JSON.stringify(line.reasons)}))
  );
  const checks = told.checks.map((check) => ({...check, table_name: check.table}));
  await createTable(connection, "checks", checkColumns, checks);
  const through = Object.entries(told.data_through.tables).map(([table_name, data_through]) => ({
    table_name,
    data_through
  }));
  await createTable(connection, "data_through", {table_name: "varchar", data_through: "date"}, through);
}

/** The bad rows of checks as `assay.failures`, each one JSON text. */
async function showFailures(
  connection: DuckDBConnection,
  lake: Lake,
  objects: LakeObject[],
  checks: Told["checks"],
  isMasked: boolean
): Promise<void> {
  const kept = objects.filter(({layer}) => layer === "failures");
  const paths = await getAll(lake, kept);
  const nameOf = (table: string) => checks.find(({name}) => failuresOf(name) === table)?.name ?? table;
  const none = "select null::varchar as check_name, null::varchar as record where false";
  const parts = kept.map(
    (one, n) =>
      `select ${literal(nameOf(one.table))} as check_name, record from ${readParquet(one, [paths[n]!], isMasked)}`
  );
  await run(connection, `create or replace view assay.failures as ${[none, ...parts].join(" union all ")}`);
}

/** Shows the day as the view `run`. */
export function showToday(connection: DuckDBConnection, {today}: Pick<Config, "today">): Promise<void> {
  return run(connection, `create or replace view run as select date ${literal(today)} as today`);
}

/** The rows of bronze that sales lines come from. */
export function linesOf(objects: LakeObject[]): LakeObject[] {
  return objectsOf({objects}, "bronze", fact.from!);
}

/** Shows what extracts may read: gold, marts, records and the source's sales lines, personal data withheld. */
export async function showForSite(
  connection: DuckDBConnection,
  lake: Lake,
  objects: LakeObject[],
  told: Told
): Promise<void> {
  await createSchemas(connection);
  const tables = objects.filter(({layer}) => ["gold", "marts"].includes(layer));
  await showTables(connection, lake, [...tables, ...linesOf(objects)], {isMasked: true});
  await showViews(connection, told.views);
  await showRecords(connection, lake, objects, told, {isMasked: true});
}

/** Shows dbt's views over the lake's own tables. */
export async function showViews(connection: DuckDBConnection, views: Record<string, string>): Promise<void> {
  for (const [name, sql] of Object.entries(views))
    await run(connection, `create or replace view marts.${ident(name)} as ${sql}`, `dbt model ${name}`);
}

/**
 * Shows a release: every table, the records, and `assay.runs`, `releases`, `objects`. Where `isRead` says so, only
 * what it names is fetched: the rest has its columns, and whoever reads it meets the error `unfetched`.
 */
export async function showRelease(
  connection: DuckDBConnection,
  lake: Lake,
  release: Release,
  isRead: (name: string) => boolean = () => true
): Promise<void> {
  await createSchemas(connection);
  const {objects} = release;
  // what has no columns on record cannot be stood in for
  const isFetched = (object: LakeObject) => isRead(shownAs(object)) || !object.columns.length;
  const fetched = objects.filter(isFetched);
  const others = new Map(objects.filter((one) => !isFetched(one)).map((one) => [shownAs(one), one]));
  for (const [name, object] of others) await showStandIn(connection, name, columnsOf(object));
  await showTables(
    connection,
    lake,
    fetched.filter(({layer}) => ["bronze", "silver", "gold", "marts"].includes(layer))
  );
  await showViews(connection, release.views);
  await showRecords(connection, lake, fetched, release);
  await showExtracts(connection, lake, fetched);
  await createTable(connection, "objects", objectColumns, objects);
  if (isRead("assay.releases")) await showReleases(connection, lake);
  else await showStandIn(connection, "assay.releases", releaseColumns);
  if (isRead("assay.runs")) await showRuns(connection, lake);
  else await showStandIn(connection, "assay.runs", runColumns);
}

async function showReleases(connection: DuckDBConnection, lake: Lake): Promise<void> {
  const releases = (await listReleases(lake)).map((one) => ({
    ...one,
    data_through: one.data_through.whole,
    source: one.source.name
  }));
  await createTable(connection, "releases", releaseColumns, releases);
}

async function showRuns(connection: DuckDBConnection, lake: Lake): Promise<void> {
  const runs = (await listRuns(lake)).map((one) => ({
    ...one,
    steps: one.steps.length,
    steps_reused: one.steps.filter((step) => step.reused).length
  }));
  await createTable(connection, "runs", runColumns, runs);
}

/** The columns of `assay.ledger`. */
export const ledgerColumns = {
  hop: "varchar",
  from_table: "varchar",
  table_name: "varchar",
  measure: "varchar",
  amount_in: "decimal(38,2)",
  amount_out: "decimal(38,2)",
  corrected: "decimal(38,2)",
  rejected: "decimal(38,2)",
  outside: "decimal(38,2)",
  unexplained: "decimal(38,2)",
  mismatched_rows: "bigint",
  reasons: "varchar"
};
/** The columns of `assay.checks`. */
export const checkColumns = {
  name: "varchar",
  kind: "varchar",
  status: "varchar",
  failures: "bigint",
  description: "varchar",
  table_name: "varchar",
  severity: "varchar",
  detail: "varchar",
  accepted: "varchar"
};
const objectColumns = {
  layer: "varchar",
  table: "varchar",
  key: "varchar",
  rows: "bigint",
  bytes: "bigint",
  checksum: "varchar",
  content: "varchar"
};
const releaseColumns = {
  id: "varchar",
  parent: "varchar",
  run: "varchar",
  published_at: "timestamp",
  data_through: "date",
  source: "varchar",
  content: "varchar"
};
const runColumns = {
  id: "varchar",
  status: "varchar",
  began_at: "timestamp",
  ended_at: "timestamp",
  release: "varchar",
  error: "varchar",
  steps: "bigint",
  steps_reused: "bigint",
  peak_memory: "bigint"
};

async function createTable(
  connection: DuckDBConnection,
  table: string,
  columns: Record<string, string>,
  rows: object[]
): Promise<void> {
  const list = Object.entries(columns).map(([name, type]) => `${ident(name)} ${type}`);
  await run(connection, `create or replace table assay.${ident(table)} (${list.join(", ")})`);
  if (!rows.length) return;
  const shape = JSON.stringify([Object.fromEntries(Object.keys(columns).map((name) => [name, "varchar"]))]);
  const picked = rows.map((row) =>
    Object.fromEntries(
      Object.keys(columns).map((name) => [name, (row as Record<string, unknown>)[name] ?? null])
    )
  );
  await run(
    connection,
    `insert into assay.${ident(table)} select unnest(row)
     from (select unnest(from_json(${literal(JSON.stringify(picked))}, ${literal(shape)})) as row)`
  );
}

/** Extracts in JSON as views, by the name before the first dot. */
async function showExtracts(connection: DuckDBConnection, lake: Lake, objects: LakeObject[]): Promise<void> {
  const extracts = objects.filter((one) => one.layer === "extracts" && one.key.endsWith(".json"));
  const paths = await getAll(lake, extracts);
  for (const [n, object] of extracts.entries()) {
    const [schema, name] = shownAs(object).split(".") as [string, string];
    const relation = `read_json(${literal(paths[n]!)})`;
    await run(
      connection,
      `create or replace view ${ident(schema)}.${ident(name)} as select * from ${relation}`
    );
  }
}
