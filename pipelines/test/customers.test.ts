import {readFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {readConfig} from "../config.ts";
import {peersOf} from "../../src/components/customer-peers.js";
import {type Engine, openEngine, query, run} from "../engine/duckdb.ts";
import {openBrowser} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {shop} from "./shop.ts";
import {faultsOf, openWindow, type Window} from "./site.ts";
import {openWorld, type World} from "./world.ts";

/* Who buys and comes back: the extracts over a shop small enough to be counted by hand, and the pages over a built one. */

const {root} = readConfig({});
const loader = (name: string) => readFileSync(join(root, `loaders/customers_${name}.json.sql`), "utf8");
/** A cohort is told of few customers too. */
const curveSql = loader("curve").replace("where told.watched >= 30", "");

describe("a shop of five customers", () => {
  /*
   * Watched until 4 February 2025: one returns after 50 days, one after 100, one is watched for 200, one returns after 300,
   * one is watched for 400. The second order of the first day is no return; nor is what nobody or no day is known of.
   */
  const world: World = openWorld({
    ...shop,
    crm_cust_info: [1, 2, 3, 4, 5, 6].map((n) => `${n},AW${n},A,B,S,F,2024-01-01\n`).join(""),
    crm_sales_details: `
SO1,BIKE,1,20240101,20240107,20240112,100,1,100
SO2,BIKE,1,20240101,20240107,20240112,50,1,50
SO3,BIKE,1,20240410,20240417,20240422,10,1,10
SO4,BIKE,2,20240101,20240107,20240112,200,1,200
SO5,BIKE,2,20241027,20241030,20241101,20,1,20
SO6,BIKE,3,20240101,20240107,20240112,300,1,300
SO7,BIKE,4,20240719,20240727,20240730,400,1,400
SO8,BIKE,5,20241216,20241217,20241220,500,1,500
SO9,BIKE,5,20250204,20250207,20250212,5,1,5
SO10,BIKE,6,0,20250107,20250112,900,1,900
SO11,BIKE,99,20240102,20240107,20240112,900,1,900
`,
    erp_cust_az12: `
NASAW1,1985-02-04,Female
NASAW2,1985-02-05,Male
`
  });
  beforeAll(async () => void (await world.refresh()));
  afterAll(() => world.remove());

  type Point = {
    cohort: string;
    days: number;
    share: number;
    watched: number;
    returned: number;
    censored: number;
  };

  test("is estimated as Kaplan and Meier do", async () => {
    const points = await world.sql<Point>(curveSql);
    const at = (cohort: string, day: number) => {
      const {share, watched, returned, censored} = points.find(
        (one) => one.cohort === cohort && one.days === day
      )!;
      return [share, returned, censored, watched];
    };
    // 1 of 5 at 50, 1 of 4 at 100, 1 of 2 at 300: 4/5, 3/5, 3/10 are left
    expect([45, 50, 100, 195, 200, 295, 300, 400].map((day) => at("All", day))).toEqual([
      [0, 0, 0, 5],
      [0.2, 1, 0, 4],
      [0.4, 2, 0, 3],
      [0.4, 2, 0, 3],
      [0.4, 2, 1, 2],
      [0.4, 2, 1, 2],
      [0.7, 3, 1, 1],
      [0.7, 3, 2, 0]
    ]);
    expect(at("2024", 300)).toEqual(at("All", 300));
    const {margin} = points.find(({cohort, days}) => cohort === "All" && days === 300) as unknown as {
      margin: number;
    };
    expect(margin).toBeCloseTo(1.96 * 0.3 * Math.sqrt(1 / (5 * 4) + 1 / (4 * 3) + 1 / (2 * 1)), 5);
  });

  test("has return rates of those alone who were watched for the whole window", async () => {
    expect(
      await world.sql(
        `select days, span, customers, returned from (${loader("returns")}) where span in ('all', 'latest', 'before')`
      )
    ).toEqual([
      {days: 90, span: "all", customers: 4, returned: 0},
      {days: 90, span: "latest", customers: 4, returned: 0},
      {days: 180, span: "all", customers: 4, returned: 1},
      {days: 180, span: "latest", customers: 4, returned: 1},
      {days: 365, span: "all", customers: 3, returned: 2},
      {days: 365, span: "latest", customers: 3, returned: 2}
    ]);
  });

  test("counts a customer as new in the period of the first order", async () => {
    expect(
      await world.sql(
        `select customers, new_customers, revenue::integer as revenue, new_revenue::integer as new_revenue
         from (${loader("spans")}) where period = '12m' and span = 'current'`
      )
    ).toEqual([{customers: 4, new_customers: 2, revenue: 935, new_revenue: 905}]);
    expect(
      await world.sql(
        `select month::varchar as month, new_customers, returning_customers, is_complete from (${loader("months")})
         where new_customers + returning_customers > 0 order by month`
      )
    ).toEqual([
      {month: "2024-01-01", new_customers: 3, returning_customers: 0, is_complete: true},
      {month: "2024-04-01", new_customers: 0, returning_customers: 1, is_complete: true},
      {month: "2024-07-01", new_customers: 1, returning_customers: 0, is_complete: true},
      {month: "2024-10-01", new_customers: 0, returning_customers: 1, is_complete: true},
      {month: "2024-12-01", new_customers: 1, returning_customers: 0, is_complete: true},
      {month: "2025-02-01", new_customers: 0, returning_customers: 1, is_complete: false}
    ]);
  });

  test("adds money up by quarter since the first order, as far as it is seen", async () => {
    const cells = await world.sql<Record<string, unknown>>(
      `select cohort_on::varchar as cohort, quarters, customers, buyers, revenue_so_far::integer as so_far, is_complete
       from (${loader("cohorts")})`
    );
    expect(cells.map((cell) => Object.values(cell).join("|"))).toEqual([
      "2024-01-01|0|3|3|650|true",
      "2024-01-01|1|3|1|660|true",
      "2024-01-01|2|3|0|660|true",
      "2024-01-01|3|3|1|680|true",
      "2024-01-01|4|3|0|680|false",
      "2024-07-01|0|1|1|400|true",
      "2024-07-01|1|1|0|400|true",
      "2024-07-01|2|1|0|400|false",
      "2024-10-01|0|1|1|500|true",
      "2024-10-01|1|1|1|505|false"
    ]);
  });

  test("scores a year before by the orders until then", async () => {
    const [{buyers, then}] = (await world.sql<{buyers: number; then: number}>(
      `select sum(customers)::integer as buyers, (sum(customers) filter (where recency_before is not null))::integer as then
       from (${loader("rfm")})`
    )) as [{buyers: number; then: number}];
    expect([buyers, then]).toEqual([6, 3]);
  });

  test("tells ages in bands, in the mart and of each sales line", async () => {
    expect(
      await world.sql(
        "select customer_key::integer as key, age_band from marts.customers where customer_key < 4 order by 1"
      )
    ).toEqual([
      {key: 1, age_band: "40-49"},
      {key: 2, age_band: "30-39"},
      {key: 3, age_band: "n/a"}
    ]);
    expect(
      await world.sql(
        "select age_band, sum(sales_amount)::integer as revenue from marts.sales group by 1 order by 1"
      )
    ).toEqual([
      {age_band: "30-39", revenue: 220},
      {age_band: "40-49", revenue: 160},
      {age_band: "n/a", revenue: 3005}
    ]);
  });
});

describe("whatever the customers do", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({memory: "200MB", temp: "/tmp"});
    await run(
      engine.connection,
      `create schema marts; create table marts.periods as select date '2024-12-31' as ends_on;
       create table marts.customers (first_order_on date, second_order_on date)`
    );
  });
  afterAll(() => engine.close());

  const customer = fc.record({
    since: fc.integer({min: -20, max: 600}),
    wait: fc.option(fc.integer({min: 1, max: 700}))
  });

  test("the curve is the product over the days on which someone returned", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(customer, {minLength: 1, maxLength: 40}), async (customers) => {
        await run(engine.connection, "delete from marts.customers");
        await run(
          engine.connection,
          `insert into marts.customers values ${customers
            .map(
              ({since, wait}) =>
                `(date '2024-12-31' - ${since}, ${wait === null ? "null" : `date '2024-12-31' - ${since} + ${wait}`})`
            )
            .join(", ")}`
        );
        const seen = customers
          .filter(({since}) => since >= 0)
          .map(({since, wait}) =>
            wait !== null && wait <= since ? {days: wait, returned: true} : {days: since, returned: false}
          );
        const points = await query<{
          cohort: string;
          days: number;
          share: number;
          watched: number;
          returned: number;
          censored: number;
        }>(engine.connection, curveSql);
        for (const {days, share, watched, returned, censored} of points.filter(
          ({cohort}) => cohort === "All"
        )) {
          const times = [
            ...new Set(seen.filter((one) => one.returned && one.days <= days).map((one) => one.days))
          ];
          const staying = times.reduce(
            (left, time) =>
              left *
              (1 -
                seen.filter((one) => one.returned && one.days === time).length /
                  seen.filter((one) => one.days >= time).length),
            1
          );
          expect(share).toBeCloseTo(1 - staying, 5);
          expect(watched + returned + censored).toBe(seen.length);
          expect(returned).toBe(seen.filter((one) => one.returned && one.days <= days).length);
        }
        expect(points.length > 0).toBe(seen.length > 0);
      }),
      {numRuns: 40}
    );
  });
});

describe("where a customer stands", () => {
  const said = (parts: object) =>
    peersOf({
      buyers: 18_482,
      revenue_amount: 100,
      count_orders: 2,
      recency_days: 3,
      less_revenue: 9241,
      less_orders: 0,
      less_recent: 18_481,
      median_revenue: 50,
      median_orders: 1,
      median_recency: 9,
      ...parts
    }).map(({says}) => says.split(";")[0]);

  test("is said in percent, and by number where that would be all", () => {
    expect(said({})).toEqual([
      "more than 50% of 18,482 buyers",
      "more than none of 18,482 buyers",
      "the latest of all 18,482 buyers"
    ]);
    expect(said({less_revenue: 18_481, less_orders: 18_450, less_recent: 18_480})).toEqual([
      "the most of all 18,482 buyers",
      "more than all but 31 of 18,482 buyers",
      "later than all but 1 of 18,482 buyers"
    ]);
    expect(said({buyers: 1, less_revenue: 0, less_recent: 0})).toEqual(Array(3).fill("the only buyer"));
  });
});

describe("the pages", () => {
  let built: Built;
  let browser: Browser;
  let window: Window;
  beforeAll(async () => {
    built = await openBuilt();
    browser = await openBrowser();
    window = await openWindow(browser, built.url);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.close();
  });

  const figures = (page: Page) =>
    page.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLElement>(".figure[data-figure]")].map(({dataset}) => [
          dataset.figure!,
          dataset.value === "" ? null : Number(Number(dataset.value).toFixed(6))
        ])
      )
    );

  /** The same out of gold, by an SQL of its own. */
  async function ofGold(where = "true"): Promise<Record<string, number | null>> {
    const through = "(select max(data_through) from assay.data_through)";
    const [counts] = await built.sql<Record<string, number>>(`
      with lines as (
        select lines.customer_key, order_date, min(order_date) over (partition by lines.customer_key) as first_on
        from gold.fct_sales as lines join gold.dim_customers as people on people.customer_key = lines.customer_key
        where ${where}
      )
      select count(distinct customer_key)::integer as customers,
        count(distinct case when first_on > ${through} - interval 1 year then customer_key end)::integer as new_customers
      from lines where order_date > ${through} - interval 1 year and order_date <= ${through}`);
    const rates: Record<string, number | null> = {};
    for (const days of [90, 180, 365]) {
      const [row] = await built.sql<{rate: number | null}>(`
        with days as (
          select distinct lines.customer_key, order_date from gold.fct_sales as lines
          join gold.dim_customers as people on people.customer_key = lines.customer_key
          where ${where} and order_date is not null
        ),
        firsts as (select customer_key, min(order_date) as first_on from days group by 1)
        select round(avg(case when exists (
          select 1 from days where days.customer_key = firsts.customer_key
            and days.order_date > first_on and days.order_date <= first_on + ${days}
        ) then 1.0 else 0.0 end), 6)::double as rate
        from firsts where first_on <= ${through} - ${days} and first_on > ${through} - ${days} - interval 1 year`);
      rates[`returned_${days}`] = row!.rate;
    }
    return {...counts!, ...rates};
  }

  test("show the figures of gold, painted without DuckDB", async () => {
    const page = await window.open("/dashboards/customers");
    expect(await figures(page)).toEqual(await ofGold());
    expect(window.asked.filter((path) => /duckdb|\.wasm/.test(path))).toEqual([]);
    const people = await page.locator(".scores b").count();
    expect(people).toBe(25);
    await page.close();
  });

  test("tell the shares that returned within a year apart, and the notebook gives one of them again", async () => {
    const [all] = await built.sql<{customers: number; rate: string}>(`
      select count(*)::integer as customers,
        printf('%.1f%%', 100.0 * count(*) filter (where second_order_on <= first_order_on + 365) / count(*)) as rate
      from marts.customers where first_order_on <= (select max(data_through) from assay.data_through) - 365`);
    const [{buyers}] = (await built.sql<{buyers: number}>(
      "select count(first_order_on)::integer as buyers from marts.customers where first_order_on <= (select max(data_through) from assay.data_through)"
    )) as [{buyers: number}];
    const text = (number: number) => number.toLocaleString("en");
    const page = await window.open("/dashboards/customers");
    expect(await page.textContent("[data-figure=returned_365] .figure-n")).toMatch(
      new RegExp(
        `of [\\d,]+ new in the year to .+; of all ${text(all!.customers)} watched so long: ${all!.rate}`
      )
    );
    expect(await page.locator(".card-head h2").first().textContent()).toContain(
      `of ${text(buyers)} buyers order again within a year`
    );
    const notebook = await window.open("/eda/customers");
    expect(await notebook.locator(".cell .answer").first().textContent()).toContain(
      `${all!.rate} within 365 days (n = ${text(all!.customers)})`
    );
    await notebook.close();
    await page.close();
  });

  test("filter by a click, list a cell, and go back", async () => {
    const page = await window.open("/dashboards/customers");
    const country = (await page
      .locator("section[aria-label=Country] tbody button .board-name")
      .first()
      .textContent())!;
    await page.locator("section[aria-label=Country] tbody button").first().click();
    await page.waitForSelector(".chip");
    expect(new URL(page.url()).searchParams.get("country")).toBe(country);
    expect(await figures(page)).toEqual(await ofGold(`people.country = '${country.replaceAll("'", "''")}'`));
    await page.locator("#score-5-5").click();
    await page.waitForSelector("#score-5-5[aria-pressed=true]");
    const numbers = await page.locator(".in-lines tbody th").allTextContents();
    const expected = await built.sql<{n: string}>(
      `select customer_number as n from marts.customers where country = '${country.replaceAll("'", "''")}'
       and recency_score = 5 and frequency_score = 5 order by revenue_amount desc, customer_key limit 25`
    );
    expect(numbers.map((text) => text.trim())).toEqual(expected.map(({n}) => n));
    await page.goBack();
    await page.waitForSelector("#score-5-5[aria-pressed=false]");
    await page.goBack();
    await page.waitForSelector(".chips-none");
    expect(await figures(page)).toEqual(await ofGold());
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await page.close();
  });

  test("survive addresses that mean nothing", async () => {
    const page = await window.open(
      `/dashboards/customers?period=x&from=2099-01-01&to=1&cell=9-9&age_band=${encodeURIComponent("<img src=x onerror=alert(1)>")}&category=Nothing`
    );
    await page.waitForSelector(".state");
    expect(await page.locator(".state h2").textContent()).toBe("No sales line is left");
    expect(await page.locator("main img, #observablehq-main img").count()).toBe(0);
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    await page.locator(".state .button").click();
    await page.waitForSelector(".chips-none");
    expect(window.wrong).toEqual([]);
    await page.close();
  });

  test("show one customer, by number or key, with the place among all", async () => {
    const [one] = (await built.sql<{
      key: string;
      number: string;
      revenue: string;
      orders: number;
      less: number;
    }>(`
      with sums as (
        select customer_key, sum(sales_amount) as revenue, count(distinct order_number) as orders
        from gold.fct_sales where customer_key is not null group by 1
      )
      select sums.customer_key::varchar as key, customer_number as number, revenue::varchar as revenue, orders::integer as orders,
        ((select count(*) from sums as others where others.revenue < sums.revenue) / (select count(*) from sums))::double as less
      from sums join gold.dim_customers using (customer_key) order by orders desc, key limit 1`)) as [
      {key: string; number: string; revenue: string; orders: number; less: number}
    ];
    for (const key of [one.key, one.number.toLowerCase()]) {
      const page = await window.open(`/customer?key=${encodeURIComponent(key)}`);
      await page.waitForSelector(".customer[data-state=found]");
      expect(Number(await page.getAttribute(".customer .sentence", "data-value")).toFixed(2)).toBe(
        one.revenue
      );
      expect(await page.locator(".customer-orders tbody tr").count()).toBe(Math.min(one.orders, 100));
      expect(Number(await page.getAttribute("[data-peer=Revenue]", "data-share"))).toBeCloseTo(one.less, 9);
      expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
      await page.close();
    }
    expect(window.wrong).toEqual([]);
  });

  test("say what is wrong with a number that is none, and find another", async () => {
    const page = await window.open(
      `/customer?key=${encodeURIComponent("<img src=x onerror=alert(1)>'; --")}`
    );
    await page.waitForSelector(".customer[data-state=none]");
    expect(await page.textContent(".customer bdi")).toBe("<img src=x onerror=alert(1)>'; --");
    const [{number}] = (await built.sql<{number: string}>(
      "select customer_number as number from marts.customers where count_orders > 0 order by 1 limit 1"
    )) as [{number: string}];
    await page.fill("#customer-key", number);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".customer[data-state=found]");
    expect(new URL(page.url()).searchParams.get("key")).toBe(number);
    await page.goBack();
    await page.waitForSelector(".customer[data-state=none]");
    expect(window.wrong).toEqual([]);
    await page.close();
  });

  test("keep their first paint and say so where WebAssembly is off", async () => {
    const context = await browser.newContext();
    await context.addInitScript("delete globalThis.WebAssembly");
    const page = await context.newPage();
    await page.goto(`${built.url}/customer?key=1`);
    await page.waitForSelector(".customer[data-state=failed]");
    expect(await page.textContent(".customer .state p")).toContain("needs WebAssembly");
    await page.goto(`${built.url}/dashboards/customers?country=Germany`);
    await page.waitForSelector(".state.is-wrong");
    expect(await page.locator("[data-figure=customers]").count()).toBe(1);
    await context.close();
  });

  test("answer the notebook's questions of all customers", async () => {
    const page = await window.open("/eda/customers");
    const answers = await page.locator(".cell .answer").allTextContents();
    expect(answers.length).toBe(7);
    const [{share}] = (await built.sql<{share: string}>(`
      with orders as (select customer_key, count(distinct order_number) as n from gold.fct_sales where customer_key is not null group by 1)
      select printf('%.1f%%', 100.0 * count(*) filter (where n = 1) / count(*)) as share from orders`)) as [
      {share: string}
    ];
    expect(answers[3]).toContain(`${share} of the buyers have one order only`);
    const [{top}] = (await built.sql<{top: string}>(`
      with sums as (select customer_key, sum(sales_amount) as r from gold.fct_sales where customer_key is not null group by 1),
      ranked as (select r, row_number() over (order by r desc nulls last, customer_key) as n, count(*) over () as all_n from sums)
      select printf('%.1f%%', 100.0 * (sum(r) filter (where n <= ceil(all_n / 10.0)) / sum(r))) as top from ranked`)) as [
      {top: string}
    ];
    expect(answers[4]).toContain(`bring ${top} of it`);
    expect(await page.locator(".cell .method").allTextContents()).toEqual(
      Array.from({length: 7}, () => expect.stringMatching(/^n = [\d,]+ /))
    );
    await page.close();
  });
});
