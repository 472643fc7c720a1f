import {spawn} from "node:child_process";
import {cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from "node:fs";
import {basename, join} from "node:path";
import type {Browser} from "playwright-core";
import {beforeAll, describe, expect, inject, test} from "vitest";
import {findColumns} from "../../src/components/lineage-paths.js";
import {readConfig} from "../config.ts";
import {readDictionary} from "../dictionary.ts";
import {type Built, extractOf, visitBuilt} from "./built.ts";
import {copyProject} from "./project.ts";
import {faultsOf, openWindow} from "./site.ts";

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

function extract<T>(name: string): T {
  return extractOf<T>(built, name);
}

type Dictionary = {
  tables: {
    name: string;
    description: string;
    rows: number | null;
    columns: {
      name: string;
      type: string;
      description: string;
      tests: string[];
      pii?: true;
      lineage?: string;
    }[];
  }[];
  pages: Record<string, {path: string; title: string}[]>;
  sql: Record<string, string>;
};

describe("the dictionary", () => {
  test("describes every column there is, and none that is not", async () => {
    const found = await built.sql<{name: string}>(
      `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
       where table_schema in ('gold', 'marts', 'bronze', 'assay') order by 1`
    );
    const {tables} = extract<Dictionary>("dictionary");
    const columns = tables.flatMap((table) =>
      table.columns.map((column) => ({...column, name: `${table.name}.${column.name}`}))
    );
    expect(columns.map(({name}) => name).sort()).toEqual(found.map(({name}) => name).sort());
    const undescribed = [...tables, ...columns].filter(({description}) => description.trim().length < 5);
    expect(undescribed.map(({name}) => name)).toEqual([]);
    const described = readDictionary(built.project).flatMap(({schema, table, columns}) =>
      Object.keys(columns).map((column) => `${schema}.${table}.${column}`)
    );
    const names = new Set(found.map(({name}) => name));
    expect(described.filter((name) => !names.has(name))).toEqual([]);
  });

  test("says rows, types, tests and personal data as they are", async () => {
    const {tables} = extract<Dictionary>("dictionary");
    const columnOf = (table: string, column: string) =>
      tables.find(({name}) => name === table)!.columns.find(({name}) => name === column)!;
    const [{n}] = (await built.sql<{n: number}>("select count(*)::integer as n from gold.fct_sales")) as [
      {n: number}
    ];
    expect(tables.find(({name}) => name === "gold.fct_sales")!.rows).toBe(n);
    expect(columnOf("gold.fct_sales", "customer_key")).toMatchObject({
      type: "bigint",
      tests: ["known in gold.dim_customers.customer_key"]
    });
    expect(columnOf("marts.customers", "recency_score").tests).toEqual(["one of 1, 2, 3, 4, 5"]);
    expect(columnOf("marts.monthly_cohorts", "months_since").tests).toEqual([
      "never null",
      "unique by cohort_month, months_since"
    ]);
    const marked = tables.flatMap(({name, columns}) =>
      columns.flatMap((column) => (column.pii ? [`${name}.${column.name}`] : []))
    );
    expect(marked).toEqual([
      "gold.dim_customers.first_name",
      "gold.dim_customers.last_name",
      "gold.dim_customers.birth_date",
      "bronze.crm_cust_info.cst_firstname",
      "bronze.crm_cust_info.cst_lastname",
      "bronze.erp_cust_az12.bdate"
    ]);
  });

  test("its links lead to the column they name", async () => {
    const graph = extract<Parameters<typeof findColumns>[0]>("lineage");
    const {tables} = extract<Dictionary>("dictionary");
    const linked = tables.flatMap(({columns}) => columns.flatMap(({lineage}) => lineage ?? []));
    expect(linked.length).toBeGreaterThan(150);
    expect(linked.filter((id) => findColumns(graph, id).join() !== id)).toEqual([]);
    const window = await openWindow(browser, built.url);
    const page = await window.open("/docs/data");
    const measures = await window.open("/docs/measures");
    const idsIn = (one: typeof page) => one.$$eval("[id]", (nodes) => nodes.map(({id}) => id));
    const ids = {data: await idsIn(page), measures: await idsIn(measures)};
    for (const [here, one] of Object.entries({data: page, measures}) as [
      "data" | "measures",
      typeof page
    ][]) {
      const links = await one.$$eval("#observablehq-main a[href*='#']", (nodes) =>
        nodes.map((node) => node.getAttribute("href")!)
      );
      expect(links.length).toBeGreaterThan(30);
      const dead = links.filter((link) => {
        const [path, hash] = link.split("#") as [string, string];
        return !ids[path.endsWith("data") ? "data" : here].includes(hash);
      });
      expect([here, dead]).toEqual([here, []]);
    }
    const lineage = await window.open(`/trust/lineage?column=${encodeURIComponent(linked[0]!)}`);
    expect(await lineage.textContent(".lineage-sentence code")).toBe(linked[0]);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("a deep link shows its column, and the filter leaves what has every word", async () => {
    const window = await openWindow(browser, built.url, {width: 360});
    const page = await window.open("/docs/data#marts.products.current_cost");
    await page.waitForSelector("tr.is-target");
    const top = await page.evaluate(() => document.querySelector(".is-target")!.getBoundingClientRect().top);
    expect(top).toBeGreaterThanOrEqual(-1);
    expect(top).toBeLessThan(200);
    await page.fill(".docs-filter input", "country customer");
    const shown = await page.$$eval(".docs-columns tbody tr:not([hidden])", (rows) => rows.map(({id}) => id));
    expect(shown).toEqual(["marts.sales.country", "marts.customers.country", "gold.dim_customers.country"]);
    expect(await page.isVisible("[id='marts.periods']")).toBe(false);
    expect(new URL(page.url()).search).toBe("?q=country+customer");
    await page.fill(".docs-filter input", "zzz");
    expect(await page.textContent(".docs-filter [role=status]")).toBe("No column has all these words");
    const index = await window.open("/docs/");
    await index.fill(".docs-filter input", "margin_today_amount");
    expect(await index.getAttribute(".docs-results a", "href")).toBe(
      "./data#marts.sales.margin_today_amount"
    );
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

test("every measure is there with a formula, its SQL answers, and the pages that show it are the lineage's", async () => {
  const {sql, pages} = extract<Dictionary>("dictionary");
  const window = await openWindow(browser, built.url);
  const page = await window.open("/docs/measures");
  expect(await page.$$eval(".docs-measure", (nodes) => nodes.map(({id}) => id))).toEqual(
    expect.arrayContaining([...Object.keys(sql), "country", "order_date"])
  );
  expect(await page.textContent("#revenue dd >> nth=0")).toBe("sum(sales_amount)");
  expect(await page.textContent("#margin_rate dd >> nth=0")).toBe("Margin ÷ Revenue");
  const [gold] = await built.sql<{revenue: string}>(
    "select sum(sales_amount)::varchar as revenue from gold.fct_sales"
  );
  const [revenue] = await built.sql<{revenue: string}>(sql.revenue!);
  expect(revenue).toEqual(gold);
  for (const text of Object.values(sql)) expect(await built.sql(text)).toHaveLength(1);
  expect(pages.sales_amount!.map(({path}) => path)).toEqual(
    expect.arrayContaining(["/", "/dashboards/sales"])
  );
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("every picture of the gallery is drawn, with its lines under it", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/docs/gallery");
  await page.waitForSelector(".card-body svg");
  const blocks = await page.$$eval("#observablehq-main pre[data-language=js]", (codes) =>
    codes.map((code) => {
      let shown = code.closest(".observablehq-pre-container") ?? code;
      do shown = shown.previousElementSibling!;
      while (shown && !shown.matches(".observablehq--block"));
      return [code.textContent!.includes("display("), shown.getBoundingClientRect().height > 20];
    })
  );
  expect(blocks.length).toBeGreaterThan(14);
  expect(blocks.filter(([isCode, isDrawn]) => !isCode || !isDrawn)).toEqual([]);
  expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
  expect(window.wrong).toEqual([]);
  await window.close();
});

/** What a document says to do, in its order: write a file, add below a line, run a command. */
type Deed = {write: string; text: string} | {add: string; below: string; text: string} | {run: string};

function deedsOf(document: string): Deed[] {
  const fences = /^([^\n]*)\n\n(`{3,})(\w+)[^\n]*\n([\s\S]*?)^\2$/gm;
  return [...document.matchAll(fences)].flatMap(([, said = "", , tag, text = ""]): Deed[] => {
    if (tag === "sh") return [{run: text.trim()}];
    const write = /Write `([^`]+)`:$/.exec(said)?.[1];
    if (write) return [{write, text}];
    const [, add, below] = /[Ii]n `([^`]+)`, below the line `([^`]+)`, add:$/.exec(said) ?? [];
    return add && below ? [{add, below, text}] : [];
  });
}

test("whoever adds a page as the document says has a page that its test holds", async () => {
  const {root} = readConfig({});
  const project = copyProject(join(inject("shared"), "added"));
  for (const part of ["pipelines/test", "vitest.config.ts"])
    cpSync(join(root, part), join(project, part), {recursive: true});
  mkdirSync(join(project, ".assay"));
  symlinkSync(inject("dbt"), join(project, ".assay", basename(inject("dbt"))));
  const deeds = deedsOf(readFileSync(join(project, "src/docs/pages.md"), "utf8"));
  expect(deeds.map((deed) => Object.keys(deed)[0])).toEqual([
    "write",
    "write",
    "add",
    "add",
    "add",
    "write",
    "run"
  ]);
  for (const deed of deeds) {
    if ("write" in deed) writeFileSync(join(project, deed.write), deed.text);
    if ("add" in deed) {
      const lines = readFileSync(join(project, deed.add), "utf8").split("\n");
      const places = lines.flatMap((line, index) => (line.trim() === deed.below ? [index] : []));
      expect([deed.add, places.length]).toEqual([deed.add, 1]);
      lines.splice(places[0]! + 1, 0, deed.text.replace(/\n$/, ""));
      writeFileSync(join(project, deed.add), lines.join("\n"));
    }
    if ("run" in deed)
      expect(await shell(deed.run, project)).toMatchObject({
        code: 0,
        output: expect.stringMatching(/Tests +1 passed/)
      });
  }
}, 400_000);

function shell(command: string, cwd: string): Promise<{code: number | null; output: string}> {
  const {PATH = "", HOME = "", LANG = ""} = process.env;
  const child = spawn("sh", ["-c", command], {cwd, env: {PATH, HOME, LANG, NO_COLOR: "1"}});
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({code, output})));
}
