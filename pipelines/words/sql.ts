import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type DuckDBConnection, StatementType} from "@duckdb/node-api";
import {type Config, UsageError} from "../config.ts";
import {literal, openEngine, run} from "../engine/duckdb.ts";
import {openFolderLake} from "../lake/folder.ts";
import {readCurrent, type Release} from "../release.ts";
import {showRelease} from "../views.ts";
import {formatRows, type Rows} from "./table.ts";

/** `assay sql`: prints the rows of a query over the published release. */
export async function sqlWord(
  config: Config,
  query: string,
  options: {format: "table" | "csv" | "json"; json?: boolean}
): Promise<void> {
  const rows = await withRelease(config, (connection) => ask(connection, query));
  process.stdout.write(formatRows(rows, options.json ? "json" : options.format));
}

/** Opens the published release in DuckDB, read-only, for the time of `work`. */
export async function withRelease<T>(
  config: Config,
  work: (connection: DuckDBConnection, release: Release) => Promise<T>
): Promise<T> {
  const lake = openFolderLake(config.lake.path);
  const release = await readCurrent(lake);
  const temp = await mkdtemp(join(tmpdir(), "assay-sql-"));
  const engine = await openEngine({memory: config.memory, temp});
  try {
    await showRelease(engine.connection, lake, release);
    await run(
      engine.connection,
      `set allowed_directories = [${literal(config.lake.path)}, ${literal(temp)}];
       set enable_external_access = false; set lock_configuration = true`
    );
    return await work(engine.connection, release);
  } finally {
    engine.close();
    await rm(temp, {recursive: true, force: true});
  }
}

/** The rows of one reading statement; anything that writes is refused. */
export async function ask(connection: DuckDBConnection, query: string): Promise<Rows> {
  const statements = await connection.extractStatements(query);
  if (statements.count !== 1) throw new UsageError(`one statement at a time: ${statements.count} given`);
  const prepared = await statements.prepare(0);
  if (![StatementType.SELECT, StatementType.EXPLAIN].includes(prepared.statementType))
    throw new UsageError("assay sql only reads: give a select");
  const reader = await prepared.runAndReadAll();
  return {
    columns: reader.deduplicatedColumnNames(),
    rows: reader.getRowsJson(),
    types: reader.columnTypes().map(String)
  };
}
