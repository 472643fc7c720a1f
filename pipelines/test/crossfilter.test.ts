import {cpSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {beforeAll, describe, expect, inject, test} from "vitest";
import {openEngine, query, run} from "../engine/duckdb.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {readFrame} from "../../src/components/crossfilter-frame.js";
import {type Built, extractOf, fileOf, visitBuilt} from "./built.ts";
import {serveFolder} from "./browser.ts";
import {openWindow, pages} from "./site.ts";

/* The cross-filter of a built site in a real browser, held against gold and against hostile shops. */

const path = "/explore/crossfilter";
const ready = pages[path]!;

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

/** Gold's lines with the words they are asked by, by joins of its own. */
const lines = `gold.fct_sales
  left join gold.dim_customers on dim_customers.customer_key = fct_sales.customer_key
  left join gold.dim_products on dim_products.product_key = fct_sales.current_product_key`;

/** Waits until what the address asks is drawn and added up. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const board = document.querySelector<HTMLElement>(".crossfilter:not([aria-busy])");
    return board?.dataset.settled === (location.search || "?") && !board.querySelector(".is-stale");
  });
}

async function open(page: Page, search = ""): Promise<void> {
  await page.goto(built.url + path + search);
  await page.waitForSelector(ready);
  await settled(page);
}

/** The exact sums beside the chips. */
const sums = (page: Page) =>
  page
    .locator(".cf-chips [data-sum]")
    .evaluateAll((nodes) =>
      Object.fromEntries(
        nodes.map((node) => [(node as HTMLElement).dataset.sum!, (node as HTMLElement).dataset.value!])
      )
    );

async function sumsOfGold(where: string): Promise<Record<string, string>> {
  const [row] = await built.sql<Record<string, string>>(`
    select count(*)::varchar as lines, coalesce(sum(sales_amount), 0)::decimal(18, 2)::varchar as revenue,
    count(distinct order_number)::varchar as orders from ${lines} where ${where}`);
  return row!;
}

const exactly = (shown: Record<string, string>) => ({...shown, revenue: Number(shown.revenue).toFixed(2)});

const chips = (page: Page) => page.locator(".cf-chips .chip span").allTextContents();

/** The exact values of a chart's members, out of the tips that the keyboard brings. */
const membersOf = (page: Page, chart: string) =>
  page.locator(`[data-chart=${chart}] .cf-members button`).evaluateAll((buttons) =>
    Object.fromEntries(
      buttons.map((button) => {
        button.dispatchEvent(new FocusEvent("focusin", {bubbles: true}));
        const [name, value] = (button as HTMLElement).dataset.tip!.split("\n");
        return [name, Number(/^\S+ ([\d,.]+)/.exec(value!)![1]!.replaceAll(",", "")).toFixed(2)];
      })
    )
  );

/** Drags over the bars of a chart, from one to another. */
async function drag(page: Page, chart: string, [from, to]: [number, number]): Promise<void> {
  const cover = page.locator(`[data-chart=${chart}] .cf-cover`);
  await cover.scrollIntoViewIfNeeded();
  const box = (await cover.boundingBox())!;
  const count = await page.locator(`[data-chart=${chart}] .cf-value`).count();
  const x = (bar: number) => box.x + ((bar + 0.5) / count) * box.width;
  await page.mouse.move(x(from), box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), box.y + box.height / 2, {steps: 3});
  await page.mouse.move(x(to), box.y + box.height / 2, {steps: 3});
  await page.mouse.up();
}

test("every chart adds up to gold, and is there before DuckDB", async () => {
  const frame = await builtFrame();
  const [expected] = await built.sql<{revenue: string; n: number}>(
    "select sum(sales_amount)::varchar as revenue, count(*)::integer as n from gold.fct_sales"
  );
  expect(frame.sums.revenue).toBe(expected!.revenue);
  expect(frame.charts.map(({name}) => name)).toEqual(
    expect.arrayContaining([
      "order_date",
      "sales_amount",
      "unit_price",
      "margin_share",
      "country",
      "product_name"
    ])
  );
  for (const {name, members, size, values, lines, unknown} of frame.charts) {
    if (members && members.length < size!) continue;
    const total = values.reduce((sum, one) => sum + one, 0) + unknown.value;
    expect([name, total.toFixed(2)]).toEqual([name, expected!.revenue]);
    expect([name, lines.reduce((sum, one) => sum + one, 0) + unknown.lines]).toEqual([name, expected!.n]);
  }
  const {bins, values} = frame.charts.find(({name}) => name === "sales_amount")!;
  for (const [n, {from, to}] of bins!.entries()) {
    const [row] = await built.sql<{revenue: string}>(
      `select coalesce(sum(sales_amount), 0)::varchar as revenue from gold.fct_sales
       where ${from === null ? "true" : `sales_amount >= ${from}`} and ${to === null ? "true" : `sales_amount < ${to}`}`
    );
    expect([from, values[n]!.toFixed(2)]).toEqual([from, Number(row!.revenue).toFixed(2)]);
  }
});

test("a brush, a click and a shift-click filter all other charts; back and forward undo and redo; the link reproduces", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open(path);
  await settled(page);
  await drag(page, "order_date", [6, 14]);
  await settled(page);
  const days = new URL(page.url()).searchParams.get("order_date")!;
  expect(days).toMatch(/^\d{4}-\d\d-01\.\.\d{4}-\d\d-\d\d$/);
  const [from, to] = days.split("..");
  const where = `order_date between date '${from}' and date '${to}'`;
  expect(exactly(await sums(page))).toEqual(await sumsOfGold(where));

  const [first, second] = ["Germany", "United States"];
  await page.locator("[data-chart=country]").getByRole("button", {name: first}).click();
  await settled(page);
  await page
    .locator("[data-chart=country]")
    .getByRole("button", {name: second})
    .click({modifiers: ["Shift"]});
  await settled(page);
  const all = `${where} and country in ('${first}', '${second}')`;
  expect(exactly(await sums(page))).toEqual(await sumsOfGold(all));
  expect(await chips(page)).toEqual([
    expect.stringMatching(/^Order date: /),
    `Country: ${first}`,
    `Country: ${second}`
  ]);
  const shown = await membersOf(page, "category");
  const expected = await built.sql<{name: string; revenue: string}>(
    `select coalesce(category, 'n/a') as name, sum(sales_amount)::decimal(18, 2)::varchar as revenue from ${lines} where ${all} group by 1`
  );
  expect(Object.fromEntries(Object.entries(shown).filter(([, value]) => Number(value)))).toEqual(
    Object.fromEntries(expected.map(({name, revenue}) => [name, revenue]))
  );
  const countries = await membersOf(page, "country");
  const unfilteredByItself = await built.sql<{name: string; revenue: string}>(
    `select coalesce(country, 'n/a') as name, sum(sales_amount)::decimal(18, 2)::varchar as revenue from ${lines} where ${where} group by 1`
  );
  expect(countries).toMatchObject(
    Object.fromEntries(unfilteredByItself.map(({name, revenue}) => [name, revenue]))
  );

  const drawn = await picture(page);
  const other = await openWindow(browser, built.url);
  const copy = await other.open(path + new URL(page.url()).search);
  await settled(copy);
  expect(await picture(copy)).toEqual(drawn);

  await page.goBack();
  await settled(page);
  expect(await chips(page)).toHaveLength(2);
  await page.goBack();
  await settled(page);
  expect(exactly(await sums(page))).toEqual(await sumsOfGold(where));
  await page.goBack();
  await settled(page);
  expect(await chips(page)).toEqual([]);
  await page.goForward();
  await page.goForward();
  await page.goForward();
  await settled(page);
  expect(await picture(page)).toEqual(drawn);
  await page.locator("#reset").click();
  await settled(page);
  expect(await chips(page)).toEqual([]);
  expect([...window.wrong, ...other.wrong]).toEqual([]);
  await other.close();
  await window.close();
});

/** Everything drawn, as the reader sees it. */
const picture = (page: Page) =>
  page.evaluate(() => ({
    chips: document.querySelector(".cf-chips")!.textContent!.replaceAll(/\s+/g, " "),
    members: [...document.querySelectorAll(".cf-members button")].map(
      (button) => button.textContent!.replaceAll(/\s+/g, " ") + button.getAttribute("aria-pressed")
    ),
    bars: [...document.querySelectorAll(".cf-value")].map((bar) =>
      Number(bar.getAttribute("height")).toFixed(3)
    ),
    brushes: [...document.querySelectorAll(".cf-brush")].map((one) => [
      one.getAttribute("visibility"),
      one.getAttribute("x")
    ])
  }));

test("the keyboard alone: members, days, numbers, chips", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open(path);
  await settled(page);
  const member = page.locator("[data-chart=category] .cf-members button").first();
  const name = await member.locator(".cf-name").textContent();
  await member.focus();
  await page.keyboard.press("Enter");
  await settled(page);
  expect(await member.getAttribute("aria-pressed")).toBe("true");
  expect(await page.evaluate(() => document.activeElement!.textContent)).toContain(name);
  await page.keyboard.press("Space");
  await settled(page);
  expect(await chips(page)).toEqual([]);

  const from = page.getByLabel("Order date, from");
  await from.fill("2025-03-10");
  await from.press("Tab");
  await settled(page);
  const least = page.getByLabel("Line amount, at least");
  await least.fill("33.5");
  await least.press("Tab");
  await page.waitForURL(/sales_amount/);
  await settled(page);
  const [last] = await built.sql<{day: string}>("select max(order_date)::varchar as day from gold.fct_sales");
  expect(new URL(page.url()).searchParams.get("order_date")).toBe(`2025-03-10..${last!.day}`);
  const where = "order_date >= date '2025-03-10' and sales_amount >= 33.5";
  expect(exactly(await sums(page))).toEqual(await sumsOfGold(where));
  const byGender = await built.sql<{name: string; revenue: string}>(
    `select coalesce(gender, 'n/a') as name, sum(sales_amount)::decimal(18, 2)::varchar as revenue from ${lines} where ${where} group by 1`
  );
  expect(await membersOf(page, "gender")).toMatchObject(
    Object.fromEntries(byGender.map(({name, revenue}) => [name, revenue]))
  );

  const sql = new URLSearchParams(
    (await page.getByRole("link", {name: "Open in SQL"}).getAttribute("href"))!.split("?")[1]
  ).get("q")!;
  const [asked] = await built.sql<Record<string, string>>(sql);
  expect(Number(asked!.revenue).toFixed(2)).toBe(exactly(await sums(page)).revenue);

  await page.locator("#chip-1").focus();
  await page.keyboard.press("Enter");
  await settled(page);
  await page.locator("#chip-0").focus();
  await page.keyboard.press("Enter");
  await settled(page);
  expect(await chips(page)).toEqual([]);
  const table = page.locator("[data-chart=unit_price] details");
  await table.locator("summary").press("Enter");
  await table.getByRole("button").nth(1).press("Enter");
  await settled(page);
  expect(await chips(page)).toEqual([expect.stringMatching(/^Unit price: .+ to under .+/)]);
  expect(await table.getByRole("button").nth(1).getAttribute("aria-pressed")).toBe("true");
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("a finger that goes sideways brushes, one that goes up scrolls the page and chooses nothing", async () => {
  const context = await browser.newContext({
    viewport: {width: 360, height: 740},
    hasTouch: true,
    isMobile: true
  });
  const page = await context.newPage();
  await open(page);
  const finger = await context.newCDPSession(page);
  const cover = page.locator("[data-chart=sales_amount] .cf-cover");
  /** Moves a finger from a share of the chart's width and height to another, in ten steps. */
  const swipe = async (from: [number, number], to: [number, number]) => {
    const {x, y, width, height} = (await cover.boundingBox())!;
    const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: {x: number; y: number}[]) =>
      finger.send("Input.dispatchTouchEvent", {type, touchPoints});
    for (let step = 0; step <= 10; step++) {
      const [across, down] = [0, 1].map((n) => from[n]! + ((to[n]! - from[n]!) * step) / 10);
      const place = {x: x + across! * width, y: y + down! * height};
      await send(step ? "touchMove" : "touchStart", [place]);
    }
    await send("touchEnd", []);
  };
  const {charts} = await builtFrame();
  const {bins} = charts.find(({name}) => name === "sales_amount")!;
  const at = (bar: number): [number, number] => [(bar + 0.5) / bins!.length, 0.5];
  await cover.evaluate((node) => node.scrollIntoView({block: "center"}));
  await swipe(at(1), at(4));
  await page.waitForURL(/sales_amount/);
  await settled(page);
  const [from, to] = [bins![1]!.from!, bins![4]!.to!];
  expect(new URL(page.url()).searchParams.get("sales_amount")).toBe(`${from}..${to}`);
  expect(exactly(await sums(page))).toEqual(
    await sumsOfGold(`sales_amount >= ${from} and sales_amount < ${to}`)
  );

  const address = page.url();
  await cover.evaluate((node) => node.scrollIntoView({block: "center"}));
  const before = await page.evaluate(() => window.scrollY);
  await swipe([0.6, 0.9], [0.6, 0.1]);
  await page.waitForFunction((was) => window.scrollY > was, before);
  expect(page.url()).toBe(address);
  await context.close();
});

test("a selection goes on as a question with the same sum, and to the profile of its table", async () => {
  const page = await browser.newPage();
  const question = page.getByRole("link", {name: "Open as a question"});
  await open(page, "?sales_amount=10..100");
  expect(await question.count()).toBe(0);
  expect(await page.getByRole("link", {name: "Profile of all sales lines"}).getAttribute("href")).toBe(
    "./profile?table=marts.sales"
  );
  await open(page, "?order_date=2025-03-10..2025-09-20&country=Germany&unknown=country");
  const {revenue} = exactly(await sums(page));
  await question.click();
  const total = page.locator(".builder-card [data-total=revenue]");
  const shown = (await total.getAttribute("data-tip"))!;
  expect(Number(shown.replaceAll(/[^\d.]/g, "")).toFixed(2)).toBe(revenue);
  await page.close();
});

test("a member and a bar over time are asked about under the view's other choices", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open(`${path}?order_date=2025-03-10..2025-09-20&category=Bikes`);
  await settled(page);
  const menu = page.locator(".popup-menu");
  /** What the panel says of the lines: the predicate and gold's sum of them. */
  const why = async () => {
    await menu.getByRole("menuitem", {name: /^Why this number/}).click();
    const gold = page.locator(".why-steps [data-step=gold]");
    await gold.waitFor();
    const revenue = Number(await gold.getAttribute("data-revenue")).toFixed(2);
    const command = (await page.locator(".why .command code").textContent())!;
    await page.keyboard.press("Escape");
    await page.waitForSelector(".why", {state: "detached"});
    return [/where (.*)"$/.exec(command)![1], revenue];
  };
  const germany = page.locator("[data-chart=country]").getByRole("button", {name: "Germany"});
  const shown = (await membersOf(page, "country")).Germany;
  const asked =
    "order_date between '2025-03-10' and '2025-09-20' and category = 'Bikes' and country = 'Germany'";
  await germany.click({button: "right"});
  expect(await why()).toEqual([asked, shown]);
  await germany.focus();
  await page.keyboard.press("?");
  expect(await why()).toEqual([asked, shown]);

  const {charts} = await builtFrame();
  const {bins, values} = charts.find(({name}) => name === "order_date")!;
  const bars = bins as unknown as {from: string; to: string}[];
  await page.locator("#reset").click();
  await settled(page);
  const cover = page.locator("[data-chart=order_date] .cf-cover");
  await cover.scrollIntoViewIfNeeded();
  const {width} = (await cover.boundingBox())!;
  const position = {x: (3.5 / bars.length) * width, y: 60};
  await cover.click({button: "right", position});
  expect(await why()).toEqual([
    `order_date between '${bars[3]!.from}' and '${bars[3]!.to}'`,
    values[3]!.toFixed(2)
  ]);
  expect(await chips(page)).toEqual([]);
  await cover.click({button: "right", position});
  await menu.getByRole("menuitem", {name: "Filter by this"}).click();
  await settled(page);
  expect(new URL(page.url()).searchParams.get("order_date")).toBe(`${bars[3]!.from}..${bars[3]!.to}`);

  /** Whether a right click is taken, rather than left to the browser. */
  const isTaken = () =>
    germany.evaluate(
      (node) => !node.dispatchEvent(new MouseEvent("contextmenu", {bubbles: true, cancelable: true}))
    );
  expect(await isTaken()).toBe(true);
  await page.goto(`${built.url}${path}?sales_amount=10..100`);
  await settled(page);
  expect(await isTaken()).toBe(false);
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("another measure, and what a link cannot ask", async () => {
  const page = await browser.newPage();
  await open(page, "?measure=quantity&country=Germany");
  const [row] = await built.sql<{pieces: string}>(
    `select sum(quantity)::varchar as pieces from ${lines} where country = 'Germany'`
  );
  expect((await sums(page)).quantity).toBe(row!.pieces);
  const pieces = Object.values((await membersOf(page, "category")) as Record<string, string>);
  expect(pieces.reduce((sum, one) => sum + Number(one), 0)).toBe(Number(row!.pieces));
  await page.goto(
    `${built.url}${path}?measure=orders&country=Atlantis&order_date=2025-99-01..x&sales_amount=9..1&gone=1`
  );
  await page.waitForSelector(".cf-warning:text('Atlantis')");
  const said = (await page.locator(".cf-warning").textContent())!;
  for (const part of ["no measure", "range of Order date", "range of Line amount", "“gone”"])
    expect(said).toContain(part);
  expect(await chips(page)).toEqual([]);
  await page.goto(`${built.url}${path}?category=${encodeURIComponent("<img src=x onerror=alert(1)>")}`);
  await page.waitForSelector(".cf-warning:has-text('<img src=x')");
  await page.close();
});

test("without WebAssembly the charts stay, and a sentence says what is missing", async () => {
  const page = await browser.newPage();
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  await page.goto(`${built.url}${path}?country=Germany`);
  await page.waitForSelector(".cf-warning:text('WebAssembly')");
  expect(await page.locator(".cf-members button").count()).toBeGreaterThan(20);
  expect(await page.locator(".cf-warning").textContent()).toContain("The charts show all sales");
  await page.close();
});

type Frame = {
  sums: Record<string, string>;
  charts: {
    name: string;
    members?: (string | null)[];
    bins?: {from: number | null; to: number | null}[];
    size?: number;
    values: number[];
    lines: number[];
    unknown: {value: number; lines: number};
  }[];
};

async function builtFrame(): Promise<Frame> {
  return extractOf<Frame>(built, "crossfilter");
}

/** Serves the built site over sales changed by `sql`, with a dimension more in its definitions; `atMost` as `readFrame` has it. */
async function serveChanged(name: string, sql: string, atMost?: number) {
  const folder = join(inject("shared"), `crossfilter-${name}`);
  mkdirSync(folder);
  const dist = join(folder, "dist");
  cpSync(join(built.project, "dist"), dist, {recursive: true});
  const definitions = readDefinitions(built.project);
  definitions.dimensions.push({
    name: "pieces",
    label: "Pieces a line",
    description: "",
    kind: "categorical",
    expr: "quantity"
  });
  const shop = fileOf(dist, "shop", "duckdb");
  const {connection, close} = await openEngine({memory: "400MB", temp: join(folder, "spill")});
  await run(connection, `attach '${shop}' as shop; use shop; ${sql}`);
  const ask = (text: string) => query<Record<string, unknown>>(connection, text);
  const frame = await readFrame(ask, definitions, {through: "2026-06-30", ...(atMost && {atMost})});
  await run(connection, "use memory; detach shop");
  close();
  writeFileSync(fileOf(dist, "crossfilter"), JSON.stringify({...frame, sums: {}}));
  writeFileSync(fileOf(dist, "semantic"), JSON.stringify(definitions));
  const site = await serveFolder(dist);
  return {
    ...site,
    close: async () => {
      await site.close();
      rmSync(folder, {recursive: true});
    }
  };
}

test("of more lines than a browser filters, the newest days are shown, and said to be", async () => {
  const site = await serveChanged("newest", "select 1", 1000);
  const [found] = await built.sql<{since: string; n: number; all: number}>(
    `with days as (select order_date as day, count(*) as n from gold.fct_sales where order_date is not null group by 1),
     sums as (select day, sum(n) over (order by day desc) as n from days)
     select min(day)::varchar as since, max(n)::integer as n, (select count(*)::integer from gold.fct_sales) as all
     from sums where n <= 1000`
  );
  const {since, n, all} = found!;
  const window = await openWindow(browser, site.url);
  const page = await window.open(path);
  await settled(page);
  const number = (value: number) => value.toLocaleString("en");
  expect(await page.textContent(".cf-newest")).toContain(
    `The newest ${number(n)} of ${number(all)} sales lines, since `
  );
  const [weekdays] = await built.sql<{weekday: string; revenue: string}>(
    `select dayname(order_date) as weekday, sum(sales_amount)::decimal(18, 2)::varchar as revenue from gold.fct_sales
     where order_date >= '${since}' group by 1 order by 1 limit 1`
  );
  expect((await membersOf(page, "weekday"))[weekdays!.weekday]).toBe(weekdays!.revenue);
  await page.locator("[data-chart=weekday] .cf-members button").first().click();
  await settled(page);
  const chosen = new URL(page.url()).searchParams.getAll("weekday");
  expect(exactly(await sums(page))).toEqual(
    await sumsOfGold(`order_date >= '${since}' and dayname(order_date) in ('${chosen.join("', '")}')`)
  );
  expect(await page.getAttribute(".cf-links a:text('question')", "href")).toContain(since);
  expect(window.wrong).toEqual([]);
  await window.close();
  await site.close();
});

describe("a hostile shop", () => {
  test("names that are markup, long, empty, missing, right to left; 5,000 products; negative and huge amounts; a new dimension", async () => {
    const img = "<img src=x onerror=document.title='hit'>";
    const site = await serveChanged(
      "hostile",
      `update marts.sales set country = case _row % 6 when 0 then '${img.replaceAll("'", "''")}' when 1 then repeat('long ', 2000)
        when 2 then '' when 3 then null when 4 then 'متجر الدراجات' else '''; drop table x; --' end;
       update marts.sales set product_name = 'P' || (hash(sale_key) % 5000);
       insert into marts.sales by name select * exclude (n) replace ('P' || n as product_name) from (select * from marts.sales limit 1), range(5000) as t(n);
       update marts.sales set sales_amount = -sales_amount where _row % 7 = 0;
       update marts.sales set sales_amount = 9007199254740991.01 where sale_key = (select min(sale_key) from marts.sales);`
    );
    const window = await openWindow(browser, site.url, {width: 360});
    const page = await window.open(path);
    await settled(page);
    const board = page.locator("[data-chart=country] .cf-members");
    expect((await board.locator(".cf-name").allTextContents()).sort()).toEqual(
      [img, "long ".repeat(2000), "(empty)", "not known", "متجر الدراجات", "'; drop table x; --"].sort()
    );
    for (const name of [img, "'; drop table x; --", "not known", "(empty)", "long long"]) {
      await board.locator("button", {hasText: name}).click();
      await settled(page);
      expect(Number((await sums(page)).lines)).toBeGreaterThan(100);
    }
    expect(await page.title()).not.toBe("hit");
    const search = page.getByLabel("Search Product", {exact: true});
    await search.fill("p4321");
    await page.locator("[data-chart=product_name] .cf-members button").first().click();
    await settled(page);
    expect(await chips(page)).toHaveLength(2);
    expect(await page.locator("[data-chart=pieces] .cf-members button").count()).toBeGreaterThan(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.locator("main").textContent()).not.toMatch(/NaN|Infinity|undefined/);
    expect(window.wrong).toEqual([]);
    await window.close();
    await site.close();
  });

  test("no sale, and a single one", async () => {
    const none = await serveChanged("none", "delete from marts.sales");
    const window = await openWindow(browser, none.url);
    await (await window.open(path)).waitForSelector(".state:has-text('No dated sales yet')");
    await window.close();
    await none.close();
    const one = await serveChanged(
      "one",
      "delete from marts.sales where sale_key <> (select min(sale_key) from marts.sales where order_date is not null)"
    );
    const other = await openWindow(browser, one.url);
    const page = await other.open(path);
    await settled(page);
    await drag(page, "sales_amount", [0, 0]);
    await page.waitForURL(/sales_amount/);
    await settled(page);
    expect((await sums(page)).lines).toBe("1");
    expect(await page.locator("main").textContent()).not.toMatch(/NaN|Infinity|undefined/);
    expect(other.wrong).toEqual([]);
    await other.close();
    await one.close();
  });
});
