import {FileAttachment} from "observablehq:stdlib";

const files = {
  wasm: FileAttachment("../data/duckdb.wasm"),
  worker: FileAttachment("../data/duckdb-worker.js"),
  shop: FileAttachment("../data/shop.duckdb")
};

let opened;

/**
 * The browser's DuckDB with the shop's extract attached, started at the first call: schemas `gold`, `marts` and `assay`
 * as in `npx assay sql`. Resolves to `{query, tables, close}`.
 */
export function openDatabase() {
  return (opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  }));
}

async function open() {
  const duckdb = await import("@duckdb/duckdb-wasm");
  const absolute = (file) => new URL(file.href, document.baseURI).href;
  const worker = new Worker(absolute(files.worker));
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await database.instantiate(absolute(files.wasm));
  await database.open({
    query: {castBigIntToDouble: true, castDecimalToDouble: true, castTimestampToDate: true}
  });
  await database.registerFileURL("shop.duckdb", absolute(files.shop), duckdb.DuckDBDataProtocol.HTTP, false);
  const connection = await database.connect();
  await connection.query("attach 'shop.duckdb' as shop (read_only); use shop");
  return {connection, query: async (sql) => rowsOf(await connection.query(sql))};
}

/** Plain objects from an Arrow table. */
function rowsOf(table) {
  return table.toArray().map((row) => row.toJSON());
}
