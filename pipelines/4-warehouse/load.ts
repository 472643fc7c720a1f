import {createReadStream} from "node:fs";
import {rm} from "node:fs/promises";
import {join} from "node:path";
import {pipeline} from "node:stream/promises";
import copyStreams from "pg-copy-streams";
import {type GoldTable, gold, types} from "../catalog.ts";
import {ident, literal, query, run} from "../engine/duckdb.ts";
import {checkLedger, ledgerLine, type LedgerLine} from "../ledger.ts";
import {type Context, type Facts, hash, proving, runStep, type StepResult} from "../step.ts";
import {inTransaction, name, text, type Warehouse} from "../warehouse/postgres.ts";
import {bucketsOf} from "./buckets.ts";
import {claimSchema, completeSchema, freshSchema, isSchemaStanding} from "./schemas.ts";

const code = [import.meta.filename, join(import.meta.dirname, "buckets.ts")];

/** Loads gold from the views `gold.TABLE` into a schema of its own, named by its content, in one transaction. */
export function loadGold(
  context: Context,
  warehouse: Warehouse,
  contents: Record<string, string>
): Promise<StepResult> {
  const wanted = warehouse.schema(
    `gold_${hash(JSON.stringify(Object.entries(contents).sort())).slice(0, 12)}`
  );
  const step = {
    name: "warehouse gold",
    inputs: contents,
    code,
    parameters: {gold, schema: wanted},
    isStanding: ({schema}: Facts) => isSchemaStanding(warehouse, schema as string)
  };
  return runStep(context, step, async () => {
    const schema = await freshSchema(warehouse, wanted);
    await claimSchema(warehouse, schema);
    await inTransaction(warehouse, () => loadSchema(context, warehouse, schema));
    await warehouse.client.query(
      gold.map((table) => `analyze ${name(schema)}.${name(table.name)}`).join(";")
    );
    const ledger = await proving(context, () => goldToWarehouse(context, warehouse, schema));
    // what did not arrive whole is not remembered as made
    checkLedger(ledger);
    await completeSchema(warehouse, schema);
    return {objects: [], facts: {schema, ledger}};
  });
}

async function loadSchema(context: Context, warehouse: Warehouse, schema: string): Promise<void> {
  const {client} = warehouse;
  await client.query(`create schema ${name(schema)}`);
  for (const table of gold) {
    await client.query(createTable(schema, table));
    await copyTable(context, warehouse, schema, table);
  }
  for (const table of gold) await client.query(addConstraints(schema, table));
}

/** The statements that make a table of the catalog, without keys. */
export function createTable(schema: string, table: GoldTable): string {
  const path = `${name(schema)}.${name(table.name)}`;
  const columns = table.columns.map(
    (column) => `${name(column.name)} ${types.postgres[column.type]}${column.notNull ? " not null" : ""}`
  );
  const comments = table.columns.map(
    (column) => `comment on column ${path}.${name(column.name)} is ${text(column.description)}`
  );
  return [
    `create table ${path} (${columns.join(", ")})`,
    `comment on table ${path} is ${text(table.description)}`,
    ...comments
  ].join(";\n");
}

/** The statement that gives a loaded table its keys. */
export function addConstraints(schema: string, table: GoldTable): string {
  const path = `${name(schema)}.${name(table.name)}`;
  const references = Object.entries(table.references).map(
    ([column, to]) =>
      `alter table ${path} add foreign key (${name(column)}) references ${name(schema)}.${name(to.table)} (${name(to.column)})`
  );
  return [`alter table ${path} add primary key (${name(table.key)})`, ...references].join(";\n");
}

/** Copies a table from the view `gold.TABLE` into the schema, where it is made already. */
export async function copyTable(
  context: Context,
  {client}: Warehouse,
  schema: string,
  table: GoldTable
): Promise<void> {
  const file = join(context.temporary, `${table.name}.csv`);
  const columns = table.columns.map((column) => column.name);
  await run(
    context.connection,
    `copy (select ${columns.map(ident).join(", ")} from gold.${table.name}) to ${literal(file)} (format csv, header false)`
  );
  const target = `${name(schema)}.${name(table.name)} (${columns.map(name).join(", ")})`;
  try {
    await copyFile(client, target, file);
  } catch (error) {
    throw new Error(`warehouse ${schema}.${table.name}: ${(error as Error).message}`, {cause: error});
  } finally {
    await rm(file, {force: true});
  }
}

/** Sends a CSV file to a table, `target` with its columns. */
export function copyFile(client: Warehouse["client"], target: string, file: string): Promise<void> {
  const copy = client.query(copyStreams.from(`copy ${target} from stdin (format csv)`));
  return pipeline(createReadStream(file, {highWaterMark: 1 << 19}), copy);
}

type Bucket = {bucket: string; rows: string; sums: string; hash: string};

/** Rows, amounts and a content hash, by month where the table has order dates: lake and server must agree. */
export async function goldToWarehouse(
  context: Context,
  warehouse: Warehouse,
  schema: string
): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for (const table of gold) {
    const [inLake, {rows: inWarehouse}] = await Promise.all([
      query<Bucket>(context.connection, bucketsOf(table, "gold", "duckdb")),
      warehouse.client.query<Bucket>(bucketsOf(table, name(schema), "postgres"))
    ]);
    const there = new Map(inWarehouse.map((row) => [row.bucket, row]));
    const differ = inLake.filter((row) => there.get(row.bucket)?.hash !== row.hash);
    if (differ.length)
      context.progress.note(
        `  warehouse ${table.name} differs from the lake in: ${differ.map((row) => row.bucket).join(", ")}`
      );
    const total = (rows: Bucket[], pick: (row: Bucket) => string) => sumTexts(rows.map(pick));
    const line = (measure: string, pick: (row: Bucket) => string, mismatchedRows: number) =>
      ledgerLine("gold → warehouse", table.name, table.name, measure, {
        in: total(inLake, pick),
        out: total(inWarehouse, pick),
        mismatchedRows
      });
    lines.push(
      line(
        "rows",
        (row) => row.rows,
        differ.reduce((n, row) => n + Number(row.rows), 0)
      )
    );
    Object.keys(table.amounts).forEach((amount, index) =>
      lines.push(line(amount, (row) => row.sums.split("|")[index]!, 0))
    );
  }
  return lines;
}

function sumTexts(numbers: string[]): string {
  const cents = numbers.reduce((total, number) => total + BigInt(number.replace(".", "")), 0n);
  const isWhole = !numbers.some((number) => number.includes("."));
  if (isWhole) return cents.toString();
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
