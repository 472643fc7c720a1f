import {spawn} from "node:child_process";
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import fc from "fast-check";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, inject, test} from "vitest";
import {addressOf, charts, grains, readAddress} from "../../src/components/builder-address.js";
import {examplesOf} from "../../src/components/builder-examples.js";
import {pageFiles} from "../../src/components/builder-page.js";
import {completeness, baseOf, readPeriod} from "../../src/components/builder-period.js";
import {type Asked, measuresOf, type Offered, planOf} from "../../src/components/builder-plan.ts";
import {answerRows} from "../../src/components/builder-rows.js";
import {sentenceOf} from "../../src/components/builder-words.js";
import {readConfig} from "../config.ts";
import {query, run, withEngine} from "../engine/duckdb.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {openBrowser, serveFolder} from "./browser.ts";
import {type Built, extractOf, openBuilt} from "./built.ts";
import {knowVersions} from "../5-site/offline.ts";
import {copyProject} from "./project.ts";
import {faultsOf, openWindow, type Window} from "./site.ts";

/* Questions without SQL: their address, their answers against SQL of its own, the page made of one. */

const definitions = readDefinitions(readConfig({}).root);
const [, ...named] = definitions.dimensions.map(({name}) => name);
const preset = (period: string, label: string, from: string, to: string) => ({
  period,
  label,
  starts_on: from,
  ends_on: to,
  previous_starts_on: null,
  previous_ends_on: null
});
const offered: Offered = {
  first: "2010-12-29",
  through: "2014-01-28",
  periods: [
    preset("12m", "Last 12 months", "2013-01-29", "2014-01-28"),
    preset("all", "All", "2010-12-29", "2014-01-28")
  ],
  members: {
    country: {count: 3, listed: ["United States", "France", "other"].map((member) => ({member, lines: 9}))},
    category: {count: 40, listed: [{member: "Bikes", lines: 9}]}
  }
};
const context = {definitions, offered};
const read = (search: string) => readAddress(search, context);

describe("the address of a question", () => {
  const asked = fc.record({
    measures: fc.uniqueArray(fc.constantFrom(...definitions.measures.map(({name}) => name)), {
      minLength: 1,
      maxLength: 4
    }),
    by: fc.uniqueArray(fc.constantFrom(...named), {maxLength: 2}),
    grain: fc.option(fc.constantFrom(...grains)),
    filters: fc
      .dictionary(
        fc.constantFrom(...named),
        fc.uniqueArray(fc.string({unit: "binary"}), {minLength: 1, maxLength: 5})
      )
      .chain((filters) =>
        fc.constantFrom(
          filters,
          Object.fromEntries(Object.entries(filters).map(([name, members]) => [name, [...members, null]]))
        )
      ),
    period: fc.constantFrom("12m", "all", "2013", "2012-Q3", "2013-05", "2012-02-29..2013-01-01"),
    vs: fc.option(fc.constantFrom("last_year", "previous")),
    top: fc.option(fc.oneof(fc.integer({min: 1, max: 500}), fc.constant("all"))),
    isPivoted: fc.boolean(),
    chart: fc.option(fc.constantFrom(...charts))
  });

  test("reads back as the question, whatever its members are", () =>
    fc.assert(
      fc.property(asked, (question) => {
        expect(read(addressOf(question))).toEqual({asked: question, dropped: []});
        expect(planOf(question as unknown as Asked, context).sql).toContain("from marts.sales");
      }),
      {numRuns: 300}
    ));

  test("is answered however broken it is", () => {
    const keys = fc.constantFrom(
      "measure",
      "by",
      "each",
      "period",
      "vs",
      "top",
      "pivot",
      "chart",
      "missing",
      "is.country",
      "is.x",
      "x"
    );
    const values = fc.oneof(
      fc.string({unit: "binary"}),
      fc.constantFrom(
        "revenue",
        "country",
        "order_date",
        "__proto__",
        "constructor",
        "9999",
        "0000",
        "2013-02-30..2013-03-01"
      )
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), {minLength: 1}), (pairs) => {
        const {asked} = read(`?${new URLSearchParams(pairs)}`);
        const plan = planOf(asked as unknown as Asked, context);
        expect(sentenceOf(plan, definitions)).toMatch(/./);
        expect(read(addressOf(asked!)).dropped).toEqual([]);
      }),
      {numRuns: 300}
    );
  });

  test("says what it leaves out", () => {
    expect(
      read(
        "?measure=revenue,profit&by=country,shoe&each=hour&is.shoe=1&period=2031&vs=x&top=-1&chart=pie&utm=<b>"
      ).dropped
    ).toEqual([
      "measure “profit” (there is none of this name)",
      "break-out “shoe” (there is no such dimension)",
      "grain “hour” (day, week, month, quarter, year can be asked)",
      "filter “shoe” (there is no such dimension)",
      "period “2031” (the data are from 2010-12-29 to 2014-01-28)",
      "comparison “x” (last_year, previous can be asked)",
      "top “-1” (a number from 1 to 500, or all)",
      "chart “pie” (figure, bars, ranked, lines, stacked, grouped, heat, table can be asked)",
      "“utm”"
    ]);
  });

  test("has the days that its period and comparison mean", () => {
    const days = (key: string, vs: string, grain: string | null = null) => {
      const period = readPeriod(key, offered)!;
      const {base, label} = baseOf(period, vs, grain, offered);
      return [`${period.from}..${period.to}`, base && `${base.from}..${base.to}`, label];
    };
    expect(days("2013", "previous")).toEqual(["2013-01-01..2013-12-31", "2012-01-01..2012-12-31", "2012"]);
    expect(days("2014", "last_year")).toEqual([
      "2014-01-01..2014-01-28",
      "2013-01-01..2013-01-28",
      "the same days of 2013"
    ]);
    expect(days("2014-01", "previous")).toEqual([
      "2014-01-01..2014-01-28",
      "2013-12-01..2013-12-28",
      "the same days of Dec 2013"
    ]);
    expect(days("2013-Q1", "previous")).toEqual([
      "2013-01-01..2013-03-31",
      "2012-10-01..2012-12-31",
      "Q4 2012"
    ]);
    expect(days("2013-02", "last_year")).toEqual([
      "2013-02-01..2013-02-28",
      "2012-02-01..2012-02-29",
      "Feb 2012"
    ]);
    expect(days("2013-05", "last_year", "week")).toEqual([
      "2013-05-01..2013-05-31",
      "2012-05-02..2012-06-01",
      "52 weeks before"
    ]);
    expect(days("2011", "last_year")).toEqual(["2011-01-01..2011-12-31", null, "the data begin 29 Dec 2010"]);
    expect(days("all", "previous")).toEqual(["2010-12-29..2014-01-28", null, "nothing lies before all days"]);
  });

  test("says whether its period is complete", () => {
    const said = (key: string) => completeness(readPeriod(key, offered)!);
    expect(said("2014-01")).toEqual({
      isComplete: false,
      question: "Is Jan 2014 complete?",
      answer: "No: data through 28 Jan 2014, 3 days are missing"
    });
    expect(said("2013-02")).toEqual({
      isComplete: true,
      question: "Is Feb 2013 complete?",
      answer: "Yes: the data hold all of its 28 days"
    });
    expect(["2010", "2014-Q1", "2013-12-01..2014-01-29"].map((key) => said(key)!.answer)).toEqual([
      "No: the data begin 29 Dec 2010, 362 days are missing before",
      "No: data through 28 Jan 2014, 62 days are missing",
      "No: data through 28 Jan 2014, 1 day is missing"
    ]);
    expect(["all", "12m", "2013-12-01..2014-01-28"].map(said)).toEqual([null, null, null]);
  });

  test("reads as a sentence", () => {
    const said = (search: string) =>
      sentenceOf(planOf(read(search).asked as unknown as Asked, context), definitions);
    expect(said("?measure=revenue&by=country&period=2013&vs=last_year")).toBe(
      "Revenue by country in 2013, compared with 2012"
    );
    expect(
      said(
        "?measure=revenue+orders&by=category&each=month&is.country=France&is.country=Spain&period=all&top=3"
      )
    ).toBe(
      "Revenue and orders each month by category (top 3 and others) where country is France or Spain over all days"
    );
  });
});

describe("an answer adds up, row by row", () => {
  type Row = Record<"keys" | "values", unknown[]> & {before: unknown[] | null};

  /** What the browser asks, of lines written out: `[order_date, country, sales_amount]`. */
  async function answerOf(search: string, lines: [string, string | null, number][]) {
    const {asked} = read(search);
    const plan = planOf(asked as unknown as Asked, context);
    return withEngine("256MB", async ({connection}) => {
      const text = (value: string | null) => (value === null ? "null" : `'${value}'`);
      const values = lines.map(
        ([day, country, amount]) => `(date ${text(day)}, cast(${text(country)} as varchar), ${amount})`
      );
      await run(
        connection,
        `create schema marts; create table marts.sales as
         select * from (values ${values.join(", ")}) as lines (order_date, country, sales_amount)`
      );
      const rowsOf = async (sql: string | null) =>
        sql === null ? [] : query<Record<string, unknown>>(connection, sql);
      const answer = answerRows(plan, measuresOf(plan.asked, definitions), {
        current: await rowsOf(plan.sql),
        base: await rowsOf(plan.baseSql),
        total: (await rowsOf(plan.totalSql))[0],
        baseTotal: (await rowsOf(plan.baseTotalSql))[0]
      });
      return {
        rows: (answer.rows as Row[]).map(({keys, values, before}) => [...keys, ...values, ...(before ?? [])]),
        total: [answer.total, answer.baseTotal]
      };
    });
  }

  test("29 February of the year before, which no day is compared with, has a row of its own", async () => {
    const lines: [string, string, number][] = [
      ["2012-02-28", "France", 10],
      ["2012-02-29", "France", 20],
      ["2012-03-01", "France", 40],
      ["2013-02-28", "France", 1],
      ["2013-03-02", "France", 2]
    ];
    expect(await answerOf("?measure=revenue&each=day&period=2013&vs=last_year", lines)).toEqual({
      rows: [
        ["2013-02-28", 1, 10],
        ["2013-03-02", 2, 0],
        ["2012-02-29", null, 20],
        ["2013-03-01", 0, 40]
      ],
      total: [[3], [70]]
    });
  });

  test("29 February of this year is compared with no day, not with the 28th again", async () => {
    const lines: [string, string, number][] = [
      ["2011-02-28", "France", 10],
      ["2012-02-28", "France", 1],
      ["2012-02-29", "France", 2]
    ];
    expect(await answerOf("?measure=revenue&each=day&period=2012-02&vs=last_year", lines)).toEqual({
      rows: [
        ["2012-02-28", 1, 10],
        ["2012-02-29", 2, null]
      ],
      total: [[3], [10]]
    });
  });

  test("a longer month before keeps the days that the shorter one has not", async () => {
    const lines: [string, string, number][] = [
      ["2013-01-28", "France", 10],
      ["2013-01-31", "France", 20],
      ["2013-02-28", "France", 1]
    ];
    expect(await answerOf("?measure=revenue&each=day&period=2013-02&vs=previous", lines)).toEqual({
      rows: [
        ["2013-02-28", 1, 10],
        ["2013-01-31", null, 20]
      ],
      total: [[1], [30]]
    });
  });

  test("lines without a value are a member of their own beside the top and the others", async () => {
    const lines: [string, string | null, number][] = [
      ["2013-01-01", "United States", 100],
      ["2013-01-01", "France", 50],
      ["2013-01-01", "Spain", 7],
      ["2013-01-01", "other", 5],
      ["2013-01-01", null, 3]
    ];
    expect(await answerOf("?measure=revenue&by=country&period=2013&top=2", lines)).toEqual({
      rows: [
        ["France", 50],
        ["United States", 100],
        ["all other", 12],
        [null, 3]
      ],
      total: [[165], null]
    });
    expect(
      await answerOf("?measure=revenue&by=country&period=2013&top=2&missing=country&is.country=Spain", lines)
    ).toEqual({
      rows: [
        ["Spain", 7],
        [null, 3]
      ],
      total: [[10], null]
    });
  });
});

let built: Built;
let browser: Browser;
let window: Window;
beforeAll(async () => {
  built = await openBuilt();
  browser = await openBrowser();
  window = await openWindow(browser, built.url);
});
afterAll(async () => {
  await window?.close();
  await browser?.close();
  await built?.close();
});

const answered = (page: Page) => page.waitForSelector(".builder-answer-slot[aria-busy=false] .card h2");

async function open(search: string): Promise<Page> {
  const page = await window.open(`/explore/question${search}`);
  await answered(page);
  return page;
}

/** The rows of the answer's table, numbers as numbers. */
async function tableOf(page: Page): Promise<(string | number | null)[][]> {
  const rows = await page
    .locator("table.result tbody tr")
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll("td:not(.ask)")].map((cell) => [cell.className, cell.textContent!.trim()])
      )
    );
  return rows.map((row) =>
    row.map(([kind, text]) =>
      text === "∅" || (kind!.includes("number") && text === "n/a")
        ? null
        : kind!.includes("number")
          ? Number(text!.replaceAll(",", "").replace("−", "-"))
          : text!
    )
  );
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const byText = (a: unknown[], b: unknown[]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const rounded = (rows: (string | number | null)[][]) =>
  rows
    .map((row) => row.map((value) => (typeof value === "number" ? Math.round(value * 100) / 100 : value)))
    .sort(byText);

/** What plain SQL over the release answers, with `lines` as the star joined by hand. */
async function expected(select: string) {
  const rows = await built.sql<Record<string, string | number | null>>(`
    with lines as (
      select f.*, order_date, coalesce(country, 'n/a') as country, coalesce(category, 'n/a') as category,
        coalesce(product_name, 'n/a') as product_name, coalesce(dayname(order_date), 'n/a') as weekday
      from gold.fct_sales as f
      left join gold.dim_customers using (customer_key)
      left join gold.dim_products as p on p.product_key = f.current_product_key
    )
    ${select}`);
  return rounded(rows.map((row) => Object.values(row)));
}

describe("answers equal SQL of its own over the star", () => {
  const year = "year(order_date) = 2025";
  const before = "year(order_date) = 2024";
  const sum = (column: string, where = "true") =>
    `coalesce(sum(${column}) filter (where ${where}), 0)::double`;
  let country: string;
  let category: string;
  beforeAll(async () => {
    const [row] = await built.sql<{country: string; category: string}>(`select
      (select country from gold.dim_customers where country is not null group by 1 order by count(*) desc limit 1) as country,
      (select category from gold.dim_products where category is not null group by 1 order by count(*) desc, 1 limit 1) as category`);
    ({country, category} = row!);
  });

  const cases: Record<string, [() => string, () => string]> = {
    "every kind of measure": [
      () => "measure=revenue+orders+customers+margin_rate&by=category&period=2025",
      () => `select category, sum(sales_amount)::double as a, count(distinct order_number)::double as b,
        count(distinct customer_key)::double as c, 100 * sum(sales_amount - cost_amount)::double / sum(sales_amount)::double as d
        from lines where ${year} group by 1`
    ],
    filters: [
      () =>
        `measure=revenue+average_order_value&by=category&period=2025&is.country=${encodeURIComponent(country)}`,
      () => `select category, sum(sales_amount)::double as a, sum(sales_amount)::double / count(distinct order_number) as b
        from lines where ${year} and country = ${literal(country)} group by 1`
    ],
    "two break-outs": [
      () =>
        `measure=quantity&by=country+weekday&period=2025&top=all&is.country=${encodeURIComponent(country)}`,
      () => `select country, weekday, sum(quantity)::double as a from lines
        where ${year} and country = ${literal(country)} group by 1, 2`
    ],
    "a grain": [
      () => "measure=orders&each=quarter&period=2025",
      () => `select date_trunc('quarter', order_date)::date::varchar as k, count(distinct order_number)::double as a
        from lines where ${year} group by 1`
    ],
    "a grain with a break-out": [
      () => "measure=cost&each=month&by=category&period=2025-Q2",
      () => `select date_trunc('month', order_date)::date::varchar as k, category, sum(cost_amount)::double as a
        from lines where order_date between '2025-04-01' and '2025-06-30' group by 1, 2`
    ],
    "a comparison with last year": [
      () => "measure=revenue&by=country&period=2025&vs=last_year",
      () => `select country, ${sum("sales_amount", year)} as a, ${sum("sales_amount", before)} as b,
        ${sum("sales_amount", year)} - ${sum("sales_amount", before)} as c
        from lines where ${year} or ${before} group by 1`
    ],
    "a comparison by month": [
      () => "measure=revenue&each=month&period=2025&vs=last_year",
      () => `select make_date(2025, month(order_date), 1)::varchar as k, ${sum("sales_amount", year)} as a,
        ${sum("sales_amount", before)} as b, ${sum("sales_amount", year)} - ${sum("sales_amount", before)} as c
        from lines where ${year} or ${before} group by 1`
    ],
    "the top and the others, which no sum gives": [
      () => "measure=customers+revenue&by=product_name&period=2025&top=3",
      () => `, tops as (select product_name from lines where ${year} group by 1
          order by count(distinct customer_key) desc, product_name limit 3)
        select case when product_name in (from tops) then product_name else 'other' end as k,
        count(distinct customer_key)::double as a, sum(sales_amount)::double as b from lines where ${year} group by 1`
    ],
    "the top against last year": [
      () => "measure=orders&by=product_name&period=2025&top=2&vs=last_year",
      () => `, tops as (select product_name from lines where ${year} group by 1
          order by count(distinct order_number) desc, product_name limit 2)
        select case when product_name in (from tops) then product_name else 'other' end as k,
        (count(distinct order_number) filter (where ${year}))::double as a,
        (count(distinct order_number) filter (where ${before}))::double as b,
        (count(distinct order_number) filter (where ${year}) - count(distinct order_number) filter (where ${before}))::double as c
        from lines where ${year} or ${before} group by 1`
    ],
    "a pivot": [
      () =>
        `measure=revenue&by=category+weekday&period=2025&pivot=yes&is.category=${encodeURIComponent(category)}`,
      () => `pivot (select category, weekday, sales_amount from lines where ${year} and category = ${literal(category)})
        on weekday in ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')
        using sum(sales_amount)::double group by category`
    ],
    "chosen days against those before": [
      () => "measure=revenue&period=2025-03-01..2025-03-10&vs=previous",
      () => `select ${sum("sales_amount", "order_date >= '2025-03-01'")} as a, ${sum("sales_amount", "order_date < '2025-03-01'")} as b,
        ${sum("sales_amount", "order_date >= '2025-03-01'")} - ${sum("sales_amount", "order_date < '2025-03-01'")} as c
        from lines where order_date between '2025-02-19' and '2025-03-10'`
    ]
  };

  for (const [name, [search, sql]] of Object.entries(cases))
    test(name, async () => {
      const page = await open(`?${search()}&chart=table`);
      const rows = rounded(await tableOf(page));
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(await expected(sql()));
      await page.close();
    });

  /** The answer to whether the month that the data end in is complete, by the days of gold. */
  async function isComplete() {
    const [{missing, orders}] = (await built.sql<{missing: number; orders: string}>(`
      with ends as (select max(data_through) as day from assay.data_through)
      select (last_day(day) - day)::integer as missing, (
        select count(distinct order_number)::varchar from gold.fct_sales
        where order_date between date_trunc('month', day) and day
      ) as orders from ends`)) as [{missing: number; orders: string}];
    const [start, whole] = missing
      ? [`No: data through .+, ${missing} days? (is|are) missing`, "so far"]
      : ["Yes: the data hold all of its \\d+ days", "in all"];
    return expect.stringMatching(new RegExp(`^\\s*${start}\\.\\s+Orders\\s+${orders}\\s+${whole}`)) as string;
  }

  test("every example of this shop, and its whole is gold's", async () => {
    const page = await open("");
    const links = page.locator(".builder-examples li:not(.is-sql) a");
    expect(await links.count()).toBe(8);
    const texts = await links.allTextContents();
    for (const [index, text] of texts.entries()) {
      const address = await links.nth(index).getAttribute("href");
      await links.nth(index).click();
      await page.waitForFunction(
        (search) => location.search === search,
        new URL(address!, page.url()).search
      );
      await answered(page);
      await page.waitForSelector(".builder-card svg, .heat-table td");
      if (text.endsWith("complete? Orders by day"))
        expect([text, await page.textContent(".builder-card .sentence")]).toEqual([text, await isComplete()]);
      expect([text, await faultsOf(page)]).toEqual([text, {overflow: 0, errors: 0}]);
      expect([text, await page.locator(".builder-card svg, .heat-table td").count()]).not.toEqual([text, 0]);
    }
    // the site was built with these answers; the browser's DuckDB, once it is there, gives the same
    await page.goto(`${built.url}/explore/question?measure=revenue&by=country`);
    await answered(page);
    const {answers} = extractOf<Required<Offered>>(built, "question");
    expect(Object.keys(answers).length).toBeGreaterThan(8);
    for (const [sql, rows] of Object.entries(answers))
      expect([sql, await askedAnew(page, sql)]).toEqual([sql, rows]);
    await links.nth(0).click();
    await answered(page);
    const [{all}] = (await built.sql<{all: number}>(
      "select sum(sales_amount)::double as all from gold.fct_sales where year(order_date) = 2025"
    )) as [{all: number}];
    expect(await page.textContent(".builder-card h2")).toBe("Revenue each month in 2025, compared with 2024");
    expect(await page.getAttribute("[data-total=revenue]", "data-tip")).toBe(
      `${all.toLocaleString("en", {minimumFractionDigits: 2, maximumFractionDigits: 2}).replace(".00", "")}`
    );
    await page.close();
  });
});

/** What the page's own DuckDB answers. */
const askedAnew = (page: Page, sql: string) =>
  page.evaluate(`(async () => {
    const names = performance.getEntriesByType("resource").map(({name}) => name);
    const {openDatabase} = await import(names.find((name) => name.includes("/components/database.")));
    const {columns, rows} = await (await openDatabase()).run(${JSON.stringify(sql)});
    return rows.map((row) => Object.fromEntries(columns.map(({name}, n) => [name, row[n]])));
  })()`);

describe("the page", () => {
  test("shows its first answer without DuckDB, and asks it for another question", async () => {
    const own = await openWindow(browser, built.url);
    const page = await own.open("/explore/question");
    await answered(page);
    expect(own.asked.filter((path) => /\.duckdb|\.wasm/.test(path))).toEqual([]);
    await page.goto(`${built.url}/explore/question?measure=revenue&by=country`);
    await answered(page);
    expect(own.asked.filter((path) => /\.duckdb/.test(path))).not.toEqual([]);
    await own.close();
  });

  test("is asked with the keyboard alone, and back undoes", async () => {
    const page = await open("?measure=revenue&period=2025");
    await page.focus("#chip-measure");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("chip-by-0");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.search === "?measure=revenue&by=country&period=2025");
    await page.waitForSelector(".builder-card[data-chart=ranked] svg");
    await page.waitForFunction(() => document.activeElement?.id === "chip-by-0");
    await page.focus("#chip-filter");
    await page.keyboard.press("Enter");
    await page.keyboard.type(" ");
    await page.waitForSelector(".menu-panel input[type=search]:focus");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    const chosen = await page.locator(".menu-check:has(input:checked) span").textContent();
    await page.focus(".menu-foot .primary");
    await page.keyboard.press("Enter");
    await page.waitForSelector(`.builder-card h2:text-matches("where country is|where .* is ${chosen}")`);
    await page.goBack();
    await page.waitForFunction(() => location.search === "?measure=revenue&by=country&period=2025");
    await page.waitForSelector(".builder-card h2:text-is('Revenue by country in 2025')");
    await page.goBack();
    await page.waitForSelector(".builder-card h2:text-is('Revenue in 2025')");
    await page.close();
  });

  test("asks about a mark, and filters and breaks out in place", async () => {
    const page = await open("?measure=revenue&by=country&period=2025");
    const [largest] = await built.sql<{
      country: string;
      revenue: string;
    }>(`select country, sum(sales_amount)::varchar as revenue
      from marts.sales where year(order_date) = 2025 group by 1 order by sum(sales_amount) desc limit 1`);
    const {country, revenue} = largest!;
    const menu = (name: string) =>
      page.getByRole("menuitem", {name, exact: name !== "Why this number?"}).click();

    await page.click(".builder-card .sentence .why-button");
    expect(await page.getByRole("menuitem", {name: "Filter by this"}).count()).toBe(0);
    await menu("Break out by…");
    await menu("Category");
    await page.waitForFunction(() => location.search === "?measure=revenue&by=category&period=2025");
    await page.goBack();
    await page.waitForSelector(".builder-card h2:text-is('Revenue by country in 2025')");

    await page.locator(".builder-card svg").click({position: {x: 200, y: 44}});
    await menu("Why this number?");
    const gold = await page.getAttribute(".why-steps [data-step=gold]", "data-revenue");
    expect(gold).toBe(revenue);
    await page.keyboard.press("Escape");

    await page.click(".builder-card .card-table summary");
    await page.locator("table.result tbody tr").first().locator(".why-button").focus();
    await page.keyboard.press("Enter");
    await menu("Filter by this");
    const search = `?${new URLSearchParams({measure: "revenue", "is.country": country, period: "2025"})}`;
    await page.waitForFunction((address) => location.search === address, search);
    await page.waitForSelector(".builder-card[data-chart=figure]");
    expect(Number(await page.getAttribute("[data-figure=revenue]", "data-value"))).toBe(Number(revenue));
    await page.close();
  });

  test("zooms into a bucket of time that is filtered by", async () => {
    const page = await open("?measure=orders&each=month&period=2025");
    await page.locator(".builder-card svg").click({button: "right", position: {x: 100, y: 200}});
    await page.getByRole("menuitem", {name: "Filter by this"}).click();
    await page.waitForSelector(".builder-card h2:text-is('Orders each day in Jan 2025')");
    expect(await page.evaluate(() => location.search)).toBe("?measure=orders&each=day&period=2025-01");
    await page.close();
  });

  test("names what it drops, and the filter to remove", async () => {
    const hostile = `<img src=x onerror="alert(1)">${"x".repeat(9000)}`;
    // of its own: in another one requests are aborted by pages that were left
    const own = await openWindow(browser, built.url);
    const search = new URLSearchParams({measure: "sense", "is.country": hostile, by: "category"});
    const page = await own.open(`/explore/question?${search}`);
    await answered(page);
    expect(await page.textContent(".builder-note")).toBe(
      "Left out of the address: measure “sense” (there is none of this name)."
    );
    expect(await page.textContent(".builder-answer h2")).toBe("No sales line is left");
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    await page.click("text=Remove the filter Country");
    await page.waitForSelector(".builder-card svg");
    expect(own.wrong).toEqual([]);
    await own.close();
  });

  test("lets a slow answer be cancelled and asked again", async () => {
    const own = await openWindow(browser, built.url);
    const page = await own.open("/explore/sql");
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/shop\..*duckdb/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${built.url}/explore/question?measure=orders&period=2025`, {waitUntil: "commit"});
    await page.click(".builder-status button:text-is('Cancel')");
    await page.waitForSelector("h2:text-is('Cancelled')");
    release();
    await page.click("text=Ask again");
    await page.waitForSelector("[data-figure=orders]");
    await own.close();
  });

  test("says what is missing without WebAssembly, with its examples in place", async () => {
    const context = await browser.newContext();
    await context.addInitScript("delete globalThis.WebAssembly");
    const page = await context.newPage();
    await page.goto(`${built.url}/explore/question?measure=revenue&by=country`);
    await page.waitForSelector('h2:text-is("Failed while starting the browser\'s DuckDB")');
    expect(await page.textContent(".builder-answer .state p")).toContain("needs WebAssembly");
    expect(await page.locator(".builder-examples li:not(.is-sql) a").count()).toBe(8);
    await context.close();
  });
});

describe("copied as a page", () => {
  let folder: string;
  let project: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-question-"));
    project = copyProject(join(folder, "project"));
    cpSync(join(readConfig({}).root, "pipelines/test"), join(project, "pipelines/test"), {recursive: true});
    for (const page of readdirSync(join(project, "src"), {recursive: true, encoding: "utf8"}))
      if (page.endsWith(".md")) rmSync(join(project, "src", page));
  });
  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  const ended = (bin: string, args: string[]) =>
    new Promise<string>((resolve, reject) => {
      const {PATH = "", HOME = ""} = process.env;
      const env = {PATH, HOME, ...built.environment, OBSERVABLE_TELEMETRY_DISABLE: "true"};
      const child = spawn(join(project, "node_modules/.bin", bin), args, {cwd: project, env});
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (text) => (output += String(text)));
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
    });

  test("its three files build a page with the same numbers, and its test passes", async () => {
    const page = await open("?measure=revenue+customers&by=product_name&period=12m&vs=last_year&top=4");
    const whole = await page.getAttribute("[data-total=revenue]", "data-tip");
    await page.click("#copy-as-page");
    await page.fill("#page-name", "best-products");
    const shown = await page
      .locator(".builder-files section")
      .evaluateAll((all) =>
        all.map((one) => ({path: one.dataset.path!, text: one.querySelector("pre")!.textContent!}))
      );
    expect(shown.map(({path}) => path)).toEqual([
      "src/dashboards/best-products.md",
      "loaders/best_products.json.sql",
      "pipelines/test/best-products.test.ts"
    ]);
    await page.close();
    const hostile =
      "?measure=average_order_value&each=week&by=country&is.country=a`b${c}</script>'%0A&is.country=n/a&period=2025-Q3&vs=last_year";
    const asked = read(hostile).asked ?? read("?period=all").asked;
    const plan = planOf({...asked!, period: "2025-07-01..2025-09-30"} as unknown as Asked, {
      definitions,
      offered: {...offered, first: "2023-01-01", through: "2026-06-30"}
    });
    for (const {path, text} of [...shown, ...pageFiles("odd-names", plan, definitions)]) {
      mkdirSync(dirname(join(project, path)), {recursive: true});
      writeFileSync(join(project, path), text);
    }
    const config = join(project, "observablehq.config.ts");
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(/ {2}pages: \[[^]*?\n {2}\],\n/, "  pages: [],\n")
    );
    await knowVersions(project);
    await ended("observable", ["build"]);
    const site = await serveFolder(join(project, "dist"));
    const own = await openWindow(browser, site.url);
    for (const name of ["best-products", "odd-names"]) {
      const made = await own.open(`/dashboards/${name}`);
      await made.waitForSelector(".builder-card svg");
      expect([name, await faultsOf(made)]).toEqual([name, {overflow: 0, errors: 0}]);
      if (name === "best-products")
        expect(await made.getAttribute("[data-total=revenue]", "data-tip")).toBe(whole);
    }
    expect(own.wrong).toEqual([]);
    await own.close();
    await site.close();
    writeFileSync(
      join(project, "vitest.config.ts"),
      `export default {test: {provide: ${JSON.stringify({shared: inject("shared"), warehouse: inject("warehouse"), dbt: inject("dbt")})}}};`
    );
    expect(await ended("vitest", ["run", "best-products", "odd-names"])).toContain("2 passed");
  });

  test("its files are formatted TypeScript and SQL that DuckDB reads", () => {
    const examples = examplesOf(context);
    expect(examples.length).toBe(8);
    expect(readFileSync(join(project, "loaders/best_products.json.sql"), "utf8")).toContain(
      "(select starts_on from marts.periods where period = '12m')"
    );
  });
});
