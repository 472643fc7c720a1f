import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {beforeAll, describe, expect, test} from "vitest";
import {companionsAnswer} from "../../src/components/eda-companions.js";
import {concentrationAnswer} from "../../src/components/eda-product-concentration.js";
import {type Built, extractOf, visitBuilt} from "./built.ts";
import {faultsOf, openWindow} from "./site.ts";

/* The pages of products in a real browser, their numbers held against gold by SQL of its own. */

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

/** The rows of an extract as the built site holds it. */
function extract<T>(name: string): T[] {
  return extractOf<T[]>(built, name);
}

const through = "(select max(data_through) from assay.data_through)";
const year = `order_date between ${through} + 1 - interval 1 year and ${through}`;

/** The newest number, name and category of each line's product. */
const named = `gold.fct_sales join gold.dim_products on dim_products.product_key = fct_sales.current_product_key`;

const title = (page: Page, id: string) =>
  page.locator(`.card:has(#${id}-table) h2, .card:has(#${id}) h2`).first();

/** The number and name of the product that brought most in the last year. */
async function best(): Promise<{product_number: string; product_name: string; category: string}> {
  const [row] = await built.sql<{product_number: string; product_name: string; category: string}>(`
    select product_number, product_name, category from ${named} where ${year}
    group by all order by sum(sales_amount) desc, product_number limit 1`);
  return row!;
}

describe("the extracts", () => {
  test("a product's money, rank and share of the last year are gold's to the cent", async () => {
    type Row = Record<"product_number" | "product_name" | "category", string | null> &
      Record<"place" | "cumulative" | "revenue" | "margin" | "quantity" | "members", number>;
    const rows = extract<Row & {period: string}>("products_sold").filter(({period}) => period === "12m");
    const expected = await built.sql<Record<string, string>>(`
      select product_number, sum(sales_amount)::varchar as revenue, sum(sales_amount - cost_amount)::varchar as margin,
        sum(quantity)::varchar as quantity
      from ${named} where ${year} group by 1 order by sum(sales_amount) desc, 1`);
    expect(expected.length).toBeGreaterThan(20);
    expect(rows.reduce((sum, {members}) => sum + members, 0)).toBe(expected.length);
    let cumulative = 0;
    for (const [index, {product_number, revenue, margin, quantity}] of expected.entries()) {
      cumulative += Number(revenue);
      const row = rows.find(({place}) => place === index + 1);
      if (!row) continue;
      expect([
        row.product_number,
        row.revenue.toFixed(2),
        row.margin.toFixed(2),
        row.quantity,
        row.cumulative.toFixed(2)
      ]).toEqual([
        product_number,
        Number(revenue).toFixed(2),
        Number(margin).toFixed(2),
        Number(quantity),
        cumulative.toFixed(2)
      ]);
    }
    const total = (key: "revenue" | "quantity") => rows.reduce((sum, row) => sum + row[key], 0);
    // lines without a known product are in the sums, and no product
    const [sums] = await built.sql<Record<string, string>>(
      `select sum(sales_amount)::varchar as revenue, sum(quantity)::varchar as quantity from gold.fct_sales where ${year}`
    );
    expect([total("revenue").toFixed(2), String(total("quantity"))]).toEqual([
      Number(sums!.revenue).toFixed(2),
      sums!.quantity
    ]);
  });

  test("what today's cost makes of the margin, and what of it is assumed", async () => {
    const keys = [
      "lines",
      "assumed_lines",
      "assumed_cost",
      "margin",
      "margin_today",
      "difference",
      "assumed_difference"
    ];
    const rows = extract<Record<string, number>>("products_cost");
    const [expected] = await built.sql<Record<string, string>>(`
      with lines as (
        select fct_sales.*, coalesce(order_date, ship_date) < valid_from as is_assumed
        from gold.fct_sales left join gold.dim_products using (product_key)
      )
      select count(*)::varchar as lines,
        count(*) filter (is_assumed)::varchar as assumed_lines,
        sum(cost_amount) filter (is_assumed)::varchar as assumed_cost,
        sum(sales_amount - cost_amount)::varchar as margin,
        sum(sales_amount - current_cost_amount)::varchar as margin_today,
        sum(cost_amount - current_cost_amount) filter (sales_amount is not null)::varchar as difference,
        sum(cost_amount - current_cost_amount) filter (sales_amount is not null and is_assumed)::varchar as assumed_difference
      from lines`);
    for (const key of keys)
      expect([key, rows.reduce((sum, row) => sum + row[key]!, 0).toFixed(2)]).toEqual([
        key,
        Number(expected![key] ?? 0).toFixed(2)
      ]);
  });

  test("every pair and its support, confidence and lift are those counted in gold", async () => {
    const pairs = await built.sql<Record<string, string>>(`
      select product_number, other_product_number, count_orders::integer as n, round(support, 9) as support,
        round(confidence, 9) as confidence, round(lift, 9) as lift
      from marts.product_pairs order by all`);
    const expected = await built.sql<Record<string, string>>(`
      with baskets as (select distinct order_number, product_number from ${named}),
      sizes as (select product_number, count(*) as n from baskets group by 1),
      everything as (select count(distinct order_number) as n from gold.fct_sales),
      pairs as (
        select one.product_number, other.product_number as other_product_number, count(*) as n
        from baskets as one join baskets as other using (order_number)
        where one.product_number <> other.product_number group by 1, 2 having count(*) >= 5
      )
      select pairs.product_number, other_product_number, pairs.n::integer as n,
        round(pairs.n::double / everything.n, 9) as support,
        round(pairs.n::double / own.n, 9) as confidence,
        round((pairs.n::double / own.n) / (other.n::double / everything.n), 9) as lift
      from pairs
      join sizes as own on own.product_number = pairs.product_number
      join sizes as other on other.product_number = other_product_number
      cross join everything order by all`);
    expect(expected.length).toBeGreaterThan(10);
    expect(pairs).toEqual(expected);
    // and by hand, of ten orders, in dbt's unit test, which every refresh runs
    expect(readFileSync(join(built.project, "dbt/models/marts/product_pairs.yml"), "utf8")).toContain(
      "support: 0.5, confidence: 0.625, lift: 1.25"
    );
  });

  test("the list price of a month is that of most of its lines", async () => {
    const rows = await built.sql(`
      with counted as (
        select product_number, date_trunc('month', order_date)::date as month_on, unit_price, count(*) as n
        from ${named} where not is_corrected and order_date is not null and unit_price is not null group by all
      ),
      firsts as (
        select product_number, month_on, unit_price from counted
        qualify row_number() over (partition by product_number, month_on order by n desc, unit_price desc) = 1
      )
      select * from marts.product_months full join firsts using (product_number, month_on)
      where list_price is distinct from unit_price`);
    expect(rows).toEqual([]);
  });
});

describe("the dashboard", () => {
  test("says what is concentrated, what the cost makes of the margin, and what was never sold", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/products");
    const [{most, products}] = (await built.sql<Record<string, string>>(`
      with sold as (select product_number, sum(sales_amount) as revenue from ${named} where ${year} group by 1),
      ranked as (
        select row_number() over by_revenue as place, sum(revenue) over (by_revenue rows unbounded preceding) as up_to,
          (select sum(sales_amount) from gold.fct_sales where ${year}) as total
        from sold window by_revenue as (order by revenue desc, product_number)
      )
      select (min(place) filter (up_to >= 0.8 * total))::varchar as most, count(*)::varchar as products from ranked`)) as [
      Record<string, string>
    ];
    expect(await title(page, "pareto").textContent()).toContain(
      `(${most} of ${products}) make 80% of the revenue`
    );
    const [{unsold, all}] = (await built.sql<Record<string, string>>(`
      select (count(*) filter (product_number not in (select product_number from ${named})))::varchar as unsold,
        count(*)::varchar as all
      from (select distinct product_number from gold.dim_products)`)) as [Record<string, string>];
    const told =
      unsold === "0" ? `Every one of the ${all} products has been sold` : `${unsold} of ${all} products`;
    expect(await page.locator(`section[aria-label^="${told}"]`).count()).toBe(1);
    expect(window.asked.filter((path) => /duckdb/.test(path))).toEqual([]);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("a category's click filters, the address has it, back undoes it", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/products");
    const before = await title(page, "pareto").textContent();
    const {category} = await best();
    await page.locator(`[id="category:${category}"]`).click();
    await page.locator(".chip", {hasText: category}).waitFor();
    expect(new URL(page.url()).searchParams.getAll("category")).toEqual([category]);
    const [{n}] = (await built.sql<{n: string}>(
      `select count(distinct product_number)::varchar as n from ${named} where ${year} and category = '${category}'`
    )) as [{n: string}];
    expect(await title(page, "pareto").textContent()).toContain(` of ${n}) make 80%`);
    await page.locator("#product-pick").selectOption({index: 1});
    await page.waitForFunction(() => new URLSearchParams(location.search).has("product"));
    expect(new URL(page.url()).searchParams.getAll("category")).toEqual([category]);
    await page.goBack();
    await page.goBack();
    await page.locator(".chips-none").waitFor();
    expect(await title(page, "pareto").textContent()).toBe(before);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("a stale or hostile address is answered in words", async () => {
    const window = await openWindow(browser, built.url, {width: 360});
    const page = await window.open(
      `/dashboards/products?category=${encodeURIComponent("<img src=x onerror=alert(1)>'")}&product=${encodeURIComponent("'; drop table x")}&pairs=nonsense`
    );
    await page.getByText("No sales line is left").waitFor();
    await page.getByText("No product has this number").waitFor();
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(await page.locator("img").count()).toBe(0);
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("the page of a product", () => {
  test("shows its figures, its place among its peers, its versions and pairs", async () => {
    const {product_number, product_name} = await best();
    const window = await openWindow(browser, built.url);
    const page = await window.open(`/product?key=${encodeURIComponent(product_number)}`);
    await page.waitForSelector("[data-product]");
    expect(await page.locator("h1").textContent()).toBe(product_name);
    const shown = await page.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLElement>("[data-figure][data-value]")].map(({dataset}) => [
          dataset.figure!,
          Number(dataset.value).toFixed(2)
        ])
      )
    );
    const [expected] = await built.sql<Record<string, string>>(`
      select sum(sales_amount)::varchar as revenue, count(distinct order_number)::varchar || '.00' as orders,
        count(distinct customer_key)::varchar || '.00' as customers, sum(sales_amount - cost_amount)::varchar as margin
      from ${named} where ${year} and product_number = '${product_number}'`);
    expect(shown).toMatchObject(expected!);
    const [{rank}] = (await built.sql<{rank: string}>(`
      with peers as (
        select product_number, sum(sales_amount) as revenue from ${named}
        where ${year} and subcategory = (
          select subcategory from gold.dim_products where is_current and product_number = '${product_number}'
        ) group by 1
      )
      select ((count(*) filter (revenue < own) + 0.5 * count(*) filter (revenue = own)) / count(*))::double as rank
      from peers cross join (select revenue as own from peers where product_number = '${product_number}')
      where product_number <> '${product_number}'`)) as [{rank: string}];
    expect(Number(await page.locator("[data-peer=revenue]").getAttribute("data-rank"))).toBeCloseTo(
      Number(rank),
      9
    );
    const versions = await built.sql(
      `select 1 from gold.dim_products where product_number = '${product_number}'`
    );
    const rows = page.getByRole("region", {name: "Versions"}).locator("tbody tr");
    expect(await rows.count()).toBe(versions.length);
    // the span is kept, and back undoes it
    await page.locator("#period-all").click();
    await page.waitForFunction(() => new URLSearchParams(location.search).get("period") === "all");
    expect(new URL(page.url()).searchParams.get("key")).toBe(product_number);
    await page.goBack();
    await page.waitForFunction(() => !new URLSearchParams(location.search).has("period"));
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("is found by name with the keyboard; an unknown or hostile number is a sentence", async () => {
    const {product_number, product_name} = await best();
    const window = await openWindow(browser, built.url, {width: 360});
    const page = await window.open(
      `/product?key=${encodeURIComponent("<img src=x onerror=alert(1)> '; --")}`
    );
    await page.getByText("No product has the number").waitFor();
    expect(await page.locator("img").count()).toBe(0);
    await page.getByRole("combobox").fill(product_name);
    await page.locator("[role=option]").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector(`[data-product="${product_number}"]`);
    expect(new URL(page.url()).searchParams.get("key")).toBe(product_number);
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    await page.goBack();
    await page.getByText("No product has the number").waitFor();
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("without WebAssembly says what is missing, and the dashboard still stands", async () => {
    const context = await browser.newContext();
    await context.addInitScript("delete globalThis.WebAssembly");
    const page = await context.newPage();
    await page.goto(`${built.url}/product?key=${encodeURIComponent((await best()).product_number)}`);
    await page.getByText("needs WebAssembly, which this browser has switched off").waitFor();
    await page.goto(`${built.url}/dashboards/products`);
    await page.waitForSelector("#pareto-table");
    await page.locator("[id^='category:']").first().click();
    await page.getByText("Failed while starting").waitFor();
    expect(await page.locator("#pareto-table").count()).toBe(1);
    await context.close();
  });
});

describe("the notebook", () => {
  test("answers seven questions, and each cell's SQL says the same in the browser", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/eda/products");
    const cells = page.locator(".cell");
    expect(await cells.count()).toBe(7);
    for (const cell of await cells.all()) {
      const answer = (await cell.locator(".answer").first().textContent())!;
      expect(answer.length).toBeGreaterThan(20);
      expect(answer).not.toMatch(/undefined|NaN|Infinity|\[object/);
      expect(await cell.locator(".method").first().textContent()).toMatch(/^n = /);
      await cell.locator("summary").first().click();
      await cell.getByRole("button", {name: "Edit and run"}).click();
      await cell.getByRole("button", {name: "Run", exact: true}).click();
      await cell.locator(".edited, .sql-error:not([hidden])").first().waitFor();
      expect(await cell.locator(".answer").first().textContent()).toBe(answer);
      expect(await cell.locator(".sql-error:not([hidden])").allTextContents()).toEqual([]);
    }
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("names the subcategory that is bought most often with others", async () => {
    const [anchor] = extract<Record<string, string | number>>("eda_companions");
    const [expected] = await built.sql<Record<string, string>>(`
      with baskets as (select distinct order_number, subcategory from ${named})
      select subcategory, count(*)::integer as n from baskets
      where order_number in (select order_number from baskets group by 1 having count(*) > 1) and subcategory is not null
      group by 1 order by n desc, 1 limit 1`);
    expect([anchor!.anchor, anchor!.mixed_orders]).toEqual([expected!.subcategory, Number(expected!.n)]);
  });

  test("answers in good words of one product and of one order", () => {
    const year = {calendar_year: 2025, is_complete: true, products: 1, products_of_80: 1, largest_share: 1};
    expect(concentrationAnswer([year])).toBe("One product made all of the revenue in 2025: no other sold.");
    expect(concentrationAnswer([{...year, is_complete: false}])).toBe(
      "One product made all of the revenue in 2025 so far: no other sold."
    );
    const companion = {anchor: "Helmet", anchor_orders: 1, mixed_orders: 1, subcategory: null, orders: 0};
    expect(companionsAnswer([companion])).toBe(
      "Helmet is the subcategory most often bought with others: of 1 order with it 1 holds another, none of them in five orders."
    );
    const often = {
      anchor_orders: 8,
      mixed_orders: 6,
      subcategory: "Gloves",
      orders: 6,
      share: 0.75,
      lift: 1.84
    };
    expect(companionsAnswer([{...companion, ...often}])).toBe(
      "Helmet is the subcategory most often bought with others: of 8 orders with it 6 hold another, most often Gloves (75% of these orders). Most beyond what chance would bring: Gloves, 1.8 times as often as in all orders."
    );
  });
});
