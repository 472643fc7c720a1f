import {readFileSync} from "node:fs";
import {join} from "node:path";
import {parquetWriteBuffer} from "hyparquet-writer";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openBrowser} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {openWindow, pages, type Window} from "./site.ts";

/* The SQL page and the cells of a notebook, used as a reader uses them. */

let built: Built;
let browser: Browser;
let window: Window;
let page: Page;
beforeAll(async () => {
  built = await openBuilt();
  browser = await openBrowser();
  window = await openWindow(browser, built.url);
  page = await window.open("/explore/sql");
  await page.waitForSelector(pages["/explore/sql"]!);
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
});

const status = () => page.locator(".result-card .status").allTextContents();
const error = () => page.locator(".sql-error:not([hidden])").textContent();

/** Puts a text into the editor, its cursor at the end. */
async function write(sql: string): Promise<void> {
  await page.locator(".editor-card .cm-content").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(sql);
}

/** Runs what is in the editor and waits until it ended. */
async function go(key = "ControlOrMeta+Enter"): Promise<void> {
  await page.locator(".editor-card .cm-content").focus();
  await page.keyboard.press(key);
  await ended();
}

async function ended(): Promise<void> {
  await page.waitForFunction(() => {
    const all = [...document.querySelectorAll(".result-card .status")].map((node) => node.textContent!);
    return all.every((text) => text !== "" && text !== "Running…");
  });
}

/** The rows that a grid shows, the first unless told. */
async function shown(place = 0): Promise<string[][]> {
  const grid = page.locator(".result-card").nth(place).locator(".result-grid");
  await grid.locator(".tabulator-row").first().waitFor();
  return grid
    .locator(".tabulator-row")
    .evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll(".tabulator-cell")].map((cell) => cell.textContent!.trim()))
    );
}

async function ask(sql: string): Promise<string[][]> {
  await write(sql);
  await go();
  expect([sql, await page.locator(".sql-error:not([hidden])").allTextContents()]).toEqual([sql, []]);
  return shown();
}

const tables = async () =>
  (await page.locator(".schema-tree > details:visible > summary").allTextContents()).map((text) =>
    text.replace(/\s+/g, " ").trim()
  );

test("runs the statement at the cursor, a selection or all, each result in order with its own status", async () => {
  await write("select 1 as a;\n-- ; no end\nselect ';' as b union all select 'x';\nselect 3 as c");
  await go("ControlOrMeta+Shift+Enter");
  expect(await status()).toEqual([
    expect.stringMatching(/^1 row · \d+ ms$/),
    expect.stringMatching(/^2 rows · \d+ ms$/),
    expect.stringMatching(/^1 row · \d+ ms$/)
  ]);
  expect([await shown(0), await shown(1), await shown(2)]).toEqual([[["1"]], [[";"], ["x"]], [["3"]]]);
  await page.keyboard.press("ArrowUp");
  await go();
  expect(await shown()).toEqual([[";"], ["x"]]);
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("Shift+ControlOrMeta+End");
  expect(await page.locator("button.primary").textContent()).toMatch(/^Run selection/);
  await go();
  expect(await status()).toHaveLength(3);
});

test("an error is told at its place and stops those after it", async () => {
  await write("select 1;\n\nselect nothing from sales;\nselect 2");
  await go("ControlOrMeta+Shift+Enter");
  expect(await status()).toEqual([expect.stringMatching(/ms$/), "Not run", "Not run"]);
  expect(await error()).toMatch(/^Line 3, column 8\. Binder Error: Referenced column "nothing"/);
  expect(await page.locator(".error-word").textContent()).toBe("nothing");
});

test("what a reader makes is theirs, in memory, and the shop stays as it is", async () => {
  await write(
    "create or replace table mine as select range as n from range(3);\ncreate or replace view twice as select 2 * n as n from mine;\nselect cast(sum(n) as integer) as total from twice"
  );
  await go("ControlOrMeta+Shift+Enter");
  expect((await status()).slice(0, 1)).toEqual([expect.stringMatching(/^3 rows written/)]);
  expect(await shown(2)).toEqual([["6"]]);
  await page.waitForFunction(() => document.querySelector(".schema-tree")!.textContent!.includes("twice"));
  expect((await tables()).slice(0, 2)).toEqual(["yours.mine 3 rows", "yours.twice view"]);
  for (const refused of [
    "drop table shop.marts.sales",
    "create table shop.marts.x as select 1",
    "set enable_external_access = true",
    "set memory_limit = '100GB'",
    "select * from read_csv('/etc/passwd')",
    "copy (from sales) to 'http://example.com/x.csv'"
  ]) {
    await write(refused);
    await go();
    expect([refused, await error()]).toEqual([
      refused,
      expect.stringMatching(/read-only|Cannot|locked|disabled|running/)
    ]);
  }
  await write("detach shop; select 1");
  await go("ControlOrMeta+Shift+Enter");
  await write("select count(*) as n from sales");
  await go();
  expect(await error()).toMatch(/detached; run it again/);
  const [{n}] = (await built.sql<{n: string}>("select count(*) as n from marts.sales")) as [{n: string}];
  expect(await ask("select count(*) as n from sales")).toEqual([[Number(n).toLocaleString("en-US")]]);
});

test("a file that is dropped or chosen becomes a table beside the shop's, and nothing leaves the browser", async () => {
  const before = window.asked.length;
  const file = (name: string, mimeType: string, content: string | Buffer) =>
    page.setInputFiles(".file-drop input", {name, mimeType, buffer: Buffer.from(content)});
  await file(
    "goals.csv",
    "text/csv",
    "land,goal,since\nGermany,12.5,2026-01-02\nCanada,,2026-01-03\n<img src=x>,7,\n"
  );
  await page.waitForSelector(".file-drop [role=status]:text('goals.csv is now the table goals')");
  expect(await ask("select land, goal, since from goals order by land nulls first")).toEqual([
    ["<img src=x>", "7", "∅"],
    ["Canada", "∅", "2026-01-03"],
    ["Germany", "12.50", "2026-01-02"]
  ]);
  const parquet = parquetWriteBuffer({
    columnData: [
      {name: "land", data: ["Germany", "Canada"], type: "STRING"},
      {name: "shops", data: [3, 4], type: "INT32"}
    ]
  });
  await file("lands.parquet", "application/octet-stream", Buffer.from(parquet));
  await page.waitForSelector(".file-drop [role=status]:text('is now the table lands')");
  const [[shops]] = (await ask("select sum(shops) as n from lands join goals using (land)")) as [[string]];
  expect(shops).toBe("7");
  const [row] = await built.sql("select count(*)::varchar as n from marts.sales where country = 'Germany'");
  expect(
    await ask(
      "select cast(count(*) as varchar) as n from sales join goals on country = land where land = 'Germany'"
    )
  ).toEqual([[row!.n]]);
  await file("broken.parquet", "application/octet-stream", "no parquet");
  await page.waitForSelector(".file-drop .failure");
  expect(window.asked.slice(before).filter((path) => /goals|lands|broken/.test(path))).toEqual([]);
});

test("a query that never ends is cancelled, and the next one runs", async () => {
  await write("select count(*) as n from range(10000000) as a, range(10000000) as b");
  await page.locator(".editor-card .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.getByRole("button", {name: "Cancel"}).click();
  await ended();
  expect((await status())[0]).toMatch(/^Cancelled/);
  expect(await ask("select 5 as n")).toEqual([["5"]]);
});

test("a notebook's fence is the loader's query; a cell is edited, run alone and reset", async () => {
  for (const name of ["growth", "gaps", "stopped"]) {
    const fence = new RegExp(`\`\`\`sql id=${name}Sql\n([^]*?)\n\`\`\``).exec(
      readFileSync(join(built.project, "src/eda/sales.md"), "utf8")
    )![1]!;
    expect(readFileSync(join(built.project, `loaders/eda_${name}.json.sql`), "utf8").trim()).toBe(
      fence.trim()
    );
  }
  const notebook = await window.open("/eda/sales");
  const cell = notebook.locator(".cell").first();
  const answer = await cell.locator(".answer").textContent();
  await cell.locator("summary", {hasText: "SQL"}).click();
  await cell.getByRole("button", {name: "Edit and run"}).click();
  await cell.locator(".cm-content").click();
  await notebook.keyboard.press("ControlOrMeta+a");
  await notebook.keyboard.insertText("select 1 as one");
  await notebook.keyboard.press("ControlOrMeta+Enter");
  await cell.locator(".edited").waitFor();
  expect(await cell.locator(".edited").textContent()).toContain("1 row");
  await cell.getByRole("button", {name: "Reset"}).click();
  expect(await cell.locator(".answer").textContent()).toBe(answer);
  expect(window.wrong).toEqual([]);
});
