import {FileAttachment} from "observablehq:stdlib";
import {valuesOf} from "./arrow-values.js";

const files = {
  wasm: FileAttachment("../data/duckdb.wasm"),
  worker: FileAttachment("../data/duckdb-worker.js"),
  shop: FileAttachment("../data/shop.duckdb")
};

/** How long a query may take to notice that it was cancelled before its engine is stopped. */
const patience = 1500;

/** How much memory a query may use; a page has 4 GB at most, and a phone less. */
const memory = "1GB";

let opened;

/**
 * The browser's DuckDB with the shop's extract attached read-only, started at the first call: schemas `gold`, `marts`
 * and `assay` as in `npx assay sql`, tables also found without their schema; what a reader makes is in `yours`, in
 * memory. Resolves to
 * - `query(sql)`: an array of plain objects; numbers as numbers, dates as Date (midnight UTC)
 * - `run(sql, {limit, signal})`: `{columns: [{name, type}], rows: [[…]], isCut, milliseconds}`; dates as ISO text,
 *   numbers that JavaScript cannot hold as exact text; rejects with an AbortError when the signal aborts
 * - `runAll(statements, {limit, signal})`: the same for `[{sql, values}]`, one after the other on one connection, as an
 *   async iterator; `values` holds `{value, type}` by name, which the SQL reads as `getvariable('name')`
 * - `schema()`: `[{schema, table, rows, isYours, columns: [{name, type}]}]`, what is the reader's first; `rows` is null
 *   for a view
 * - `addTable({name, bytes, read})`: makes `yours.name` of a CSV text; `read` are more parameters of `read_csv`
 * - `share()`: `{duckdb, connection}`, a connection of its own in the memory beside the extract, where tables may be made
 * Rejects with a sentence a reader understands if WebAssembly is off or a file is missing.
 */
export function openDatabase() {
  return (opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  }));
}

async function open() {
  if (!globalThis.WebAssembly || !globalThis.Worker)
    throw new Error(
      "SQL runs in this page and needs WebAssembly, which this browser has switched off; the other pages work without it"
    );
  const duckdb = await import("@duckdb/duckdb-wasm");
  const worker = new Worker(absolute(files.worker));
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  try {
    await Promise.race([start(duckdb, database), failureOf(worker), ...Object.values(files).map(absence)]);
    const connection = await connect(database);
    return {
      query: async (sql) => objectsOf(await connection.query(sql)),
      // the connection stays: closed right after its only result, the browser's tab ends at the next query
      run: async (sql, options) => (await runAll(database, [{sql}], options).next()).value,
      runAll: (statements, options) => runAll(database, statements, options),
      schema: async () => schemaOf(objectsOf(await connection.query(columnsSql))),
      addTable: (table) => addTable(database, connection, table),
      share: async () => ({duckdb: database, connection: await database.connect()})
    };
  } catch (error) {
    worker.terminate();
    throw new Error(`the browser's DuckDB did not start: ${error.message}`, {cause: error});
  }
}

async function start(duckdb, database) {
  await database.instantiate(absolute(files.wasm));
  // of the shop's file only the parts that are asked for, where the server can give parts
  await database.open({path: ":memory:", filesystem: {allowFullHTTPReads: true, forceFullHTTPReads: false}});
  await database.registerFileURL("shop.duckdb", absolute(files.shop), duckdb.DuckDBDataProtocol.HTTP, false);
  const connection = await database.connect();
  await connection.query("attach 'shop.duckdb' as shop (read_only); attach ':memory:' as yours");
  await connection.query("set autoinstall_known_extensions = false; set autoload_known_extensions = false");
  // the files a reader drops, which live in memory
  await connection.query(`set allowed_directories = ['dropped/']; set memory_limit = '${memory}'`);
  await connection.query("set enable_external_access = false; set lock_configuration = true");
  await connection.close();
}

/** Rejects when the server does not have a file; the engine would wait for it in silence. */
async function absence(file) {
  const response = await fetch(absolute(file), {method: "HEAD"});
  if (response.status === 404 || response.status >= 500)
    throw new Error(`${file.name} could not be read (${response.status})`);
  return new Promise(() => {});
}

/** Rejects when the worker's script cannot be loaded, which the engine itself does not tell. */
function failureOf(worker) {
  return new Promise((_, reject) =>
    worker.addEventListener("error", () => reject(new Error("its files could not be read")), {once: true})
  );
}

async function connect(database) {
  const connection = await database.connect();
  await connection.query("use shop; set search_path = 'shop.marts,shop.gold,shop.assay'");
  return connection;
}

/** A connection whose new tables are the reader's; an engine that lost the shop is left, the next call starts another. */
async function connectReader(database) {
  try {
    const connection = await connect(database);
    await connection.query("set search_path = 'yours.main,shop.marts,shop.gold,shop.assay'");
    return connection;
  } catch (error) {
    await leave(database);
    throw new Error("the shop's tables were detached; run it again to attach them anew", {cause: error});
  }
}

async function leave(database) {
  opened = undefined;
  await database.terminate();
}

async function* runAll(database, statements, {limit = 10_000, signal} = {}) {
  signal?.throwIfAborted();
  const connection = await connectReader(database);
  const aborted = new Promise((_, reject) => {
    signal?.addEventListener("abort", () => cancel(database, connection, reject), {once: true});
  });
  aborted.catch(() => {});
  let isLost = false;
  try {
    for (const {sql, values = {}} of statements) {
      await setVariables(connection, values);
      yield await Promise.race([readRows(connection, sql, limit), aborted]);
    }
  } catch (error) {
    isLost = /out of bounds|unreachable|Aborted\(/.test(error.message);
    if (isLost) await leave(database);
    throw signal?.aborted ? signal.reason : error;
  } finally {
    if (!signal?.aborted && !isLost) await connection.close();
  }
}

/** Values come as values of a prepared statement, never as text of SQL. */
async function setVariables(connection, values) {
  for (const [name, {value, type}] of Object.entries(values)) {
    if (!/^\w+$/.test(name) || !/^\w+$/.test(type)) throw new Error(`no name of a parameter: ${name}`);
    const prepared = await connection.prepare(`set variable "${name}" = cast($1 as ${type})`);
    await prepared.query(value);
    await prepared.close();
  }
}

/** Makes a table of a CSV text; the file is there only for as long as it is read. */
async function addTable(database, connection, {name, bytes, read}) {
  const file = `dropped/${window.crypto.randomUUID()}.csv`;
  await database.registerFileBuffer(file, bytes);
  try {
    const table = `yours.main."${name.replaceAll('"', '""')}"`;
    await connection.query(`create table ${table} as from read_csv('${file}', ${read})`);
  } finally {
    await database.dropFile(file);
  }
}

/** Asks the query to stop; if it does not listen in time, its engine ends and the next call starts another. */
async function cancel(database, connection, reject) {
  // it is not closed: the engine may still be at work for it, and would read what is no more
  const stopped = connection.cancelSent().then(() => true);
  const late = new Promise((resolve) => setTimeout(() => resolve(false), patience));
  const isStopped = await Promise.race([stopped, late]).catch(() => false);
  if (!isStopped) await leave(database);
  reject(new Error("cancelled"));
}

async function readRows(connection, sql, limit) {
  const began = performance.now();
  const reader = await connection.send(sql, true);
  const rows = [];
  let isCut = false;
  let schema = reader.schema;
  for await (const batch of reader) {
    schema = batch.schema;
    const read = schema.fields.map((field, index) =>
      valuesOf(field, batch.getChildAt(index), {asText: true})
    );
    for (let row = 0; row < batch.numRows && !isCut; row++) {
      if (rows.length === limit) isCut = true;
      else rows.push(read.map((get) => get(row)));
    }
    if (isCut) break;
  }
  if (isCut) await connection.cancelSent().catch(() => {});
  const milliseconds = performance.now() - began;
  const types = await typesOf(connection, sql);
  const columns = (schema?.fields ?? []).map((field, index) => ({
    name: field.name,
    type: types?.[index] ?? String(field.type)
  }));
  return {columns, rows, isCut, milliseconds};
}

/** DuckDB's own names of the result's types; undefined for statements that cannot be described. */
async function typesOf(connection, sql) {
  if (
    !/^\s*(--[^\n]*\n\s*|\/\*.*?\*\/\s*)*(select|with|from|values|table|pivot|unpivot|summarize|describe|desc|show|\()/is.test(
      sql
    )
  )
    return undefined;
  const described = await connection.query(`describe (${sql.replace(/;\s*$/, "")}\n)`).catch(() => undefined);
  return described && objectsOf(described).map((row) => row.column_type);
}

/** Plain objects from an Arrow table. */
function objectsOf(table) {
  return table.batches.flatMap((batch) => {
    const read = table.schema.fields.map((field, index) => [
      field.name,
      valuesOf(field, batch.getChildAt(index), {asText: false})
    ]);
    return Array.from({length: batch.numRows}, (_, row) =>
      Object.fromEntries(read.map(([name, get]) => [name, get(row)]))
    );
  });
}

const columnsSql = `
  select database_name, columns.schema_name, table_name, tables.estimated_size as count_rows, column_name, data_type
  from duckdb_columns() as columns
  left join duckdb_tables() as tables using (database_name, schema_name, table_name)
  where database_name in ('shop', 'yours') and not columns.internal
  order by
    database_name desc, columns.schema_name <> 'marts', columns.schema_name <> 'gold', table_name <> 'sales', table_name,
    column_index`;

function schemaOf(rows) {
  const tables = new Map();
  for (const {database_name, schema_name, table_name, count_rows, column_name, data_type} of rows) {
    const isYours = database_name === "yours";
    const schema = isYours ? "yours" : schema_name;
    const key = JSON.stringify([database_name, schema_name, table_name]);
    if (!tables.has(key))
      tables.set(key, {schema, table: table_name, rows: count_rows, isYours, columns: []});
    tables.get(key).columns.push({name: column_name, type: data_type});
  }
  return [...tables.values()];
}

function absolute(file) {
  return new URL(file.href, document.baseURI).href;
}
