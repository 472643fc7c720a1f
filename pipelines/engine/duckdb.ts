import {mkdirSync, mkdtempSync, rmSync} from "node:fs";
import {availableParallelism, tmpdir} from "node:os";
import {join} from "node:path";
import {type DuckDBConnection, DuckDBInstance, version} from "@duckdb/node-api";

/** An open DuckDB in memory; `close` frees it. */
export type Engine = {connection: DuckDBConnection; close: () => void};

/** The engine's version, part of every step's key. */
export const engineVersion = `duckdb ${version()}`;

/** Opens DuckDB in memory, spilling to `temp` beyond `memory`. */
export async function openEngine({memory, temp}: {memory: string; temp: string}): Promise<Engine> {
  mkdirSync(temp, {recursive: true});
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memory,
    temp_directory: temp,
    threads: String(availableParallelism()),
    preserve_insertion_order: "true"
  });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    }
  };
}

/** Does `work` with an engine of its own and a folder that goes with it. */
export async function withEngine<T>(
  memory: string,
  work: (engine: Engine, folder: string) => Promise<T>
): Promise<T> {
  const temp = mkdtempSync(join(tmpdir(), "assay-sql-"));
  try {
    const engine = await openEngine({memory, temp});
    return await work(engine, temp).finally(engine.close);
  } finally {
    rmSync(temp, {recursive: true, force: true});
  }
}

/** Runs statements; an error carries `file`, the place the SQL comes from. */
export async function run(connection: DuckDBConnection, sql: string, file?: string): Promise<void> {
  await connection.run(sql).catch((error) => fail(error, file));
}

/** The rows of a query as objects with plain values: 64-bit integers and decimals as text. */
export async function query<T>(connection: DuckDBConnection, sql: string, file?: string): Promise<T[]> {
  const reader = await connection.runAndReadAll(sql).catch((error) => fail(error, file));
  return reader.getRowObjectsJson() as T[];
}

/** The one row of a query. */
export async function queryOne<T>(connection: DuckDBConnection, sql: string, file?: string): Promise<T> {
  const [row] = await query<T>(connection, sql, file);
  if (row === undefined) throw new Error(`no row: ${sql}`);
  return row;
}

let parser: Promise<DuckDBConnection> | undefined;

/** To name the tables of a statement DuckDB may begin to carry it out, `export database` for one: here it can reach nothing. */
async function openParser(): Promise<DuckDBConnection> {
  const closed = {enable_external_access: "false", lock_configuration: "true"};
  return (await DuckDBInstance.create(":memory:", closed)).connect();
}

/**
 * Names of the tables a select reads, as `schema.table` or `table`, each once and sorted, from DuckDB's own parser. It
 * asks an empty database: one that has views of these names would tell what stands behind them. DuckDB's list of table
 * names comes out empty where a table is joined with a named subquery by `using`, so the parsed tree is asked as well.
 * Throws where neither tells, as of a `pivot`.
 */
export async function tablesOf(sql: string, file?: string): Promise<string[]> {
  parser ??= openParser();
  try {
    const connection = await parser;
    const listed = [...connection.getTableNames(sql, true)].map((name) =>
      name.replace(/ AS .*$/, "").replaceAll('"', "")
    );
    const {tree} = await queryOne<{tree: string}>(
      connection,
      `select json_serialize_sql(${literal(sql)}::varchar)::varchar as tree`
    );
    const parsed = JSON.parse(tree) as {error: boolean; error_message?: string};
    if (parsed.error && !listed.length) throw new Error(`its tables cannot be told: ${parsed.error_message}`);
    return [...new Set([...listed, ...tablesIn(parsed)])].sort();
  } catch (error) {
    return fail(error as Error, file);
  }
}

/** The tables of a parsed select, without those that its `with` names. */
function tablesIn(tree: unknown): string[] {
  const tables: string[] = [];
  const named = new Set<unknown>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const {type, schema_name, table_name, cte_map} = node as Record<string, unknown>;
    if (type === "BASE_TABLE")
      tables.push([schema_name, table_name].filter((name) => typeof name === "string" && name).join("."));
    for (const {key} of (cte_map as {map: {key: string}[]} | undefined)?.map ?? []) named.add(key);
    Object.values(node).forEach(visit);
  };
  visit(tree);
  return tables.filter((table) => !named.has(table));
}

/** Quotes a name. */
export function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The names and types of a relation's columns. */
export async function describe(
  connection: DuckDBConnection,
  relation: string,
  file?: string
): Promise<{name: string; type: string}[]> {
  const rows = await query<{column_name: string; column_type: string}>(
    connection,
    `describe ${relation}`,
    file
  );
  return rows.map((row) => ({name: row.column_name, type: row.column_type}));
}

function fail(error: Error, file?: string): never {
  if (/^Out of Memory Error/.test(error.message)) {
    const message = `${file ? `${file}: ` : ""}DuckDB needs more memory than ASSAY_MEMORY allows (400MB unless set): set it higher, such as 2GB`;
    throw new Error(message, {cause: error});
  }
  throw new Error(file ? `${file}: ${error.message}` : error.message, {cause: error});
}
