import {writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openBrowser, serveFolder} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {hostileShop, markup} from "./hostile-shop.ts";
import {assay, copyProject} from "./project.ts";
import {faultsOf, openWindow, pages} from "./site.ts";
import {openWorld, type World} from "./world.ts";

/* Every page with what it would rather not be given: a hostile shop, no WebAssembly, a hostile address. */

let browser: Browser;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(() => browser?.close());

/** What a page must not do or say: run a name, be wider than the window, show an error, write a number that is none. */
async function harmOf(page: Page) {
  const found = await page.evaluate((own) => {
    const no = /\b(NaN|undefined)\b|Infinity|\[object /;
    const all = [...document.querySelectorAll<HTMLElement>(own)];
    const texts = all
      .filter((one) => !one.closest("pre, code, style, script, .cm-editor"))
      .flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE))
      .map(({textContent}) => textContent ?? "");
    const told = all.flatMap((one) =>
      ["data-tip", "aria-label", "title"].map((name) => one.getAttribute(name) ?? "")
    );
    return {
      isHit: "isHit" in globalThis,
      wrong: [...texts, ...told].filter((text) => no.test(text)).map((text) => text.slice(0, 200))
    };
  }, "main, main *");
  return {...(await faultsOf(page)), ...found};
}

const harmless = {overflow: 0, errors: 0, isHit: false, wrong: []};

/** Opens whatever is folded, as a reader may. */
const unfold = (page: Page) =>
  page.evaluate(() => {
    document.querySelectorAll("main details").forEach((part) => ((part as HTMLDetailsElement).open = true));
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });

/** Opens all pages in a narrow window, a few at a time, and answers what each `visit` found and what went wrong. */
async function visitAll<T>(
  url: string,
  {query = "", script = ""}: {query?: string; script?: string},
  visit: (page: Page, drawn: string, path: string) => Promise<T>
): Promise<{found: Record<string, T>; wrong: string[]}> {
  const window = await openWindow(browser, url, {width: 360});
  const left = Object.entries(pages);
  const found: Record<string, T> = {};
  const next = async (): Promise<void> => {
    const one = left.shift();
    if (!one) return;
    const [path, drawn] = one;
    const page = await window.open(path + query, script);
    found[path] = await visit(page, drawn, path);
    await page.close();
    return next();
  };
  await Promise.all([next(), next(), next()]);
  await window.close();
  return {found, wrong: window.wrong};
}

const ofAll = <T>(value: T) => Object.fromEntries(Object.keys(pages).map((path) => [path, value]));

describe("a hostile shop", () => {
  let world: World;
  let site: Awaited<ReturnType<typeof serveFolder>>;

  beforeAll(async () => {
    world = openWorld(hostileShop, {today: "2026-12-31"});
    const project = copyProject(join(world.folder, "project"));
    const write = (file: string, text: string) => writeFileSync(join(project, "src", file), text);
    write(
      "shop.yml",
      `name: "${markup}"\ncurrency: EUR\nlocale: de\nfirst_day_of_week: sunday\nfiscal_year_starts: 4\n`
    );
    write(
      "events.csv",
      `day,until,label\n2016-12-01,2016-12-24,${markup}\n2016-12-02,,${"long ".repeat(2000)}\n2016-12-03,,متجر\n`
    );
    write("targets.csv", "measure,from,to,target\nrevenue,2016-01-01,2016-12-31,9007199254740993\n");
    const {code, stderr} = await assay(project, ["build"], world.environment);
    if (code !== 0) throw new Error(stderr);
    site = await serveFolder(join(project, "dist"));
  });
  afterAll(async () => {
    await site?.close();
    world?.remove();
  });

  test("harms no page with markup, endless names, 5,000 categories, amounts beyond measure", async () => {
    const {found, wrong} = await visitAll(site.url, {}, async (page, drawn) => {
      await page.waitForSelector(drawn);
      const first = await harmOf(page);
      await unfold(page);
      return [first, await harmOf(page)];
    });
    expect(found).toEqual(ofAll([harmless, harmless]));
    expect(wrong).toEqual([]);
  });

  test("has its currency at the figures, and three events of three days as one sign", async () => {
    const window = await openWindow(browser, site.url, {width: 360});
    const page = await window.open("/");
    expect(await page.textContent("[data-figure=revenue] h2")).toContain("Revenue (€)");
    await page.locator("svg .marker text", {hasText: "▾ 3"}).waitFor({state: "attached"});
    await window.close();
  });
});

describe("the usual site", () => {
  let built: Built;
  beforeAll(async () => void (built = await openBuilt()));
  afterAll(() => built?.close());

  test("without WebAssembly has its first paint on every page, or says what is missing", async () => {
    const {found, wrong} = await visitAll(
      built.url,
      {script: "delete globalThis.WebAssembly"},
      async (page, drawn) => {
        await page
          .locator(drawn)
          .or(page.getByText("needs WebAssembly"))
          .filter({visible: true})
          .first()
          .waitFor({state: "attached"});
        return [(await page.locator("main h1").innerText()).length > 0, await harmOf(page)];
      }
    );
    expect(found).toEqual(ofAll([true, harmless]));
    expect(wrong).toEqual([]);
  });

  test("takes a hostile or stale address for what it is", async () => {
    const names = [
      "period from to category country subcategory product_name reading compare grain measure measures by",
      "table column key product pairs sort open rows columns a b check of q where vs chart release"
    ].flatMap((line) => line.split(" "));
    const values = [markup, "__proto__", "constructor", "9999-99-99", "-1e999", "' or 1=1 --"];
    const query = new URLSearchParams(names.map((name, n) => [name, values[n % values.length]!]));
    query.append("category", markup);
    query.append("gone", "x".repeat(4000));
    const {found, wrong} = await visitAll(built.url, {query: `?${query}#${markup}`}, async (page) => {
      await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .is-asking, .skeleton'));
      return [(await page.locator("main h1").innerText()).length > 0, await harmOf(page)];
    });
    expect(found).toEqual(ofAll([true, harmless]));
    expect(wrong).toEqual([]);
  });
});
