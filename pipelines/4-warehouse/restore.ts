import {rm} from "node:fs/promises";
import {join} from "node:path";
import {gold} from "../catalog.ts";
import {ident, literal, run} from "../engine/duckdb.ts";
import {parquetOf} from "../parts.ts";
import type {Release} from "../release.ts";
import {byTable, type Context, type LakeObject} from "../step.ts";
import {inTransaction, name, type Warehouse} from "../warehouse/postgres.ts";
import {claimSchema, completeSchema} from "./schemas.ts";
import {copyFile} from "./load.ts";

/** Puts the marts of a release back from its objects, without dbt. */
export async function restoreMarts(
  context: Context,
  warehouse: Warehouse,
  {schemas, objects, views, dbt}: Pick<Release, "schemas" | "objects" | "views" | "dbt">
): Promise<void> {
  const {marts} = schemas;
  const tables = [...byTable(objects.filter(({layer}) => layer === "marts")).values()];
  await claimSchema(warehouse, marts);
  await inTransaction(warehouse, async () => {
    await warehouse.client.query(`create schema ${name(marts)}`);
    for (const parts of tables) await restoreTable(context, warehouse, marts, parts, dbt?.contracts);
    const known = [...gold.map((table) => table.name), ...tables.map(([part]) => part!.table)];
    await makeViews(warehouse, schemas, views, [...known, ...Object.keys(views)]);
  });
  await completeSchema(warehouse, marts);
}

async function restoreTable(
  {connection, lake, temporary}: Context,
  {client}: Warehouse,
  schema: string,
  parts: LakeObject[],
  contracts: NonNullable<Release["dbt"]>["contracts"] | undefined
): Promise<void> {
  const {table, columns} = parts[0]!;
  const declared =
    contracts?.[table] ?? columns.map((column) => ({...column, type: postgresType(column.type)}));
  const list = declared.map((column) => `${name(column.name)} ${column.type}`);
  await client.query(`create table ${name(schema)}.${name(table)} (${list.join(", ")})`);
  const file = join(temporary, `${table}.csv`);
  const names = declared.map((column) => ident(column.name)).join(", ");
  const rows = await parquetOf(lake, parts);
  await run(connection, `copy (select ${names} from ${rows}) to ${literal(file)} (format csv, header false)`);
  await copyFile(client, `${name(schema)}.${name(table)} (${names})`, file).finally(() => rm(file));
  await client.query(`analyze ${name(schema)}.${name(table)}`);
}

/** Releases that keep no contract: dbt's types as they came back into the lake. */
function postgresType(type: string): string {
  return type
    .replace(/^DECIMAL/, "numeric")
    .replace(/^VARCHAR$/, "text")
    .replace(/^DOUBLE$/, "double precision");
}

/** dbt's views over the restored tables; one that reads another waits for it. */
async function makeViews(
  {client}: Warehouse,
  schemas: Release["schemas"],
  views: Release["views"],
  known: string[]
): Promise<void> {
  const here = (sql: string) =>
    known.reduce(
      (text, table) =>
        (["gold", "marts"] as const).reduce(
          (all, layer) =>
            all.replaceAll(
              new RegExp(`\\b${layer}\\.${table}\\b`, "g"),
              `${name(schemas[layer])}.${name(table)}`
            ),
          text
        ),
      sql
    );
  let waiting = Object.entries(views);
  while (waiting.length) {
    const missing: typeof waiting = [];
    for (const [view, sql] of waiting) {
      await client.query("savepoint view");
      try {
        await client.query(`create view ${name(schemas.marts)}.${name(view)} as ${here(sql)}`);
      } catch (error) {
        await client.query("rollback to savepoint view");
        if ((error as {code?: string}).code !== "42P01" || missing.length === waiting.length - 1) throw error;
        missing.push([view, sql]);
      }
    }
    waiting = missing;
  }
}
