import {readFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import type {Browser} from "playwright-core";
import {afterAll, beforeAll, describe, expect, inject, test} from "vitest";
import {driftSentence} from "../../src/components/profile-drift.js";
import {profileOfRows} from "../../src/components/profile-rows.js";
import {type ColumnProfile, kept, profileOf, rowsSql} from "../../src/components/profile-sql.js";
import {driftOf} from "../5-site/drift.ts";
import {keysOf} from "../5-site/keys.ts";
import {type Engine, ident, literal, openEngine, query, run} from "../engine/duckdb.ts";
import type {Release} from "../release.ts";
import {openBrowser} from "./browser.ts";
import {type Built, extractOf, openBuilt} from "./built.ts";
import {faultsOf, openWindow} from "./site.ts";

let engine: Engine;
let built: Built;
let browser: Browser;
beforeAll(async () => {
  engine = await openEngine({memory: "1GB", temp: join(inject("shared"), `profile-${process.pid}`)});
  built = await openBuilt();
  browser = await openBrowser();
});
afterAll(async () => {
  engine?.close();
  await browser?.close();
  await built?.close();
});

const ask = (sql: string) => query<Record<string, unknown>>(engine.connection, sql);
const profile = (relation: string) => profileOf(ask, relation);

type Profiled = {
  name: string;
  rows: number;
  columns: ColumnProfile[];
  keys: {columns: string[]; orphans?: number; repeated?: number}[];
};

function builtProfile(): {tables: Profiled[]} {
  return extractOf(built, "profile");
}

describe("a profile", () => {
  test("of numbers, days, text and nulls", async () => {
    const {rows, columns} = await profile(`select * from (values
      (1, date '2024-02-28', 'b', 1.50::decimal(9,2)), (1, date '2024-03-01', 'a', -2),
      (4, null, 'b', null), (null, date '2024-03-01', '', 1000000000000000000000000000000::decimal(38,2))
    ) as t(pieces, day, word, money) -- a comment at the end`);
    expect(rows).toBe(4);
    expect(columns[0]).toEqual({
      name: "pieces",
      type: "INTEGER",
      nulls: 1,
      distinct: 2,
      low: "1",
      high: "4",
      top: [
        {value: "1", rows: 2},
        {value: "4", rows: 1}
      ],
      start: 1,
      width: 1,
      bars: [2, 0, 0, 1]
    });
    expect(columns[1]).toMatchObject({
      nulls: 1,
      distinct: 2,
      low: "2024-02-28",
      high: "2024-03-01",
      start: Date.UTC(2024, 1, 28) / 86_400_000,
      bars: [1, 0, 2]
    });
    expect(columns[2]).toMatchObject({
      nulls: 0,
      low: "",
      high: "b",
      top: [
        {value: "b", rows: 2},
        {value: "", rows: 1},
        {value: "a", rows: 1}
      ],
      bars: [],
      start: null
    });
    expect(columns[3]).toMatchObject({low: "-2.00", high: "1000000000000000000000000000000.00", distinct: 3});
    expect(columns[3]!.bars.reduce((sum, n) => sum + n, 0)).toBe(3);
  });

  test("of no rows, and of 5,000 values, one of them 10,000 letters long", async () => {
    expect((await profile("select 1 as x, '' as word where false")).columns).toMatchObject([
      {nulls: 0, distinct: 0, low: null, high: null, top: [], bars: []},
      {nulls: 0, distinct: 0, low: null, high: null, top: [], bars: []}
    ]);
    const {rows, columns} = await profile(
      `select i as number, case i when 7 then repeat('ä', 10000) else 'word ' || i end as word, i % 2 = 0 as even
       from range(5000) as r(i)`
    );
    expect(rows).toBe(5000);
    expect(columns[0]).toMatchObject({distinct: 5000, start: 0, width: 209, low: "0", high: "4999"});
    expect(columns[0]!.bars).toEqual([...new Array(23).fill(209), 193]);
    expect(columns[1]).toMatchObject({distinct: 5000, high: "ä".repeat(kept.letters)});
    expect(columns[1]!.top.map(({rows}) => rows)).toEqual([1, 1, 1, 1, 1]);
    expect(columns[2]!.top).toEqual([
      {value: "false", rows: 2500},
      {value: "true", rows: 2500}
    ]);
  });

  test("of what is not finite, huge, or a list", async () => {
    const {columns} = await profile(`select * from (values
      ('nan'::double, date 'infinity', [1, 2], 1e308::double), ('inf'::double, date '2020-01-01', null, -1e308::double)
    ) as t(x, day, list, huge)`);
    expect(columns.map(({bars}) => bars.reduce((sum, n) => sum + n, 0))).toEqual([0, 1, 0, 2]);
    expect(columns[2]!.top).toEqual([{value: "[1, 2]", rows: 1}]);
  });

  test("of rows in the page is that of the same rows in DuckDB", async () => {
    const value = fc.record({
      whole: fc.option(fc.integer({min: -40, max: 60})),
      word: fc.option(fc.constantFrom("", "a", "b b", "<img src=x onerror=alert(1)>", "ש", "x".repeat(200))),
      day: fc.option(
        fc.integer({min: -400, max: 20_000}).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10))
      ),
      share: fc.option(
        fc.double({min: -1, max: 1, noNaN: true, noDefaultInfinity: true}).map((x) => Math.fround(x))
      )
    });
    const cell = (one: unknown, type: string) =>
      one === null ? `null::${type}` : `${literal(String(one))}::${type}`;
    await fc.assert(
      fc.asyncProperty(fc.array(value, {minLength: 1, maxLength: 40}), async (given) => {
        const rows = given.map(({whole, word, day, share}) => [whole, word, day, share]);
        const types = ["integer", "varchar", "date", "double"];
        const values = rows.map((row) => `(${row.map((one, n) => cell(one, types[n]!)).join(", ")})`);
        const inDuckdb = await profile(
          `select * from (values ${values.join(", ")}) as t(whole, word, day, share)`
        );
        const columns = inDuckdb.columns.map(({name, type}) => ({name, type}));
        const inPage = profileOfRows({columns, rows});
        expect(comparable(inPage)).toEqual(comparable(inDuckdb));
      }),
      {numRuns: 40}
    );
  });

  /** Doubles are written otherwise by each. */
  const comparable = ({rows, columns}: {rows: number; columns: ColumnProfile[]}) => ({
    rows,
    columns: columns.map(({low, high, top, start, width, ...rest}) => {
      const text = (value: string | null) =>
        rest.type === "DOUBLE" && value !== null ? Number(value) + 0 : value;
      const values = top.map((one) => ({...one, value: text(one.value)}));
      return {
        ...rest,
        low: text(low),
        high: text(high),
        top: rest.type === "DOUBLE" ? values.map(({rows}) => rows) : values,
        start: start === null ? null : start + 0,
        width: width === null ? null : Number(width.toPrecision(12))
      };
    })
  });
});

test("keys are counted as they are: repeated, without a value, orphans", async () => {
  await run(
    engine.connection,
    `create schema gold; create schema marts;
     create table gold.dim_products as select * from (values (1::bigint, 'P1'), (2, 'P2'), (2, 'P3'), (null, 'P4')) as t(product_key, product_number);
     create table marts.sales as select * from (values ('a', 1::bigint), ('b', 9), ('c', 9), ('d', null)) as t(sale_key, product_key)`
  );
  const column = {description: "", tests: []};
  const dictionary = [
    {
      schema: "gold",
      table: "dim_products",
      file: "",
      description: "",
      keys: [["product_key"]],
      columns: {product_key: column}
    },
    {
      schema: "marts",
      table: "sales",
      file: "",
      description: "",
      keys: [["sale_key"], ["sale_key", "product_key"]],
      columns: {}
    }
  ] as Parameters<typeof keysOf>[1]["dictionary"];
  const names = ["gold.dim_products", "marts.sales"];
  const partner = {table: "gold.dim_products", column: "product_key"};
  const keys = (name: string, columns: string[]) =>
    keysOf(engine.connection, {name, columns, names, dictionary});
  expect(await keys("gold.dim_products", ["product_key", "product_number"])).toEqual([
    {columns: ["product_key"], nulls: 1, repeated: 2}
  ]);
  expect(await keys("marts.sales", ["sale_key", "product_key"])).toEqual([
    {columns: ["sale_key"], nulls: 0, repeated: 0},
    {columns: ["sale_key", "product_key"], nulls: 1, repeated: 0},
    {columns: ["product_key"], partner, nulls: 1, orphans: 2, orphan_values: 1}
  ]);
  const count = async (table: string, fact: Parameters<typeof rowsSql>[1]) =>
    (await ask(rowsSql(table, fact))).length;
  expect(await count("gold.dim_products", {columns: ["product_key"], kind: "repeated"})).toBe(2);
  expect(await count("gold.dim_products", {columns: ["product_key"], kind: "null"})).toBe(1);
  expect(await count("gold.dim_products", {columns: ["product_number"], kind: "is", value: "P4"})).toBe(1);
  expect(
    await count("gold.dim_products", {columns: ["product_number"], kind: "is", value: "' or true --"})
  ).toBe(0);
  expect(await count("marts.sales", {columns: ["product_key"], kind: "orphan", partner})).toBe(2);
});

test("what moved since the release before is told in words", () => {
  const release = (rows: number, nulls: number, members: string[]) =>
    ({
      objects: [{layer: "gold", table: "dim_products", rows}],
      profiles: [
        {
          tables: {
            "gold.dim_products": {
              rows,
              nulls: {category: nulls},
              members: {category: Object.fromEntries(members.map((member) => [member, 1]))}
            }
          }
        }
      ]
    }) as unknown as Release;
  const before = release(10, 0, ["Bikes", "Helmets"]);
  const drift = driftOf("gold.dim_products", ["category"], release(1210, 3, ["Bikes", "Bags"]), before);
  expect(driftSentence(drift, {id: "R1"})).toBe(
    "Since release R1: 10 → 1,210 rows (+1,200); nulls of category 0 → 3; new in category: Bags; gone from category: Helmets."
  );
  expect(driftSentence(driftOf("gold.dim_products", ["category"], before, before), {id: "R1"})).toMatch(
    /the same rows/
  );
  expect(driftSentence(driftOf("gold.dim_products", [], before, undefined), undefined)).toMatch(
    /first release/
  );
});

describe("the profile of the site", () => {
  test("says of every column of gold and the marts what SQL of its own says", async () => {
    const tables = builtProfile().tables.filter(({name}) => !name.startsWith("assay."));
    expect(tables.map(({name}) => name)).toEqual(
      expect.arrayContaining(["marts.sales", "gold.dim_products"])
    );
    for (const {name, rows, columns} of tables) {
      const counts = columns.flatMap(({name: column, top}, n) => [
        `count(*) - count(${ident(column)}) as nulls${n}`,
        `count(distinct ${ident(column)}) as members${n}`,
        `count(*) filter (where ${ident(column)}::varchar = ${literal(top[0]?.value ?? "")}) as top${n}`
      ]);
      const [row] = await built.sql<Record<string, string>>(
        `select count(*) as rows, ${counts.join(", ")} from ${name}`
      );
      expect([name, rows]).toEqual([name, Number(row!.rows)]);
      const told = columns.map(({name: column, nulls, distinct, top}) => [
        column,
        nulls,
        distinct,
        top[0]?.rows ?? 0
      ]);
      const expected = columns.map(({name: column}, n) => [
        column,
        ...["nulls", "members", "top"].map((what) => Number(row![`${what}${n}`]))
      ]);
      expect([name, told]).toEqual([name, expected]);
      for (const {bars, nulls} of columns.filter(({bars}) => bars.length))
        expect(bars.reduce((sum, n) => sum + n, 0)).toBe(rows - nulls);
    }
  });

  test("opens at the table of the address; a value leads to its rows, and back closes them", async () => {
    const {tables} = builtProfile();
    const sales = tables.find(({name}) => name === "marts.sales")!;
    const {top} = sales.columns.find(({name}) => name === "category")!;
    const window = await openWindow(browser, built.url);
    const page = await window.open("/explore/profile?table=marts.sales");
    expect(window.asked.filter((path) => /\.wasm$|shop\.\w+\.duckdb/.test(path))).toEqual([]);
    await page.selectOption(".profile-page select", "marts.products");
    expect(await page.textContent(".profile-page h2 >> nth=1")).toContain("columns");
    expect(new URL(page.url()).search).toBe("?table=marts.products");
    await page.goBack();
    await page.click(`[data-column=category] .profile-value >> nth=0`);
    await page.waitForSelector("dialog .result td");
    expect(await page.textContent("dialog h2")).toBe(
      `Rows of marts.sales where category is ${top[0]!.value}`
    );
    const shown = await page.textContent("dialog [role=status]");
    const {rows} = top[0]!;
    expect(shown).toBe(
      rows > 1000 ? "The first 1,000 rows, there are more" : `${rows.toLocaleString("en")} rows`
    );
    const link = (await page.getAttribute("dialog footer a", "href"))!;
    expect(new URLSearchParams(link.split("?")[1]).get("q")).toBe(
      rowsSql("marts.sales", {columns: ["category"], kind: "is", value: top[0]!.value})
    );
    const downloading = page.waitForEvent("download");
    await page.click("dialog .export");
    await page.getByRole("menuitem", {name: "CSV"}).click();
    expect(readFileSync(await (await downloading).path(), "utf8").split("\r\n").length).toBe(
      Math.min(rows, 1000) + 2
    );
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog") && !location.search.includes("rows"));
    await page.goForward();
    await page.waitForSelector("dialog .result td");
    await page.goBack();
    await page.waitForFunction(() => !document.querySelector("dialog"));
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("a stale address is told, and without WebAssembly the page stays and says what is missing", async () => {
    const window = await openWindow(browser, built.url, {width: 360});
    const stale = await window.open(
      "/explore/profile?table=%3Cimg%20src=x%20onerror=alert(1)%3E&column=x&rows=is"
    );
    expect((await stale.textContent(".profile-page .note"))!.trim()).toBe(
      "No table here is called <img src=x onerror=alert(1)>. This is marts.sales."
    );
    expect(await stale.$("dialog")).toBeNull();
    expect(await faultsOf(stale)).toEqual({overflow: 0, errors: 0});
    const off = await window.open("/explore/profile");
    await off.evaluate(() => delete (globalThis as {WebAssembly?: unknown}).WebAssembly);
    await off.click("[data-column=country] .profile-value >> nth=0");
    await off.waitForSelector("dialog [role=alert]");
    expect(await off.textContent("dialog [role=alert]")).toContain("needs WebAssembly");
    expect(await faultsOf(off)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});
