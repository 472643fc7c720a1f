import {spawn} from "node:child_process";
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import fc from "fast-check";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {readExplore, searchOf} from "../../src/components/explore-question.js";
import {mainMeasures} from "../../src/components/semantic/measures.js";
import {readConfig} from "../config.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {openBrowser} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {copyProject} from "./project.ts";
import {faultsOf, openWindow, type Window} from "./site.ts";

/* /explore of a built site: its figures against gold, its address, what it survives, and a measure added to dbt's YAML. */

type Values = (number | null)[];
type Extract = {
  measures: string[];
  spans: Record<string, {from: string; to: string}> | null;
  totals: Record<string, Values>;
  months: [string, ...Values][];
  dimensions: Record<string, {count: number; rows: [string | null, ...(Values | undefined)[]][]}>;
};

const definitions = readDefinitions(readConfig({}).root);
const folder = mkdtempSync(join(tmpdir(), "assay-explore-"));
let built: Built;
let browser: Browser;
let extract: Extract;
beforeAll(async () => {
  built = await openBuilt();
  browser = await openBrowser();
  extract = JSON.parse(readFileSync(builtFile("explore"), "utf8")) as Extract;
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
  rmSync(folder, {recursive: true, force: true});
});

function builtFile(name: string): string {
  const data = join(built.project, "dist/_file/data");
  return join(
    data,
    readdirSync(data).find((one) => one.startsWith(`${name}.`) && one.endsWith(".json"))!
  );
}

/** Gold with the words of its dimensions, joined anew. */
const star = `(select fct_sales.*, country, gender, category, product_name, weekday from gold.fct_sales
  left join gold.dim_customers on dim_customers.customer_key = fct_sales.customer_key
  left join gold.dim_products on dim_products.product_key = fct_sales.current_product_key
  left join gold.dim_dates on dim_dates.date_day = fct_sales.order_date)`;
const measured = `sum(sales_amount)::double as revenue, count(distinct order_number)::double as orders,
  count(distinct customer_key)::double as customers, sum(sales_amount - cost_amount)::double as margin`;
const names = ["revenue", "orders", "customers", "margin"] as const;
type Measured = Record<(typeof names)[number], number>;

const within = ({from, to}: {from: string; to: string}) =>
  `order_date between date '${from}' and date '${to}'`;
const asked = (select: string, where: string, end = "") =>
  built.sql<Measured & {member: string}>(`select ${select} from ${star} where ${where} ${end}`);
const cents = (value: number | null | undefined) => Number((value ?? 0).toFixed(2));
const measuredOf = (values: Values | undefined) =>
  names.map((name) => cents(values?.[extract.measures.indexOf(name)]));

describe("the extract of the first paint", () => {
  test("has gold's totals, of three spans", async () => {
    const {to} = extract.spans!.current!;
    const [through] = await built.sql<{day: string}>(
      "select max(data_through)::varchar as day from assay.data_through"
    );
    expect(to).toBe(through!.day);
    expect(Object.keys(extract.spans!)).toEqual(["current", "previous", "last_year"]);
    for (const [name, span] of Object.entries(extract.spans!)) {
      const [row] = await asked(measured, within(span));
      expect([name, ...measuredOf(extract.totals[name])]).toEqual([
        name,
        ...names.map((one) => cents(row![one]))
      ]);
    }
  });

  test.each(["country", "category", "weekday"])(
    "has gold's members by %s, now and a year before",
    async (name) => {
      const {count, rows} = extract.dimensions[name]!;
      expect(rows.length).toBe(count);
      for (const [at, span] of [
        [1, "current"],
        [2, "previous"],
        [3, "last_year"]
      ] as const) {
        const expected = await asked(
          `coalesce(${name}, 'n/a') as member, ${measured}`,
          within(extract.spans![span]!),
          "group by 1 order by 1"
        );
        const told = rows
          .filter((row) => row[at])
          .map((row) => [String(row[0]), ...measuredOf(row[at] as Values)])
          .sort();
        expect(told).toEqual(expected.map((row) => [row.member, ...names.map((one) => cents(row[one]))]));
      }
    }
  );

  test("has gold's months, and those of its products that lead in any measure", async () => {
    const expected = await asked(
      `date_trunc('month', order_date)::date::varchar as member, ${measured}`,
      `order_date between date_trunc('month', date '${extract.spans!.current!.to}') - interval 25 months
        and date '${extract.spans!.current!.to}'`,
      "group by 1 order by 1"
    );
    expect(extract.months.map(([month, ...values]) => [month, ...measuredOf(values)])).toEqual(
      expected.map((row) => [row.member, ...names.map((one) => cents(row[one]))])
    );
    const {count, rows} = extract.dimensions.product_name!;
    for (const name of names) {
      const leaders = await asked(
        `coalesce(product_name, 'n/a') as member, ${measured}`,
        within(extract.spans!.current!),
        `group by 1 order by ${name} desc limit 7`
      );
      const least = Math.min(...leaders.map((row) => row[name]));
      const ahead = rows.filter((row) => measuredOf(row[1] as Values)[names.indexOf(name)]! >= cents(least));
      expect(ahead.length).toBeGreaterThanOrEqual(7);
    }
    expect(rows.length).toBeLessThanOrEqual(count);
  });

  test("is small", () => {
    expect(gzipSync(readFileSync(builtFile("explore"))).length).toBeLessThan(80_000);
  });
});

describe("the address", () => {
  const figures = ["12m", "all"].map((period) => ({
    ...{period, label: period, span: "current"},
    ...{starts_on: "2013-01-01", ends_on: "2013-12-31"}
  }));
  const context = {definitions, figures, first: "2011-01-01"};
  const member = fc.oneof(fc.string({unit: "binary"}), fc.constant(null));

  test("holds every filter, null and any text among them", () => {
    const filters = fc.dictionary(
      fc.constantFrom("country", "category", "product_name"),
      fc.uniqueArray(member, {minLength: 1, maxLength: 4})
    );
    fc.assert(
      fc.property(filters, fc.constantFrom("margin", "orders"), (filters, measure) => {
        const question = {...readExplore("", context)!, filters, measure};
        const read = readExplore(searchOf(question), context)!;
        const sorted = (all: Record<string, (string | null)[]>) =>
          Object.entries(all)
            .map(([name, members]) => [name, members.map((one) => JSON.stringify(well(one))).sort()])
            .sort();
        expect(sorted(read.filters as typeof filters)).toEqual(sorted(filters));
        expect(read.measure).toBe(measure);
      }),
      {numRuns: 100}
    );
  });
  // an address carries no half of a surrogate pair
  const well = (text: string | null) => text && Buffer.from(text).toString();

  test("that names what is not there is as if it did not", () => {
    const started = readExplore("", context);
    for (const search of [
      "?measure=nonsense&by=nowhere&sort=size&grain=decade&rows=x&columns=y&open=z&cells=q&period=x",
      "?measure=__proto__&by=constructor&sort=toString",
      "?from=2013-99-01&to=x&land=Peru&none=land"
    ])
      expect(readExplore(search, context)).toEqual(started);
    fc.assert(fc.property(fc.string(), (search) => readExplore(search, context)!.measure === "revenue"));
  });
});

test("readings are folded under the measure they read", () => {
  const main = mainMeasures(definitions) as {measure: {name: string}; readings: {name: string}[]}[];
  const folded = Object.fromEntries(
    main.map(({measure, readings}) => [measure.name, readings.map(({name}) => name).sort()])
  );
  expect(folded).toMatchObject({
    revenue: ["revenue_as_reported"],
    orders: [],
    margin: ["margin_as_reported", "margin_today", "margin_today_as_reported"],
    cost: ["cost_today"]
  });
  const all = main.flatMap(({measure, readings}) => [measure, ...readings]).map(({name}) => name);
  expect(all.sort()).toEqual(definitions.measures.map(({name}) => name).sort());
});

const shownMeasures = (page: Page) =>
  page.$$eval("button.measure", (nodes) =>
    Object.fromEntries(
      nodes.map((node) => [(node as HTMLElement).dataset.figure!, (node as HTMLElement).dataset.value])
    )
  );
const boardOf = (page: Page, name: string) =>
  page.$$eval(`[data-board="${name}"] tbody tr[data-member]`, (rows) =>
    rows.map((row) => [(row as HTMLElement).dataset.member!, Number((row as HTMLElement).dataset.value)])
  );
const settled = (page: Page) =>
  page.waitForFunction(() => !document.querySelector(".is-asking, .skeleton, .is-stale, .is-waiting"));

async function opened<T>(path: string, work: (page: Page, window: Window) => Promise<T>): Promise<T> {
  const window = await openWindow(browser, built.url);
  const page = await window.open(path);
  await page.waitForSelector("[data-board] tbody tr");
  await settled(page);
  const result = await work(page, window);
  await window.close();
  return result;
}

describe("the page", () => {
  test("is painted without DuckDB, its figures gold's", async () => {
    await opened("/explore/", async (page, window) => {
      const [row] = await asked(measured, within(extract.spans!.current!));
      const shown = await shownMeasures(page);
      for (const name of names) expect([name, cents(Number(shown[name]))]).toEqual([name, cents(row![name])]);
      expect(Number(shown.average_order_value)).toBeCloseTo(row!.revenue / row!.orders, 6);
      expect(window.asked.filter((path) => /duckdb|[.]wasm/.test(path))).toEqual([]);
      expect(window.wrong).toEqual([]);
    });
  });

  test("filters by a click, adds by shift, and goes back; counts of customers are never sums", async () => {
    await opened("/explore/?measure=customers", async (page, window) => {
      const [[first], [second]] = (await boardOf(page, "country")) as [[string, number], [string, number]];
      await page.click(`[data-board=country] tr[data-member="${first}"] button`);
      await page.waitForSelector("[data-board=country] .is-chosen");
      await settled(page);
      await page.click(`[data-board=country] tr[data-member="${second}"] button`, {modifiers: ["Shift"]});
      await page.waitForSelector(`[data-board=country] tr[data-member="${second}"].is-chosen`);
      await settled(page);
      const where = `${within(extract.spans!.current!)} and country in ('${first}', '${second}')`;
      const [row] = await asked(measured, where);
      const shown = await shownMeasures(page);
      for (const name of names) expect([name, cents(Number(shown[name]))]).toEqual([name, cents(row![name])]);
      const expected = await asked(`coalesce(category, 'n/a') as member, ${measured}`, where, "group by 1");
      expect(Object.fromEntries(await boardOf(page, "category"))).toEqual(
        Object.fromEntries(expected.map(({member, customers}) => [member, customers]))
      );
      // the sum over categories is another number, and stands nowhere
      const sum = expected.reduce((all, {customers}) => all + customers, 0);
      expect(sum).toBeGreaterThan(row!.customers);
      const lines = await built.sql<{n: number}>(`select count(*)::int as n from ${star} where ${where}`);
      expect(await page.textContent(".chips-count")).toMatch(
        new RegExp(`^${lines[0]!.n.toLocaleString("en")} of `)
      );
      await page.goBack();
      await page.waitForFunction(
        () => document.querySelectorAll("[data-board=country] .is-chosen").length === 1
      );
      expect(window.wrong).toEqual([]);
    });
  });

  test("keeps both of two clicks of which the second comes before the first is answered", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/explore/");
    await page.waitForSelector("[data-board=category] tbody button");
    await page.evaluate(() => {
      for (const name of ["category", "country"])
        document.querySelector<HTMLElement>(`[data-board=${name}] tbody button`)!.click();
    });
    const asked = new URL(page.url()).searchParams;
    expect(["category", "country"].map((name) => asked.getAll(name).length)).toEqual([1, 1]);
    await page.waitForFunction(() => document.querySelectorAll(".chip").length >= 2);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("expands a dimension, searches and sorts it; others of a distinct count have no value", async () => {
    await opened("/explore/?measure=orders", async (page) => {
      expect((await page.textContent("[data-board=product_name] .board-others td"))?.trim()).toBe("");
      await page.click("#more-product_name");
      await page.waitForSelector("#seek-product_name");
      await settled(page);
      const expected = await asked(
        "coalesce(product_name, 'n/a') as member, count(distinct order_number)::double as orders",
        within(extract.spans!.current!),
        "group by 1"
      );
      const sold = (await boardOf(page, "product_name")).filter(([, value]) => (value as number) > 0);
      expect(Object.fromEntries(sold)).toEqual(
        Object.fromEntries(
          expected
            .sort((a, b) => b.orders - a.orders)
            .slice(0, 100)
            .map(({member, orders}) => [member, orders])
        )
      );
      const {member} = expected.at(-1)!;
      await page.fill("#seek-product_name", member.toUpperCase());
      await page.waitForFunction(
        (name) =>
          document.querySelector("[data-board=product_name] tbody tr")?.getAttribute("data-member") === name,
        member
      );
      await page.fill("#seek-product_name", "no such thing");
      await page.waitForFunction(() =>
        document.querySelector("[data-board=product_name] .board-foot")?.textContent?.startsWith("No member")
      );
      await page.click("#sort-category-change");
      await page.waitForSelector("[data-board=category] th[aria-sort=descending].is-change");
      await settled(page);
      const changes = await page.$$eval("[data-board=category] tbody tr[data-member]", (rows) =>
        rows.map(
          (row) => Number((row as HTMLElement).dataset.value) - Number((row as HTMLElement).dataset.base)
        )
      );
      expect(changes).toEqual(changes.toSorted((a, b) => b - a));
    });
  });

  test("crosses dimensions: cells and totals are asked, each for itself", async () => {
    const {current} = extract.spans!;
    await opened("/explore/?measure=customers&rows=category&columns=gender", async (page) => {
      await page.waitForSelector(".pivot-table tbody tr");
      const cells = await page.$$eval(".pivot-table tr", (rows) =>
        rows.slice(1).map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.dataset.value)))
      );
      const genders = await page.$$eval(".pivot-table thead tr:first-child th button", (nodes) =>
        nodes.map((node) => node.textContent!.trim())
      );
      const categories = await page.$$eval(".pivot-table tbody tr", (rows) =>
        rows.map((row) => (row as HTMLElement).dataset.member!)
      );
      const count = async (where: string) =>
        (await asked(measured, `${within(current!)} and ${where}`))[0]!.customers;
      const expected: number[][] = [];
      for (const category of [null, ...categories]) {
        const row: number[] = [];
        for (const gender of [null, ...genders])
          row.push(
            await count(
              `${category ? `coalesce(category, 'n/a') = '${category}'` : "true"} and
               ${gender ? `coalesce(gender, 'n/a') = '${gender}'` : "true"}`
            )
          );
        expected.push(row);
      }
      expect(cells).toEqual(expected);
    });
  });

  test("draws the members that lead over time, and the rest as gold has it", async () => {
    const {current} = extract.spans!;
    await opened("/explore/?measure=customers&by=product_name&over=time", async (page) => {
      await page.click("#break-out-table");
      await page.waitForSelector("[data-measure=customers] details[open] tr:nth-child(2)");
      const [head, newest] = await page.$$eval("[data-measure=customers] details[open] tr", (rows) =>
        rows.slice(0, 2).map((row) => [...row.children].map((cell) => cell.textContent!.trim()))
      );
      const named = head!.slice(1, -1).map((name) => `'${name.replaceAll("'", "''")}'`);
      const month = `${current!.to.slice(0, 7)}-01`;
      const [row] = await asked(
        measured,
        `${within({from: month, to: current!.to})} and product_name not in (${named.join(", ")})`
      );
      expect(head!.at(-1)).toMatch(/^\d+ other products$/);
      expect(Number(newest!.at(-1)!.replaceAll(",", ""))).toBe(row!.customers);
    });
  });
});

describe("it survives", () => {
  /** Opens the page with the built extract and definitions changed on the way. */
  async function changed(
    files: Record<string, unknown>,
    work: (page: Page, window: Window) => Promise<void>,
    {width = 1440, path = "/explore/", before = (_: Page) => Promise.resolve()} = {}
  ): Promise<void> {
    const window = await openWindow(browser, built.url, {width});
    const context = await window.open("/trust/lineage").then((page) => page.context());
    for (const [name, body] of Object.entries(files))
      await context.route(new RegExp(`/_file/data/${name}[.][0-9a-f]+[.]json`), (route) =>
        route.fulfill({json: body})
      );
    const page = await context.newPage();
    await before(page);
    await page.goto(built.url + path, {waitUntil: "networkidle"});
    await work(page, window);
    await window.close();
  }

  const lower = (values: Values | undefined) => values?.map((value) => value && -1e15 * value);

  test("hostile, long and right-to-left names, negative and huge amounts, 5,000 members", async () => {
    const [row] = extract.dimensions.country!.rows;
    const values = row!.slice(1) as (Values | undefined)[];
    const hostile = ["<img src=x onerror='window.hit=1'>", "x".repeat(10_000), "مبيعات التجزئة", null, ""];
    const rows = [
      ...hostile.map((member) => [member, ...values]),
      ["below", ...values.map((one) => lower(one ?? undefined))],
      ...Array.from({length: 5000}, (_, n) => [`member ${n}`, ...values])
    ];
    const country = {count: rows.length, rows};
    for (const width of [360, 1440])
      await changed(
        {explore: {...extract, dimensions: {...extract.dimensions, country}}},
        async (page, window) => {
          await page.waitForSelector("[data-board=country] tbody tr");
          expect(await page.$$eval("[data-board=country] tbody tr", (all) => all.length)).toBe(8);
          expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
          expect(
            await page.evaluate(() => "hit" in globalThis || document.querySelector("main img"))
          ).toBeFalsy();
          const began = Date.now();
          await page.click("#more-country");
          await page.fill("#seek-country", "member 4999");
          await page.waitForFunction(
            () => document.querySelectorAll("[data-board=country] tbody tr").length === 1
          );
          expect(Date.now() - began).toBeLessThan(10_000);
          expect(window.wrong).toEqual([]);
        },
        {width}
      );
  });

  test("a shop without dated sales", async () => {
    await changed(
      {explore: {period: "12m", measures: [], spans: null}, figures: []},
      async (page, window) => {
        await page.waitForSelector("text=No dated sales yet");
        expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
        expect(window.wrong).toEqual([]);
      }
    );
  });

  test("WebAssembly off: the first paint stays, and a filter says what is missing", async () => {
    const before = async (page: Page) => void (await page.addInitScript("delete globalThis.WebAssembly"));
    await changed(
      {},
      async (page) => {
        await page.click("[data-board=country] tbody button");
        await page.waitForSelector("[role=alert] >> text=needs WebAssembly");
        expect(await page.$$eval("[data-board=country] tbody tr", (all) => all.length)).toBeGreaterThan(2);
        expect((await faultsOf(page)).errors).toBe(0);
      },
      {before}
    );
  });

  test("an address that filters all away", async () => {
    await changed(
      {},
      async (page, window) => {
        await page.waitForSelector("text=No sales line is left");
        await settled(page);
        expect((await shownMeasures(page)).revenue).toBe("");
        expect(await page.textContent("#measure-revenue .measure-value")).toBe("n/a");
        expect(await page.textContent(".explore")).not.toMatch(/NaN|Infinity|undefined|null/);
        expect(window.wrong).toEqual([]);
      },
      {path: "/explore/?country=Atlantis'--&measure=average_order_value"}
    );
  });

  test("a measure and a dimension added to dbt's YAML are there without an edit", async () => {
    const project = copyProject(join(folder, "project"));
    const file = join(project, "dbt/models/semantic/sales.yml");
    const yaml = readFileSync(file, "utf8").replace(
      "    measures:\n",
      `      - {name: order_code, type: categorical, label: Order, description: "An order.", expr: order_number}\n    measures:\n      - {name: line_count, agg: count, expr: sale_key, description: "Lines."}\n      - {name: dearest, agg: max, expr: unit_price, description: "Dearest."}\n`
    )
      .concat(`  - {name: lines_sold, label: Lines sold, description: Lines sold., type: simple, type_params: {measure: line_count}, config: {meta: {format: integer}}}
  - {name: dearest_piece, label: Dearest piece, description: Highest price., type: simple, type_params: {measure: dearest}, config: {meta: {format: money, as_reported: dearest_piece}}}
  - {name: lines_per_order, label: Lines per order, description: Lines an order., type: ratio, type_params: {numerator: lines_sold, denominator: orders}, config: {meta: {format: money, as_reported: lines_per_order}}}
`);
    writeFileSync(file, yaml);
    const [explore, semantic] = await Promise.all(
      ["explore", "semantic"].map((name) => loaded(project, name))
    );
    const [row] = await built.sql<{lines: number; dearest: number; orders: number}>(
      `select count(*)::int as lines, max(unit_price)::double as dearest, count(distinct order_number)::int as orders
       from gold.fct_sales where ${within(extract.spans!.current!)}`
    );
    await changed({explore, semantic}, async (page, window) => {
      await page.waitForSelector("[data-board=order_code] tbody tr");
      const shown = await shownMeasures(page);
      expect(Number(shown.lines_sold)).toBe(row!.lines);
      expect(Number(shown.dearest_piece)).toBe(row!.dearest);
      expect(Number(shown.lines_per_order)).toBeCloseTo(row!.lines / row!.orders, 9);
      expect(await page.textContent("[data-board=order_code] .board-total th")).toMatch(
        /^\s*[\d,]+ orders\s*$/
      );
      // and asked of the browser's DuckDB, of one of so many members
      await page.click("#measure-lines_sold");
      await page.click("#more-order_code");
      await page.waitForSelector("#seek-order_code");
      await settled(page);
      await page.click("[data-board=order_code] tbody button");
      await page.waitForSelector("[data-board=order_code] .is-chosen");
      await settled(page);
      const chosen = (await page.getAttribute("[data-board=order_code] .is-chosen", "data-member"))!;
      const [one] = await built.sql<{lines: number}>(
        `select count(*)::int as lines from gold.fct_sales where ${within(extract.spans!.current!)} and order_number = '${chosen}'`
      );
      expect(Number((await shownMeasures(page)).lines_sold)).toBe(one!.lines);
      expect(window.wrong).toEqual([]);
    });
  });
});

/** What a loader of a project prints. */
function loaded(project: string, name: string): Promise<unknown> {
  const {PATH = "", HOME = ""} = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", `loaders/${name}.json.ts`], {
    cwd: project,
    env: {PATH, HOME, ...built.environment},
    stdio: ["ignore", "pipe", "inherit"]
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  return new Promise((resolve, reject) =>
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${name}: exit ${code}`))
    )
  );
}
