import type {Browser} from "playwright-core";
import {readConfig} from "../config.ts";
import {serveFolder} from "./browser.ts";

/** The rows of selects, one after the other. */
export type Ask = (sql: string[]) => Promise<unknown[][][]>;

const page = `<!doctype html>
<script type="importmap">
  {
    "imports": {
      "apache-arrow": "/node_modules/apache-arrow/Arrow.dom.mjs",
      "flatbuffers": "/node_modules/flatbuffers/mjs/flatbuffers.js",
      "tslib": "/node_modules/tslib/tslib.es6.mjs"
    }
  }
</script>
<script type="module">
  import * as duckdb from "/node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser.mjs";
  import {valuesOf} from "/src/components/arrow-values.js";
  const dist = location.origin + "/node_modules/@duckdb/duckdb-wasm/dist/";
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(dist + "duckdb-browser-eh.worker.js"));
  await database.instantiate(dist + "duckdb-eh.wasm");
  await database.open({path: ":memory:"});
  const shop = new Uint8Array(await (await fetch("/shop.duckdb")).arrayBuffer());
  await database.registerFileBuffer("shop.duckdb", shop);
  const connection = await database.connect();
  await connection.query("attach 'shop.duckdb' as shop (read_only)");
  const rowsOf = ({batches, schema}) =>
    batches.flatMap((batch) => {
      const read = schema.fields.map((field, n) => valuesOf(field, batch.getChildAt(n), {asText: true}));
      return Array.from({length: batch.numRows}, (_, row) => read.map((get) => get(row)));
    });
  globalThis.ask = async (sql) => {
    const answers = [];
    for (const one of sql) answers.push(rowsOf(await connection.query(one)));
    return answers;
  };
</script>`;

/** The browser's DuckDB with an extract attached as `shop`, its values read as the pages read them. */
export async function openBrowserDuckdb(
  browser: Browser,
  extract: string,
  timezoneId: string
): Promise<{ask: Ask; close: () => Promise<void>}> {
  const server = await serveFolder(readConfig({}).root);
  const context = await browser.newContext({timezoneId});
  const opened = await context.newPage();
  await opened.route("**/shop.duckdb", (route) => route.fulfill({path: extract}));
  await opened.route("**/page", (route) => route.fulfill({body: page, contentType: "text/html"}));
  await opened.goto(`${server.url}/page`);
  await opened.waitForFunction(() => "ask" in globalThis);
  return {
    ask: (sql) => opened.evaluate((all) => (globalThis as unknown as {ask: Ask}).ask(all), sql),
    async close() {
      await context.close();
      await server.close();
    }
  };
}
