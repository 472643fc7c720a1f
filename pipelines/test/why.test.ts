import type {Browser, Page} from "playwright-core";
import {beforeAll, expect, test} from "vitest";
import {type Built, visitBuilt} from "./built.ts";
import {faultsOf, openWindow} from "./site.ts";

/* Marks of a built site are asked why they are what they are, in a real browser. */

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

/** What the open panel says: rows and revenue by step, and the predicate of its command line. */
async function panel(page: Page): Promise<{steps: Record<string, string>; predicate: string}> {
  if (!(await page.locator(".why").count()))
    await page.getByRole("menuitem", {name: /^Why this number/}).click();
  await page.waitForSelector(".why-steps [data-step=source], .why [role=alert]");
  const failed = page.locator(".why [role=alert]");
  if (await failed.count()) throw new Error((await failed.textContent())!);
  const steps = await page.locator(".why-steps [data-step]:not([data-step=corrected])").evaluateAll((rows) =>
    Object.fromEntries(
      rows.map((row) => {
        const {step, rows: count, revenue} = (row as HTMLElement).dataset;
        return [step, `${count} ${Number(revenue).toFixed(2)}`];
      })
    )
  );
  const command = (await page.locator(".why .command code").textContent())!;
  return {steps, predicate: /where (.*)"$/.exec(command)![1]!};
}

/** The same out of gold and of the texts of bronze, by an SQL of its own. */
async function sumsOf(where: string): Promise<Record<string, string>> {
  const [row] = await built.sql<Record<string, string>>(`
    with lines as (
      select fct_sales.* from gold.fct_sales
      left join gold.dim_products as products on products.product_key = fct_sales.current_product_key
      left join gold.dim_customers as customers using (customer_key)
      left join gold.dim_dates as dates on dates.date_day = fct_sales.order_date
      where ${where}
    )
    select
      (select count(*) || ' ' || sum(sales_amount) from lines) as gold,
      (select count(*) || ' ' || sum(try_cast(trim(sls_sales) as decimal(18, 2))) from bronze.crm_sales_details
       where _row in (select _row from lines)) as bronze`);
  const {gold, bronze} = row!;
  return {gold: gold!, silver: gold!, bronze: bronze!, source: bronze!};
}

async function agrees(page: Page): Promise<void> {
  const {steps, predicate} = await panel(page);
  const {reported, ...others} = steps;
  const own = await sumsOf(predicate);
  expect(others).toEqual(own);
  if (reported) expect(reported).toBe(own.bronze);
  expect(await page.locator(".why-steps .bad").count()).toBe(0);
}

test("figures, bars, days and members lead to sums that are those of gold and of the source's text", async () => {
  const window = await openWindow(browser, built.url);
  for (const path of ["/", "/dashboards/sales"]) {
    const page = await window.open(path);
    await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
    await page.waitForSelector(".card-table .why-button");
    const buttons = page.locator(".why-button:not(.why-foot *)");
    const count = await buttons.count();
    expect(count).toBeGreaterThan(20);
    for (let n = 0; n < count; n += Math.ceil(count / 8)) {
      await buttons.nth(n).evaluate((button) => (button as HTMLElement).click());
      await agrees(page);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".why", {state: "detached"});
    }
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    await page.close();
  }
  expect(window.wrong).toEqual([]);
  await window.close();
});

test("a bar offers its button under the pointer and answers a right click, and a click still filters", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/dashboards/sales");
  const bars = page.locator(".why-chart svg[aria-label*='bars']");
  const box = (await bars.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 60];
  await page.mouse.move(x, y);
  await page.locator(".why-foot .why-button").click();
  await agrees(page);
  const {predicate} = await panel(page);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".why", {state: "detached"});
  await page.mouse.move(x, y - 8);
  await page.locator(".why-foot .why-button").waitFor();
  await page.mouse.click(x, y - 8, {button: "right"});
  expect((await panel(page)).predicate).toBe(predicate);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".why", {state: "detached"});
  expect(new URL(page.url()).search).toBe("");
  await page.mouse.click(x, box.y + 60);
  await page.waitForFunction(() => location.search.includes("from="));
  await window.close();
});

test("a member answers ?, its lines are paged, and the focus returns", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/dashboards/sales?period=all");
  const member = page.locator("[aria-label=Country] tbody button[aria-pressed]").first();
  await member.focus();
  await page.keyboard.press("?");
  await agrees(page);
  expect(await page.locator(".why-lines tbody tr").count()).toBe(25);
  await page.locator(".why-pager button", {hasText: "Next"}).click();
  expect(await page.locator(".why-pager [role=status]").textContent()).toMatch(/^Lines 26 – 50 of /);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".why", {state: "detached"});
  expect(await member.evaluate((button) => button === document.activeElement)).toBe(true);
  await window.close();
});

test("a server without ranges gives the whole file, and the answer is the same", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/dashboards/sales");
  await page.route("**/origins.*.blocks", async (route) => {
    const whole = await fetch(route.request().url());
    await route.fulfill({status: 200, body: Buffer.from(await whole.arrayBuffer())});
  });
  await page.locator("[data-figure=revenue] .why-button").click();
  await agrees(page);
  await window.close();
});
