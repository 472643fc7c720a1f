import type {Browser} from "playwright-core";
import {beforeAll, expect, test} from "vitest";
import {type Built, visitBuilt} from "./built.ts";
import {openWindow} from "./site.ts";

/* What every page has: the palette, the theme, the page for a wrong address. */

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

test("the palette leads to the answers about a member, and to questions that take SQL", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/docs/");
  const [most] = await built.sql<{
    member: string;
    revenue: number;
    orders: number;
  }>(`select subcategory as member,
    sum(sales_amount)::double as revenue, count(distinct order_number)::integer as orders
    from marts.sales, marts.periods where period = '12m' and order_date between starts_on and ends_on
    group by 1 order by count(*) desc, 1 limit 1`);
  const pick = async (words: string, label: string) => {
    await page.keyboard.press("/");
    await page.waitForSelector(".palette [role=option]");
    await page.keyboard.type(words);
    await page.locator(".palette [role=option]", {hasText: label}).first().click();
    await page.waitForLoadState("networkidle");
  };

  await pick(most!.member, "subcategory");
  await page.waitForSelector(".builder-card [data-total=revenue]");
  const total = (await page.getAttribute(".builder-card [data-total=revenue]", "data-tip"))!;
  expect(Number(total.replaceAll(",", ""))).toBe(most!.revenue);
  expect(new URL(page.url()).searchParams.get("is.subcategory")).toBe(most!.member);

  await pick("never came back", "2024");
  await page.waitForSelector(".result-card .status:text-matches('ms$')");
  const [never] = await built.sql<{n: number}>(`select count(*)::integer as n from (
    select customer_key from gold.fct_sales where year(order_date) = 2024 and customer_key is not null
    except select customer_key from gold.fct_sales where order_date > '2024-12-31')`);
  expect(await page.textContent(".result-card .status")).toMatch(new RegExp(`^\\s*${never!.n} rows? ·`));

  await pick(`bought with ${most!.member}`, `What is bought with ${most!.member}?`);
  await page.waitForSelector(".result-card .status:text-matches('ms$')");
  const [companion] = await built.sql<{name: string; n: number}>(`select b.subcategory as name,
    count(distinct b.order_number)::integer as n from marts.sales as a join marts.sales as b using (order_number)
    where a.subcategory = '${most!.member.replaceAll("'", "''")}' and b.subcategory <> a.subcategory
    group by 1 order by n desc, name limit 1`);
  const result = (await page.textContent(".results"))!;
  expect(result).toContain(companion!.name);
  expect(result).toContain(companion!.n.toLocaleString("en"));
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("by keyboard alone the palette finds a page, a measure and a table, and goes there", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/trust/checks");
  for (const [words, path] of [
    ["recon", /^\/trust\/reconciliation$|^\/explore\/|^\/docs/],
    ["customers notebook", /^\/eda\/customers$/],
    ["average order value", /^\/explore\/\?measure=average_order_value$/],
    ["marts.product_versions", /^\/docs\/data#marts\.product_versions$/]
  ] as const) {
    await page.keyboard.press("/");
    await page.waitForSelector(".palette [role=option]");
    await page.keyboard.type(words);
    await page.waitForFunction(
      (text) => document.querySelector<HTMLInputElement>(".palette input")!.value === text,
      words
    );
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => !document.querySelector(".palette"));
    await page.waitForLoadState("networkidle");
    const {pathname, search, hash} = new URL(page.url());
    expect([words, pathname + search + hash]).toEqual([words, expect.stringMatching(path)]);
  }
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("where the palette finds nothing it leads to the pages on which one asks", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/docs/");
  for (const [arrows, path] of [
    [1, "/explore/question"],
    [2, "/explore/sql"]
  ] as const) {
    await page.keyboard.press("/");
    await page.waitForSelector(".palette [role=option]");
    await page.keyboard.type("<img src=x onerror=alert(1)> zzzz");
    await page.waitForSelector(".palette-none:text('Nothing is called that')");
    expect(await page.locator(".palette [role=option] span").allTextContents()).toEqual([
      "Build a question",
      "Ask with SQL"
    ]);
    for (let n = 0; n < arrows; n++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === path, {waitUntil: "networkidle"});
  }
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("a theme that was chosen is there before the first paint of the next page", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/trust/checks");
  const paper = () => page.evaluate(() => getComputedStyle(document.body).color);
  const light = await paper();
  await page.locator(".shell-theme").click();
  await page.locator(".shell-theme").click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.goto(`${built.url}/trust/releases`, {waitUntil: "commit"});
  await page.waitForSelector("main");
  expect(await paper()).toBe(dark);
  await window.close();
});

test("an address without a page says so and leads on", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/404");
  expect(await page.textContent("h1")).toBe("There is no page at this address");
  await page.getByRole("link", {name: "To the overview"}).click();
  await page.waitForSelector("[data-figure=revenue]");
  expect(window.wrong).toEqual([]);
  await window.close();
});
