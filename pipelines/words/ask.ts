import type {DuckDBConnection} from "@duckdb/node-api";
import {
  asReported,
  type Definitions,
  type Grain,
  type Question,
  selectSql
} from "../../src/components/semantic/select.ts";
import {findLive} from "../4-warehouse/publish.ts";
import {type Config, UsageError} from "../config.ts";
import {ident} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {silent} from "../progress.ts";
import {readCurrent} from "../release.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {openWarehouse, type Warehouse} from "../warehouse/postgres.ts";
import {checkPredicate} from "./predicate.ts";
import {ask, withRelease} from "./sql.ts";
import {formatRows, type Rows, tableOf} from "./table.ts";

type Options = {
  by?: string;
  where?: string;
  grain?: Grain;
  asReported?: boolean;
  engine: "lake" | "warehouse";
  format: "table" | "csv" | "json";
  json?: boolean;
};

/** `assay ask MEASURES --by DIMENSIONS`: measures of the published release; without measures, which there are. */
export async function askWord(config: Config, measures: string | undefined, options: Options): Promise<void> {
  const definitions = readDefinitions(config.root);
  const format = options.json ? "json" : options.format;
  if (measures === undefined) return void process.stdout.write(offer(definitions, format));
  const question = questionOf(definitions, measures, options);
  const sql = (relation?: string) =>
    given(() => selectSql(definitions, question, relation ? {relation} : {}));
  const isInLake = options.engine === "lake";
  // the warehouse is asked only what DuckDB has parsed and bound: nothing but its own functions that read
  const rows = await withRelease(config, isInLake ? sql() : "", async (connection) => {
    if (question.where !== undefined) await checkPredicate(connection, question.where);
    await bind(connection, sql(), question.where);
    return isInLake ? ask(connection, sql()) : undefined;
  });
  process.stdout.write(formatRows(rows ?? (await askWarehouse(config, definitions, sql)), format));
}

function questionOf(
  definitions: Definitions,
  measures: string,
  {by, where, grain, asReported: isReported}: Options
): Question {
  const asked = namesIn(measures);
  return {
    measures: isReported ? given(() => asReported(definitions, asked)) : asked,
    ...(by !== undefined && {by: namesIn(by)}),
    ...(grain && {grain}),
    ...(where !== undefined && {where})
  };
}

function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}

/** What is wrong with a question is wrong use. */
function given<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What DuckDB does not know is the predicate's fault, or that of definitions newer than the release. */
async function bind(connection: DuckDBConnection, sql: string, where: string | undefined): Promise<void> {
  const statement = await connection.prepare(sql).catch((error: Error) => {
    const message = error.message.split("\n\nLINE")[0]!;
    if (where !== undefined) throw new UsageError(`${message}\nin --where ${where}`);
    throw new Error(`${message}\nthe release is older than dbt's semantic YAML: run npx assay refresh`);
  });
  statement.destroySync();
}

async function askWarehouse(
  config: Config,
  definitions: Definitions,
  sql: (relation: string) => string
): Promise<Rows> {
  const {id} = await readCurrent(openLake(config));
  const warehouse = await openWarehouse(config, silent);
  const [schema, table] = definitions.relation.split(".") as [string, string];
  try {
    const live = await findLive(warehouse);
    if (live !== id)
      throw new Error(`it shows release ${live ?? "none"}, the lake ${id}; run npx assay refresh`);
    return await readRows(warehouse, sql(`${ident(warehouse.schema(schema))}.${ident(table)}`));
  } catch (error) {
    throw new Error(`warehouse ${warehouse.name}: ${(error as Error).message}`, {cause: error});
  } finally {
    await warehouse.close();
  }
}

const types: Record<number, string> = {20: "BIGINT", 701: "DOUBLE", 1700: "DECIMAL"};

/** The rows of one select in a transaction that only reads; a named statement is refused if it is more than one. */
async function readRows({client}: Warehouse, text: string): Promise<Rows> {
  await client.query("begin read only");
  const {fields, rows} = await client.query<unknown[]>({name: "ask", text, rowMode: "array"});
  return {
    columns: fields.map(({name}) => name),
    types: fields.map(({dataTypeID}) => types[dataTypeID] ?? "VARCHAR"),
    rows
  };
}

function offer({measures, dimensions}: Definitions, format: "table" | "csv" | "json"): string {
  const rows = [
    ...measures.map(({name, description}) => ({name, is: "measure", description})),
    ...dimensions.map(({name, description}) => ({name, is: "dimension", description}))
  ];
  if (format === "table") return tableOf(rows);
  const columns = ["name", "is", "description"] as const;
  const values = rows.map((row) => columns.map((column) => row[column]));
  return formatRows({columns: [...columns], types: columns.map(() => "VARCHAR"), rows: values}, format);
}
