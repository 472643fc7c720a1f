import fc from "fast-check";
import type {Browser, Page} from "playwright-core";
import {beforeAll, describe, expect, test} from "vitest";
import {priceVolumeMix, treeOf} from "../../src/components/drivers.js";
import {type Built, visitBuilt} from "./built.ts";
import {openWindow} from "./site.ts";

/* What is asked of a mark besides why. */

describe("the drivers of a change", () => {
  const amount = fc.integer({min: -1_000_000, max: 100_000_000}).map((cents) => cents / 100);
  const count = fc.integer({min: 1, max: 5000});
  const totals = fc.record({revenue: amount, margin: amount, orders: count, customers: count, pieces: count});
  const group = fc.record({pieces: fc.nat(500), orders: fc.nat(500), revenue: amount, cost: amount});
  const groups = fc.array(fc.record({before: group, now: group}), {minLength: 1, maxLength: 6});
  /** Totals are what the groups sum to, as they are in a shop; lines without pieces come on top. */
  const spans = fc
    .record({before: totals, now: totals, rest: fc.tuple(amount, amount), groups})
    .map(({before, now, rest, groups}) => {
      const total = (span: "before" | "now", key: "orders" | "revenue" | "pieces") =>
        groups.reduce((sum, one) => sum + (one[span].orders || key === "pieces" ? one[span][key] : 0), 0);
      const kinds = groups.map((one, index) => ({kind: String(index), ...one}));
      const whole = (span: "before" | "now", own: typeof before, extra: number) => ({
        ...own,
        orders: total(span, "orders"),
        revenue: total(span, "revenue"),
        margin: own.margin + extra
      });
      return {
        before: whole("before", before, rest[0]),
        now: whole("now", now, rest[1]),
        kinds,
        products: groups
      };
    });
  type Part = {effect: number; parts: Part[]};
  /** Whole cents; no cent is 0 on either side of zero. */
  const centsOf = (effect: number) => Math.round(effect * 100) + 0;
  const cents = (parts: Part[]) => parts.reduce((sum, {effect}) => sum + centsOf(effect), 0);

  test("sum to it, to the cent, at every level", () => {
    fc.assert(
      fc.property(spans, (shop) => {
        const trees = ["revenue", "average_order_value", "orders"].map((name) => treeOf(name, shop));
        const mixes = ["revenue", "margin", "average_order_value"].map((name) => priceVolumeMix(name, shop));
        for (const tree of [...trees, ...mixes]) {
          if (!tree) continue;
          expect(cents(tree.parts)).toBe(centsOf(tree.change));
          for (const {effect, parts} of tree.parts)
            if (parts.length) expect(cents(parts)).toBe(centsOf(effect));
        }
      }),
      {numRuns: 300}
    );
  });

  test("are the customers where only they doubled, and the mix where only it moved", () => {
    const side = (orders: number, bikes: number) => ({
      kinds: [
        {orders: bikes, revenue: bikes * 100},
        {orders: orders - bikes, revenue: (orders - bikes) * 10}
      ],
      total: {
        revenue: bikes * 100 + (orders - bikes) * 10,
        margin: 0,
        orders,
        customers: orders,
        pieces: orders
      }
    });
    const shop = (a: ReturnType<typeof side>, b: ReturnType<typeof side>) => ({
      before: a.total,
      now: b.total,
      products: [],
      kinds: a.kinds.map((before, index) => ({kind: String(index), before, now: b.kinds[index]!}))
    });
    const effects = (tree: {parts: {key: string; effect: number}[]} | null) =>
      Object.fromEntries(tree!.parts.map(({key, effect}) => [key, effect]));
    expect(effects(treeOf("revenue", shop(side(10, 5), side(20, 10))))).toEqual({
      customers: 550,
      frequency: 0,
      order_value: 0
    });
    expect(effects(treeOf("average_order_value", shop(side(10, 10), side(10, 5))))).toEqual({
      order_mix: -45,
      kind_value: 0
    });
  });
});

describe("in a browser", () => {
  let built: Built;
  let browser: Browser;
  beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

  const year = `order_date between (select max(data_through) from assay.data_through) + 1 - interval 1 year
    and (select max(data_through) from assay.data_through)`;
  const choose = async (page: Page, item: RegExp) => {
    await page.locator("[data-figure=revenue] .why-button").click();
    await page.getByRole("menuitem", {name: item}).click();
  };
  const close = async (page: Page) => {
    await page.keyboard.press("Escape");
    await page.waitForSelector(".panel-dialog", {state: "detached"});
  };

  test("a figure says why it moved, is compared, broken out and shown row by row, by keyboard too", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/");
    const [gold] = await built.sql(`select sum(sales_amount)::varchar as revenue, count(*)::varchar as lines
      from gold.fct_sales where ${year}`);

    await page.locator("[data-figure=revenue] .why-button").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=menuitem]:focus");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-driver=change]");
    const drivers = await page
      .locator(".moved-part:first-of-type [data-driver]")
      .evaluateAll((nodes) =>
        nodes.map((node) => [(node as HTMLElement).dataset.driver, (node as HTMLElement).dataset.effect])
      );
    const effect = Object.fromEntries(drivers) as Record<string, string>;
    const top = ["customers", "frequency", "order_value"].reduce(
      (sum, key) => sum + Math.round(Number(effect[key]) * 100),
      0
    );
    expect(top).toBe(Math.round(Number(effect.change) * 100));
    const now = page.locator(".moved-part:first-of-type tbody tr").first().locator("td").nth(1);
    expect(Number((await now.textContent())!.trim().replaceAll(",", ""))).toBe(Number(gold!.revenue));
    await close(page);

    await choose(page, /^Compare/);
    const first = page.locator(".panel-dialog tbody tr", {hasText: /^\s*Revenue/}).first();
    expect((await first.locator("td").first().textContent())!.trim().replaceAll(",", "")).toBe(
      gold!.revenue!.replace(/\.00$/, "")
    );
    await close(page);

    await choose(page, /^Break out/);
    await page.getByRole("menuitem", {name: "Country"}).click();
    await page.waitForSelector(".panel-dialog tbody tr");
    const members = await page
      .locator(".panel-dialog tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) =>
          [...row.children].slice(0, 2).map((cell) => cell.textContent!.trim().replaceAll(",", ""))
        )
      );
    const expected =
      await built.sql(`select coalesce(country, 'n/a') as member, sum(sales_amount)::varchar as revenue
      from gold.fct_sales left join gold.dim_customers using (customer_key) where ${year} group by 1`);
    const shown = Object.fromEntries(members) as Record<string, string>;
    expect(shown).toMatchObject(
      Object.fromEntries(expected.map(({member, revenue}) => [member, revenue!.replace(/\.00$/, "")]))
    );
    await close(page);

    await choose(page, /^See the rows/);
    await page.waitForSelector(".panel-dialog .small-print:text-matches('sales lines')");
    expect(await page.locator(".panel-dialog .small-print").first().textContent()).toContain(
      Number(gold!.lines).toLocaleString("en")
    );
    await close(page);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("a menu stays when what opened it is lifted, and goes with Esc or a click beside it", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/");
    const bars = page.locator(".why-chart svg[aria-label*='bars']");
    const box = (await bars.boundingBox())!;
    const menu = page.locator(".popup-menu");
    for (const leave of [() => page.keyboard.press("Escape"), () => page.mouse.click(5, 5)]) {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 70);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 60);
      await page.locator(".why-foot .why-button").waitFor();
      await page.mouse.down({button: "right"});
      await menu.waitFor();
      await page.mouse.up({button: "right"});
      await page.waitForTimeout(200);
      expect(await menu.count()).toBe(1);
      await leave();
      await menu.waitFor({state: "detached"});
    }
    await page.locator("[data-figure=revenue] .why-button").click();
    await page.getByRole("menuitem", {name: /^Compare/}).click();
    await page.locator(".panel-dialog table").first().waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(1);
    await window.close();
  });
});
