import {readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {AxeBuilder} from "@axe-core/playwright";
import type {Browser, Page} from "playwright-core";
import {beforeAll, describe, expect, inject, test} from "vitest";
import {readConfig} from "../config.ts";
import {openEngine, run} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {readCurrent} from "../release.ts";
import {type Built, extractOf, visitBuilt} from "./built.ts";
import {canariesIn, findCanaries} from "./canaries.ts";
import {faultsOf, linksOf, openWindow, pages, views} from "./site.ts";

/* `assay build` of a simulated shop with canaries for personal data, opened in a real browser. */

let built: Built;
let browser: Browser;
beforeAll(() => visitBuilt((found) => ({built, browser} = found)));

/** The figures a page shows, by name, to the cent. */
const figures = (page: Page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>("[data-figure][data-value]")].map(({dataset}) => [
        dataset.figure!,
        Number(dataset.value).toFixed(dataset.figure === "margin_rate" ? 6 : 2)
      ])
    )
  );

/** The same figures out of gold, by an SQL of its own. */
async function figuresOfGold(where: string): Promise<Record<string, string>> {
  const [row] = await built.sql<Record<string, string>>(`
    select
      sum(sales_amount)::varchar as revenue,
      count(distinct order_number)::varchar || '.00' as orders,
      count(distinct customer_key)::varchar || '.00' as customers,
      sum(sales_amount - cost_amount)::varchar as margin
    from gold.fct_sales
    left join gold.dim_products on dim_products.product_key = fct_sales.current_product_key
    where ${where}`);
  const {revenue, orders, margin} = row!;
  return {
    ...row!,
    average_order_value: (Number(revenue) / Number(orders)).toFixed(2),
    margin_rate: (Number(margin) / Number(revenue)).toFixed(6)
  };
}

/** The days of a preset: `12m` is the year that ends with the data. */
const year = `order_date between (select max(data_through) from assay.data_through) + 1 - interval 1 year
  and (select max(data_through) from assay.data_through)`;

/** The rows of an extract as the built site holds it. */
function builtExtract<T>(name: string): T[] {
  return extractOf<T[]>(built, name);
}

test("assay build says what it built, without asking the network", () => {
  expect(built.ended.stdout).toMatch(
    /^(warning: .+\n)*published release .+\nbuilt dist from release \d{8}T\d{6}-[0-9a-f]{6}, data through 2026-\d\d-\d\d; serve it with any web server\n$/
  );
  expect(built.ended.stderr).toMatch(new RegExp(`✓ site +${Object.keys(pages).length} rows`));
  expect(readdirSync(built.project).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
});

test("every figure of the built pages, and every leader, is gold's to the cent", async () => {
  type Span = {starts_on: string; ends_on: string} & Record<string, number>;
  const within = ({starts_on, ends_on}: Span) =>
    `order_date between date '${starts_on}' and date '${ends_on}'`;
  const rows = builtExtract<Span>("figures").filter(({lines}) => lines! > 0);
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) {
    const {revenue, orders, customers, margin, average_order_value, margin_rate} = row;
    const shown = {revenue, orders, customers, margin, average_order_value, margin_rate};
    expect(
      Object.fromEntries(
        Object.entries(shown).map(([name, value]) => [name, value!.toFixed(name === "margin_rate" ? 6 : 2)])
      )
    ).toEqual(await figuresOfGold(within(row)));
  }
  const leaders = builtExtract<{period: string; dimension: string; member: string | null; revenue: number}>(
    "leaders"
  ).filter(({period}) => period === "12m");
  const span = rows.find(({period, span: name}) => String(period) === "12m" && String(name) === "current")!;
  for (const dimension of ["country", "category", "product_line"]) {
    const expected = await built.sql<{member: string; revenue: string}>(`
      select coalesce(${dimension}, 'n/a') as member, sum(sales_amount)::varchar as revenue from gold.fct_sales
      left join gold.dim_customers on dim_customers.customer_key = fct_sales.customer_key
      left join gold.dim_products on dim_products.product_key = fct_sales.current_product_key
      where ${within(span)} group by 1 having sum(sales_amount) <> 0 order by 1`);
    const shown = leaders.filter((one) => one.dimension === dimension && one.revenue !== 0);
    expect(shown.map(({member, revenue}) => ({member, revenue: revenue.toFixed(2)})).sort(byMember)).toEqual(
      expected.sort(byMember)
    );
  }
});

const byMember = (a: {member: string | null}, b: {member: string | null}) => (a.member! < b.member! ? -1 : 1);

describe("every page", () => {
  /*
   * What axe finds in the Framework's own sidebar, which it gives no way to write otherwise: its toggle is an input
   * with only a title, outside of any landmark, and the toggle's label is a child of the list of pages.
   */
  const excepted = [
    ["label-title-only", "#observablehq-sidebar-toggle"],
    ["list", "#observablehq-sidebar > ol:nth-child(1)"],
    ["list", "ol:nth-child(1)"]
  ];

  async function violations(page: Page): Promise<string[]> {
    const {violations} = await new AxeBuilder({page}).setLegacyMode().analyze();
    return violations
      .filter(({impact}) => impact === "serious" || impact === "critical")
      .flatMap(({id, nodes}) =>
        nodes
          .filter(({target}) => !excepted.some(([rule, at]) => rule === id && String(target) === at))
          .map(({target, failureSummary}) => `${id} ${target}: ${failureSummary}`)
      );
  }

  for (const {width, colorScheme, paths} of views)
    test(`opens without a fault, ${width} px wide, ${colorScheme}`, async () => {
      const window = await openWindow(browser, built.url, {width, colorScheme});
      for (const path of paths) {
        const page = await window.open(path);
        await page.waitForSelector(pages[path]!);
        expect([path, await faultsOf(page)]).toEqual([path, {overflow: 0, errors: 0}]);
        expect([path, await violations(page)]).toEqual([path, []]);
        await page.close();
      }
      expect(window.wrong).toEqual([]);
      await window.close();
    });

  test("its links into the site lead somewhere", async () => {
    const window = await openWindow(browser, built.url);
    const links = new Set<string>();
    for (const path of Object.keys(pages)) {
      const page = await window.open(path);
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
      await page.evaluate(() => new Promise(requestAnimationFrame));
      for (const link of await linksOf(page)) links.add(link);
      await page.close();
    }
    expect([...links]).toEqual(expect.arrayContaining(Object.keys(pages).slice(1)));
    const statuses = await Promise.all(
      [...links].map(async (link) => [link, (await fetch(built.url + link)).status])
    );
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("says its language and lets itself be zoomed", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/");
    expect(await page.getAttribute("html", "lang")).toBe("en");
    expect(await page.getAttribute("meta[name=viewport]", "content")).toBe(
      "width=device-width, initial-scale=1"
    );
    await window.close();
  });
});

describe("the overview", () => {
  test("shows the figures of gold for the last twelve months, to the cent", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/");
    expect(await page.getAttribute("#period-12m", "aria-pressed")).toBe("true");
    expect(await figures(page)).toEqual(await figuresOfGold(year));
    await window.close();
  });

  test("shows the figures of gold for all days", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/?period=all");
    expect(await figures(page)).toEqual(
      await figuresOfGold("order_date <= (select max(data_through) from assay.data_through)")
    );
    await window.close();
  });

  test("is painted without DuckDB", async () => {
    const window = await openWindow(browser, built.url);
    await window.open("/");
    expect(window.asked).toContainEqual(expect.stringMatching(/^\/_file\/data\/figures\.[0-9a-f]+\.json$/));
    expect(window.asked.filter((path) => /duckdb|\.wasm/.test(path))).toEqual([]);
    await window.close();
  });

  test("brings of Observable Plot and d3 one file, of what the pages draw", async () => {
    const window = await openWindow(browser, built.url);
    await window.open("/");
    expect(window.asked.filter((path) => path.startsWith("/_node/@observablehq/plot@"))).toHaveLength(1);
    expect(window.asked.filter((path) => path.startsWith("/_node/d3"))).toEqual([]);
    await window.close();
  });
});

describe("the sales dashboard", () => {
  test("shows money as reported where the address asks so, and the way back", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/sales?reading=reported");
    const {revenue} = await figures(page);
    expect([revenue]).toEqual(
      Object.values(
        (
          await built.sql<Record<string, string>>(
            `select sum(reported_sales_amount)::varchar as r from gold.fct_sales where ${year}`
          )
        )[0]!
      )
    );
    expect(await page.textContent("[data-figure=revenue] h2")).toContain("Revenue as reported");
    await page.click("#reading-corrected");
    await page.waitForFunction(() => !location.search.includes("reading"));
    await page.waitForSelector("[data-figure=revenue] h2:text-matches('^Revenue *$')");
    expect(await figures(page)).toEqual(await figuresOfGold(year));
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("is painted without DuckDB, and asks it for a filter: the figures are gold's", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/sales");
    expect(await figures(page)).toEqual(await figuresOfGold(year));
    expect(window.asked.filter((path) => /duckdb|\.wasm/.test(path))).toEqual([]);
    const [{category}] = (await built.sql<{category: string}>(
      "select category from marts.sales group by 1 order by count(*) desc limit 1"
    )) as [{category: string}];
    const filtered = await window.open(`/dashboards/sales?category=${encodeURIComponent(category)}`);
    await filtered.waitForSelector("[data-figure=revenue]");
    expect(window.asked).toContainEqual(expect.stringMatching(/\.wasm$/));
    expect(await figures(filtered)).toEqual(
      await figuresOfGold(`${year} and category = '${category.replaceAll("'", "''")}'`)
    );
    expect(await faultsOf(filtered)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("keeps a filter that is still being asked when the next one is clicked", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/sales");
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/\.wasm/, async (route) => {
      await held;
      await route.continue();
    });
    const first = (name: string) => page.locator(`.board button[id^="${name}:"]`).first();
    const chosen = ["category", "country"];
    const members = await Promise.all(chosen.map((name) => first(name).locator(".board-name").textContent()));
    for (const name of chosen) await first(name).click();
    const filters = chosen.map((name) => new URL(page.url()).searchParams.getAll(name));
    answer();
    expect(filters).toEqual(members.map((member) => [member]));
    await page.waitForFunction(() => document.querySelectorAll(".board .is-chosen").length === 2);
    await window.close();
  });

  test("counts a chosen span of days as gold does", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/dashboards/sales?from=2025-02-03&to=2025-03-17");
    await page.waitForSelector("[data-figure=revenue]");
    expect(await figures(page)).toEqual(
      await figuresOfGold("order_date between date '2025-02-03' and date '2025-03-17'")
    );
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("the badge of a figure", () => {
  const badge = async (page: Page, key: string) =>
    (await page.locator(`[data-figure=${key}] [data-badge] span`).first().textContent())!.trim();

  /** What the badges must say, counted in gold. */
  async function counted(where: string, filter = "true") {
    const [row] = await built.sql<Record<string, string>>(`
      select
        count(*) filter (where ${where})::varchar as lines,
        count(*) filter (where ${where} and sales_amount is distinct from reported_sales_amount)::varchar as corrected,
        (sum(sales_amount) filter (where ${where}) - sum(reported_sales_amount) filter (where ${where}))::varchar as amount,
        count(*) filter (where order_date is null and ${filter})::varchar as undated
      from gold.fct_sales
      left join gold.dim_products on dim_products.product_key = fct_sales.current_product_key`);
    const {lines, corrected, amount, undated} = row!;
    const text = (number: string) =>
      Number(number).toLocaleString("en", {minimumFractionDigits: 2}).replace("-", "−").replace(".00", "");
    return {
      corrected:
        `${text(corrected!)} of ${text(lines!)} lines corrected, ${Number(amount) > 0 ? "+" : ""}${text(amount!)}`.replace(
          /(\d)\.00/g,
          "$1"
        ),
      undated: Number(undated)
    };
  }

  test("tells how many lines of the selection were corrected, filtered or not, and what no check covers", async () => {
    const window = await openWindow(browser, built.url);
    const overview = await window.open("/");
    const whole = await counted(year);
    expect(whole.corrected).toMatch(/^[1-9]/);
    expect(await badge(overview, "revenue")).toBe(whole.corrected);
    expect(await badge(overview, "orders")).toMatch(/^data through \d+ \w+ 2026$/);
    expect(
      await overview
        .locator("[data-badge]")
        .evaluateAll((found) => found.map((one) => [one.dataset.badge, one.className]))
    ).toEqual([
      ["revenue", "badge is-good"],
      ["orders", "badge is-good"],
      ["average_order_value", "badge is-good"],
      ["customers", "badge is-good"],
      ["margin", "badge is-open"],
      ["revenue", "badge is-good"]
    ]);
    expect(await overview.getAttribute("[data-figure=margin]", "data-tip")).toContain(
      "No check covers gold.fct_sales.cost_amount"
    );
    const [undated] = await built.sql<{lines: number; amount: string}>(
      "select count(*)::integer as lines, coalesce(sum(sales_amount), 0)::varchar as amount from gold.fct_sales where order_date is null"
    );
    expect(undated!.lines).toBeGreaterThan(0);
    expect(await overview.textContent(".release-slot .small-print")).toContain(
      `Of the revenue, ${Number(undated!.amount).toLocaleString("en")} comes from ${undated!.lines} line${undated!.lines === 1 ? "" : "s"} without an order date`
    );
    const [{category}] = (await built.sql<{category: string}>(
      `select category from marts.sales where sales_amount <> reported_sales_amount and ${year} group by 1 order by count(*) limit 1`
    )) as [{category: string}];
    const filter = `category = '${category.replaceAll("'", "''")}'`;
    const filtered = await window.open(`/dashboards/sales?category=${encodeURIComponent(category)}`);
    await filtered.waitForSelector("[data-figure=revenue]");
    const some = await counted(`${year} and ${filter}`, filter);
    expect(some).not.toEqual(whole);
    expect(await badge(filtered, "revenue")).toBe(some.corrected);
    const reported = await window.open(
      `/dashboards/sales?reading=reported&category=${encodeURIComponent(category)}`
    );
    await reported.waitForSelector("[data-figure=revenue]");
    expect(await badge(reported, "revenue")).toMatch(/^data through /);
    const all = await window.open(`/dashboards/sales?period=all&category=${encodeURIComponent(category)}`);
    await all.waitForSelector("[data-figure=revenue]");
    const ever = await counted(
      `order_date <= (select max(data_through) from assay.data_through) and ${filter}`,
      filter
    );
    const one = ever.undated === 1;
    expect(await badge(all, "revenue")).toBe(
      ever.undated
        ? `${ever.corrected} · ${ever.undated} line${one ? "" : "s"} without an order date ${one ? "is" : "are"} in no period`
        : ever.corrected
    );
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("the sql page", () => {
  /** The rows of the result, no two alike, of which the grid draws only those in sight. */
  async function rowsShown(page: Page): Promise<string[][]> {
    const holder = page.locator(".result-card .tabulator-tableholder");
    await page.waitForSelector(".result-card .tabulator-row");
    const rows = new Map<string, string[]>();
    for (let isEnd = false; !isEnd;) {
      const found = await page
        .locator(".result-card .tabulator-row")
        .evaluateAll((all) =>
          all.map((row) =>
            [...row.querySelectorAll(".tabulator-cell")].map((cell) => cell.textContent!.trim())
          )
        );
      for (const row of found) rows.set(row.join("\n"), row);
      isEnd = await holder.evaluate((node) => {
        const isLast = node.scrollTop + node.clientHeight >= node.scrollHeight - 1;
        node.scrollTop += node.clientHeight;
        return isLast;
      });
      await page.waitForTimeout(50);
    }
    return [...rows.values()];
  }

  test("opens with a query that the browser's DuckDB answers as the release does", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/explore/sql");
    await page.waitForSelector(pages["/explore/sql"]!);
    // in parts: the whole file would be asked for three times at most
    expect(window.asked.filter((path) => path.endsWith(".duckdb")).length).toBeGreaterThan(5);
    const text = (await page.locator(".cm-line").allTextContents()).join("\n");
    const rows = await built.sql<Record<string, string>>(text);
    expect(rows.length).toBeGreaterThan(100);
    expect(await page.locator(".result-card .status").textContent()).toMatch(
      new RegExp(`^${rows.length} rows · \\d[\\d,]* ms$`)
    );
    const shown = (await rowsShown(page)).map((row) =>
      row.map((cell) => (/^−?[\d,]+\.\d\d$/.test(cell) ? cell.replaceAll(",", "").replace("−", "-") : cell))
    );
    expect(shown).toEqual(rows.map((row) => Object.values(row)));
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("runs every example, and finds as many rows as the release", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/explore/sql");
    await page.waitForSelector(pages["/explore/sql"]!);
    const select = page.locator("select[aria-label='Example queries']");
    const names = (await select.locator("option").allTextContents()).slice(1);
    expect(names.length).toBeGreaterThan(3);
    const status = page.locator(".result-card .status");
    for (const name of names) {
      await status.evaluate((node) => (node.textContent = "asked"));
      await select.selectOption({label: name});
      await page.waitForFunction(() =>
        /ms$|Not run/.test(document.querySelector(".result-card .status")!.textContent!)
      );
      expect([name, await page.locator(".sql-error").isVisible()]).toEqual([name, false]);
      const text = (await page.locator(".cm-line").allTextContents()).join("\n");
      const {length} = await built.sql(text);
      expect([name, await status.textContent()]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^${length} rows? · `))
      ]);
    }
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("can read and change nothing but the extract", async () => {
    const window = await openWindow(browser, built.url);
    const refusals = [
      ["drop table shop.marts.sales", /read-only|Cannot execute/],
      ["attach 'http://example.com/x.duckdb' as x", /disabled|Cannot|Permission/],
      ["select * from read_csv('http://example.com/x.csv')", /disabled|Cannot|Permission/],
      ["selec 1", /syntax error at or near "selec"/]
    ] as const;
    for (const [sql, message] of refusals) {
      const page = await window.open(`/explore/sql?q=${encodeURIComponent(sql)}`);
      expect(await page.locator(".result-card .status").textContent()).toBe("Not run yet");
      await page.getByRole("button", {name: /^Run /}).click();
      await page.waitForSelector(".sql-error:not([hidden])");
      expect([sql, await page.locator(".sql-error").textContent()]).toEqual([
        sql,
        expect.stringMatching(message)
      ]);
      await page.close();
    }
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("the notebook", () => {
  test("answers six questions, and every cell's SQL runs in the browser's DuckDB", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/eda/sales");
    const cells = page.locator(".cell");
    expect(await cells.count()).toBe(6);
    for (const cell of await cells.all()) {
      const answer = (await cell.locator(".answer").first().textContent())!;
      expect(answer.length).toBeGreaterThan(20);
      expect(answer).not.toMatch(/undefined|NaN|Infinity|\[object/);
      await cell.locator("summary").first().click();
      const text = (await cell.locator("pre.sql-text").textContent())!;
      await cell.getByRole("button", {name: "Edit and run"}).click();
      await cell.getByRole("button", {name: "Run", exact: true}).click();
      await cell.locator(".edited, .sql-error:not([hidden])").first().waitFor();
      const {length} = await built.sql(text);
      expect([answer, await cell.locator(".edited, .sql-error:not([hidden])").allTextContents()]).toEqual([
        answer,
        [expect.stringMatching(new RegExp(`^\\s*Your query: ${length} rows? in`))]
      ]);
      // the same rows say the same
      expect(await cell.locator(".answer").first().textContent()).toBe(answer);
    }
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

test("the checks: every one of the release, each opened by key to what it found", async () => {
  const window = await openWindow(browser, built.url, {width: 360});
  const page = await window.open("/trust/checks");
  expect(await page.locator(".lede").innerText()).toMatch(/^(All \d+|\d+ of \d+) checks of the release/);
  const kind = page.locator(".checks-grid > .reason > summary", {hasText: "monitors"});
  await kind.focus();
  await page.keyboard.press("Enter");
  const check = page.locator(".reason .reason > summary", {hasText: "No category stopped selling"}).first();
  await check.focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".check-facts").first().innerText()).toContain("gold.fct_sales");
  expect(await page.locator(".command code").first().innerText()).toBe(
    "npx assay checks stopped_fct_sales_category"
  );
  expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
  expect(window.wrong).toEqual([]);
  await window.close();
});

describe("the reconciliation", () => {
  /** A decimal text as the page writes it. */
  const shown = (text: string) => {
    const [whole, fraction = ""] = text.replace("-", "").split(".");
    const grouped = BigInt(whole!).toLocaleString("en-US");
    return `${text.startsWith("-") ? "−" : ""}${grouped}${/[1-9]/.test(fraction) ? `.${fraction}` : ""}`;
  };
  const signed = (text: string) => (/^-|^[0.]+$/.test(text) ? shown(text) : `+${shown(text)}`);

  test("shows every line of the ledger, and 0 unexplained", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/reconciliation");
    const ledger = await built.sql<Record<string, string>>("select * from assay.ledger");
    expect(ledger.length).toBeGreaterThan(30);
    expect(ledger.every((line) => Number(line.unexplained) === 0)).toBe(true);
    const told = await page
      .locator(".matrix .hop")
      .evaluateAll((found) => found.flatMap((hop) => hop.getAttribute("title")!.split("\n")));
    expect(told.sort()).toEqual(
      ledger
        .map(
          (line) =>
            `${line.hop}, ${line.table_name}, ${line.measure}: in ${shown(line.amount_in!)}, corrected ${signed(line.corrected!)}, ` +
            `rejected ${shown(line.rejected!)}, outside the grain ${shown(line.outside!)}, out ${shown(line.amount_out!)}, ` +
            `unexplained ${shown(line.unexplained!)}`
        )
        .sort()
    );
    const outs = (await page.locator(".matrix .hop .out").allTextContents()).map((text) => text.trim());
    const ofExtracts = ledger.filter(({hop}) => hop === "marts → extracts");
    const agree = outs.filter((text) => text.endsWith(" agree"));
    expect(agree.reduce((sum, text) => sum + Number.parseInt(text), 0)).toBe(ofExtracts.length);
    expect(
      outs
        .filter((text) => !agree.includes(text))
        .map((text) => text.split(/\s+/).at(-1))
        .sort()
    ).toEqual(
      ledger
        .filter((line) => !ofExtracts.includes(line))
        .map((line) => shown(line.amount_out!))
        .sort()
    );
    const rows = await page.locator(".matrix tbody tr:not(.group)").count();
    expect(await page.locator(".matrix .zero").allTextContents()).toEqual(Array(rows).fill("0"));
    expect(await page.locator(".matrix .problem").count()).toBe(0);
    const [{lines, corrected, rejected, superseded}] = (await built.sql<Record<string, string>>(`select
      (select count(*) from bronze.crm_sales_details) as lines,
      (select count(*) from assay.corrections) as corrected,
      (select count(*) from assay.rejects where not is_superseded) as rejected,
      (select count(*) from assay.rejects where is_superseded) as superseded`)) as [Record<string, string>];
    expect(await page.locator(".lede").textContent()).toBe(
      `Yes: every row and cent of ${shown(lines!)} sales lines is explained from source to pages: ` +
        `${shown(corrected!)} values corrected, ${shown(rejected!)} rows rejected, ${shown(superseded!)} superseded by a later record, 0 unexplained.`
    );
    await window.close();
  });

  test("opens the rows of every reason", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/reconciliation");
    const reasons = page.locator(".reasons > details.reason");
    expect(await reasons.count()).toBeGreaterThan(10);
    for (const reason of await reasons.all()) {
      const name = await reason.locator("summary").textContent();
      await reason.locator("summary").click();
      await reason.locator(".reason-rows").waitFor();
      const more = reason.getByRole("button", {name: /^(All|First|Show the rows)/});
      if (await more.count()) {
        const button = await more.elementHandle();
        await more.click();
        await page.waitForFunction(
          (node) => !node!.isConnected || node!.nextElementSibling?.matches(".failure"),
          button
        );
      }
      const counted = /(\d+) (?:row|value)s?\b/.exec(name!)?.[1];
      const count = await reason.locator("tbody tr").count();
      expect([name, await reason.locator(".failure").allTextContents()]).toEqual([name, []]);
      if (counted) expect([name, count]).toEqual([name, Math.min(100, Number(counted))]);
      else expect([name, count > 0]).toEqual([name, true]);
    }
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("the lineage", () => {
  test("opens a column by its link, follows another by keyboard, and goes back", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/lineage?column=crm_prd_info.prd_cost");
    const own = page.locator(".lineage [aria-current]");
    expect(await own.textContent()).toBe("prd_cost");
    expect(await page.locator(".lineage-breaks").first().textContent()).toContain("3-gold/fct_sales.sql");
    await page.locator("[data-id='gold.fct_sales.cost_amount'] a").focus();
    expect(await page.locator("[data-id='silver.crm_prd_info.prd_cost'].is-on").count()).toBe(1);
    await page.keyboard.press("Enter");
    expect(await own.textContent()).toBe("cost_amount");
    expect(new URL(page.url()).searchParams.get("column")).toBe("gold.fct_sales.cost_amount");
    await page.goBack();
    expect(await own.textContent()).toBe("prd_cost");
    await page.getByLabel("Column").fill("sales_amount");
    await page.keyboard.press("Enter");
    expect(await page.locator(".lineage-choice a").allTextContents()).toContain("marts.sales.sales_amount");
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("draws value, condition and whole apart", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/lineage?column=figures.json.margin");
    const drawn = (kind: string) => page.locator(`.lineage-lines path.kind-${kind}`).count();
    expect([(await drawn("value")) > 5, await drawn("condition")]).toEqual([true, 0]);
    await page.getByLabel("it decides rows").check();
    await page.waitForSelector(".lineage-lines path.kind-condition", {state: "attached"});
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});

describe("personal data", () => {
  test("is in gold, in the rejects and in the corrections, for those who ask at home", async () => {
    expect(
      await built.sql(
        "select first_name, last_name, birth_date from gold.dim_customers where customer_key in (90001, 90003) order by customer_key"
      )
    ).toEqual([
      {first_name: "Xq7Canaria First", last_name: "Xq7Canaria Last", birth_date: "1931-07-19"},
      {first_name: "Xq7Canaria Third", last_name: "Xq7Canaria Corrected", birth_date: null}
    ]);
    expect(
      await built.sql(
        `select reason, count(*)::integer as n from assay.rejects
         where record like '%Xq7Canaria%' or record like '%1931-07-2%' group by all order by all`
      )
    ).toEqual([
      {reason: "missing customer id", n: 2},
      {reason: "superseded by a later record", n: 2}
    ]);
    expect(
      await built.sql(
        "select column_name, source_value, rule from assay.corrections where key like 'CU0009000%' order by key"
      )
    ).toEqual([
      {column_name: "bdate", source_value: "2931-07-19", rule: "after today"},
      {column_name: "bdate", source_value: "Xq7Canaria was born in July", rule: "not a date"}
    ]);
  });

  test("a search that finds canaries where they are", async () => {
    const path = join(inject("shared"), "control.duckdb");
    const engine = await openEngine({memory: "400MB", temp: `${path}.spill`});
    await run(
      engine.connection,
      `attach '${path}' as x; create table x.main.t as
      select 1 as a, [{'n': 'the Xq7Canaria'}] as b, date '1931-07-19' as c; detach x`
    );
    engine.close();
    expect(await canariesIn(path)).toEqual(["main.t.b: Xq7Canaria", "main.t.c: 1931-07-19"]);
    const text = join(inject("shared"), "control.json");
    writeFileSync(text, `{"a": ${Date.parse("1931-07-21")}, "b": "xXq7Canariax"}`);
    expect(await canariesIn(text)).toEqual(["Xq7Canaria", "-1213401600000"]);
    expect(await canariesIn(join(built.source, "source_crm/cust_info.csv"))).toEqual(["Xq7Canaria"]);
  });

  test("is in no extract", async () => {
    const lake = openLake(readConfig(built.environment));
    const {objects} = await readCurrent(lake);
    const extracts = objects.filter(({layer}) => layer === "extracts");
    expect(extracts.map(({table}) => table)).toEqual(
      expect.arrayContaining(["shop.duckdb", "reasons.json", "figures.json"])
    );
    const found: string[] = [];
    for (const {table, key} of extracts)
      found.push(...(await canariesIn(await lake.get(key))).map((mark) => `${table}: ${mark}`));
    expect(found).toEqual([]);
  });

  test("is in no file of the site", async () => {
    const dist = join(built.project, "dist");
    expect(readdirSync(dist, {recursive: true}).length).toBeGreaterThan(50);
    expect(await findCanaries(dist)).toEqual([]);
  });

  test("reads (withheld) where a record is shown", async () => {
    const window = await openWindow(browser, built.url);
    const sql = `select record from assay.rejects where key = '' and table_name = 'crm_cust_info' and record like '%CU00090002%'`;
    const page = await window.open(`/explore/sql?q=${encodeURIComponent(sql)}`);
    await page.getByRole("button", {name: /^Run /}).click();
    await page.waitForSelector(pages["/explore/sql"]!);
    await page.locator(".result-card button.clip").click();
    const record = JSON.parse((await page.locator(".cell-whole pre").textContent())!.trim());
    expect(record).toMatchObject({
      cst_id: null,
      cst_key: "CU00090002",
      cst_firstname: "(withheld)",
      cst_lastname: "(withheld)",
      cst_marital_status: "S",
      cst_create_date: "2024-01-01",
      cst_email: "(withheld)"
    });
    await window.close();
  });
});
