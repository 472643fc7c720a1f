import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {parquetWriteBuffer} from "hyparquet-writer";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, expect, test} from "vitest";
import {fencesOf, withFences} from "../5-site/fences.ts";
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

/** A row whose numbers are compared to ten digits: sums of doubles depend on their order. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      return [name, /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(text) ? Number(Number(text).toPrecision(10)) : text];
    })
  );
}

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

test("a column says DuckDB's type, however the statement begins", async () => {
  const types = {
    "from sales select order_date, sales_amount, customer_key limit 1": ["DATE", "DECIMAL(18,2)", "BIGINT"],
    "-- from first\nfrom (values (1, 'a')) as t(n, word)": ["INTEGER", "VARCHAR"],
    "pivot (from (values ('a', 1)) as t(word, n)) on word using sum(n)": ["HUGEINT"],
    "describe sales": ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"],
    "show tables": ["VARCHAR"]
  };
  for (const [sql, expected] of Object.entries(types)) {
    await ask(sql);
    const titles = await page
      .locator(".result-grid .tabulator-col button[title]")
      .evaluateAll((all) => all.map((one) => one.getAttribute("title")!.replace(/^.*: /, "")));
    expect([sql, titles]).toEqual([sql, expected]);
  }
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

/** The profile of the first result: its subtitle, its count, each column's cells; then it is closed by keyboard. */
async function profiled(): Promise<{said: string[]; columns: string[][]}> {
  await page.getByRole("button", {name: "Profile", exact: true}).first().focus();
  await page.keyboard.press("Enter");
  const panel = page.locator("dialog.profile-panel");
  await panel.locator("table.profile").waitFor();
  const said = await panel.locator(".card-subtitle, .panel-body p.faint").allTextContents();
  const columns = await panel
    .locator("tbody tr")
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll(".profile-name, .profile-distinct, .profile-range")].map((cell) =>
          cell.textContent!.replace(/\s+/g, " ").trim()
        )
      )
    );
  await page.keyboard.press("Escape");
  await panel.waitFor({state: "detached"});
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Profile");
  return {said, columns};
}

test("a result is profiled: the rows that are shown, or all of one that was cut", async () => {
  await ask(
    "select * from (values ('<img src=x onerror=alert(1)>', 1), ('b', 3), (null, 3)) as t(name, pieces)"
  );
  expect(await profiled()).toEqual({
    said: ["All rows of the result", "3 rows, 2 columns"],
    columns: [
      ["name", "2 distinct", "<img src=x onerror=aler… to b"],
      ["pieces", "2 distinct", "1 to 3"]
    ]
  });
  await ask("select range as n from range(12345)");
  expect(await profiled()).toEqual({
    said: [
      "All rows that the query finds, not only the first 10,000 that are shown",
      "12,345 rows, 1 column"
    ],
    columns: [["n", expect.stringMatching(/^12.*distinct$/), "0 to 12,344"]]
  });
});

test("a profile of a long result has the values of its parameters", async () => {
  await write("select range as n from range(20000) where range >= $least");
  await page.locator(".parameters input").fill("5000");
  await go();
  expect((await profiled()).columns).toEqual([["n", "15.0K distinct", "5,000 to 19,999"]]);
});

test("a parameter has the kind of its column, and a hostile value stays a value", async () => {
  await write(
    "select $country as said, count(*) as n from sales where country = $country and order_date >= $since"
  );
  const kinds = page.locator(".parameters label > span");
  expect((await kinds.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
    "country text",
    "since day"
  ]);
  const hostile = "'; drop table sales; --<img src=x onerror=alert(1)>";
  await page.locator(".parameters input[name=country]").fill(hostile);
  await page.locator(".parameters input[name=since]").fill("2013-01-01");
  await go();
  expect(await shown()).toEqual([[hostile, "0"]]);
  await page.locator(".parameters input[name=since]").fill("");
  await go();
  expect(await error()).toBe("Give a value for since.");
});

test("what ran is kept, opened again and forgotten", async () => {
  await ask("select 4711 as first_one");
  await ask("select 4712 as second_one");
  const menu = page.locator("details.menu", {hasText: "History"});
  await menu.locator("summary").click();
  expect((await menu.locator("code").allTextContents()).slice(0, 2)).toEqual([
    "select 4712 as second_one",
    "select 4711 as first_one"
  ]);
  await menu.locator("code", {hasText: "first_one"}).click();
  await page.locator(".result-grid .tabulator-col", {hasText: "first_one"}).waitFor();
  await menu.locator("summary").click();
  await menu.getByRole("button", {name: "Forget all"}).click();
  expect(await menu.locator("code").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement!.textContent)).toBe("History");
  expect(await page.evaluate(() => localStorage.getItem("assay.sql.history"))).toBe(null);
  await menu.locator("summary").click();
});

test("a result is drawn by its shape, and not where it cannot be", async () => {
  const select = page.getByLabel("Chart of the result");
  await ask("select date '2024-01-01' + range::int as day, range as pieces from range(5)");
  expect(await page.locator(".result-card .chart-slot svg").count()).toBeGreaterThan(0);
  expect(await select.count()).toBe(1);
  await ask("select 'a' as one, 'b' as two");
  expect(await page.locator(".result-card .chart-slot svg").count()).toBe(0);
  expect(await select.count()).toBe(0);
});

test("a query that needs too much memory says so, and the page goes on", async () => {
  await write("select list(a.range::varchar || repeat('x', 1000)) as too_much from range(3000000) as a");
  await go();
  expect(await error()).toContain("needs more than the 1 GB of memory that a page may use");
  expect(await ask("select count(*) > 0 as there from sales")).toEqual([["true"]]);
});

test("every SQL fence of a notebook is its loader's query and gives the rows of its extract", async () => {
  const extracts = join(built.project, "dist/_file/data");
  for (const [file, count] of [
    ["customers", 7],
    ["products", 7],
    ["sales", 6]
  ] as const) {
    const fences = fencesOf(readFileSync(join(built.project, `src/eda/${file}.md`), "utf8"));
    expect([file, fences.length]).toEqual([file, count]);
    for (const {loader, sql} of fences) {
      expect(sql).toBe(readFileSync(join(built.project, `loaders/${loader}.json.sql`), "utf8").trim());
      const extract = readdirSync(extracts).find((name) =>
        new RegExp(`^${loader}\\.\\w+\\.json$`).test(name)
      )!;
      const rows = JSON.parse(readFileSync(join(extracts, extract), "utf8")) as Record<string, unknown>[];
      const own = (await built.sql<Record<string, unknown>>(sql)).map(plain);
      expect([loader, own]).toEqual([loader, rows.map(plain)]);
    }
  }
});

test("a loader that changed is copied into its fence and into nothing else", () => {
  const markdown = "# A\n\n```sql id=oneTimeSql\nselect 1\n```\n\n```sql\nselect 2\n```\n\n```js\n1;\n```\n";
  expect(withFences(markdown, (loader) => `select '$1' as ${loader}\n`)).toBe(
    markdown.replace("select 1", () => "select '$1' as eda_one_time")
  );
});

test("a cell of a notebook is edited, run alone and reset", async () => {
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
