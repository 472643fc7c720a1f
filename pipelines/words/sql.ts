import type {DuckDBConnection} from "@duckdb/node-api";
import {type Config, UsageError} from "../config.ts";
import {literal, queryOne, run, withEngine} from "../engine/duckdb.ts";
import {type Lake, openLake} from "../lake/lake.ts";
import {readCurrent} from "../release.ts";
import {readBy, unfetched} from "../stand-in.ts";
import {showRelease} from "../views.ts";
import {formatRows, type Rows} from "./table.ts";

/** `assay sql`: prints the rows of a query over the published release. */
export async function sqlWord(
  config: Config,
  query: string,
  options: {format: "table" | "csv" | "json"; json?: boolean}
): Promise<void> {
  const rows = await withRelease(config, query, (connection) => ask(connection, query));
  process.stdout.write(formatRows(rows, options.json ? "json" : options.format));
}

/**
 * Opens the published release in DuckDB for the time of `work`, which asks `query` or less; tables are also found
 * without their schema, as on the site. Only what the query names is fetched; should it read more, it is asked again
 * with everything there.
 */
export async function withRelease<T>(
  config: Config,
  query: string,
  work: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const lake = openLake(config);
  const release = await readCurrent(lake);
  const open = (isRead?: (name: string) => boolean) =>
    withShown(config, lake, (connection) => showRelease(connection, lake, release, isRead), work);
  return open(await readBy(query, release)).catch((error: Error) => {
    if (!error.message.includes(unfetched)) throw error;
    return open();
  });
}

/** DuckDB in which `work` sees what `show` made and can read nothing but the lake. */
export function withShown<T>(
  config: Config,
  lake: Lake,
  show: (connection: DuckDBConnection) => Promise<void>,
  work: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  return withEngine(config.memory, async ({connection}, temp) => {
    await show(connection);
    await run(
      connection,
      `set search_path = 'marts,gold,assay';
       set allowed_directories = [${literal(lake.folder)}, ${literal(temp)}];
       set enable_external_access = false; set lock_configuration = true`
    );
    return work(connection);
  });
}

/** The rows of one reading statement; anything else is refused before DuckDB binds it. */
export async function ask(connection: DuckDBConnection, text: string): Promise<Rows> {
  await checkReads(connection, text);
  const reader = await connection.runAndReadAll(text);
  return {
    columns: reader.deduplicatedColumnNames(),
    rows: reader.getRowsJson(),
    types: reader.columnTypes().map(String)
  };
}

/** DuckDB's parser serializes selects alone: what it does not serialize does more than read, also under `explain analyze`. */
async function checkReads(connection: DuckDBConnection, text: string): Promise<void> {
  const asked = text.replace(/^\s*explain(\s+analyze)?\s/i, "");
  const {error, statements = []} = await parse(connection, asked);
  if (error) {
    await connection.extractStatements(text);
    throw new UsageError("sql only reads: give one select");
  }
  if (statements.length !== 1) throw new UsageError(`one statement at a time: ${statements.length} given`);
}

/** The tree of selects, or why there is none. */
export async function parse(
  connection: DuckDBConnection,
  text: string
): Promise<{error: boolean; error_message?: string; statements?: {node: Record<string, unknown>}[]}> {
  const {tree} = await queryOne<{tree: string}>(
    connection,
    `select json_serialize_sql(${literal(text)}) as tree`
  );
  return JSON.parse(tree);
}
