import {readFileSync} from "node:fs";
import {copyFile, mkdir, readdir, writeFile} from "node:fs/promises";
import {createRequire} from "node:module";
import {dirname, join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {openBrowser, serveFolder} from "../test/browser.ts";
import {usualPage} from "./crossfilter-usual.ts";
import {gzipped} from "./gzipped.ts";

type Row = {what: string; measured: string; target: string};
type Measured = {firstBytes: number; bytes: number; first: number; ready: number; times: number[]};
type Frame = {charts: {kind: string; name: string; bins?: unknown[]}[]};

const steps = 60;

/** A page that takes seconds a step is moved for this long, not for every step. */
const patience = 30_000;

/**
 * The cross-filter page of a built site, side by side with the same charts made the usual way: every line fetched as CSV
 * and filtered in JavaScript. `ask` answers a query over the site's release as CSV.
 */
export async function measureCrossfilter(
  dist: string,
  folder: string,
  ask: (sql: string) => Promise<string>
): Promise<Row[]> {
  const usual = join(folder, "usual");
  await writeUsual(usual, dist, ask);
  const ours = await measured(dist, "/explore/crossfilter", ".crossfilter:not([aria-busy])");
  const theirs = await measured(usual, "/", "svg[data-chart]");
  const row = (what: string, read: (one: Measured) => number, unit: string, target = "") => {
    const [our, their] = [read(ours), read(theirs)];
    return {
      what: `cross-filter: ${what} · the usual way · ratio`,
      measured: `${our.toFixed(1)} · ${their.toFixed(1)} ${unit} · ${(their / our).toFixed(1)}×`,
      target
    };
  };
  return [
    row("transferred until the first chart, gzip", ({firstBytes}) => firstBytes / 1000, "kB", "≤ 300 kB"),
    row("first chart", ({first}) => first / 1000, "s"),
    row("transferred in all, gzip", ({bytes}) => bytes / 1e6, "MB"),
    row("ready to filter", ({ready}) => ready / 1000, "s"),
    row(
      `a step of a brush (${ours.times.length} · ${theirs.times.length} of them), p50`,
      ({times}) => quantile(times, 0.5),
      "ms"
    ),
    row("a step of a brush, p95", ({times}) => quantile(times, 0.95), "ms", "≤ 50 ms at 1M")
  ];
}

async function writeUsual(
  folder: string,
  dist: string,
  ask: (sql: string) => Promise<string>
): Promise<void> {
  await mkdir(folder, {recursive: true});
  const frame = JSON.parse(readFileSync(await frameOf(dist), "utf8")) as Frame;
  const columns = frame.charts.filter(({kind}) => kind === "members").map(({name}) => name);
  const csv = await ask(
    `select order_date, ${columns.join(", ")}, sales_amount, unit_price, margin_amount from marts.sales`
  );
  await writeFile(join(folder, "sales.csv"), csv);
  await writeFile(join(folder, "index.html"), usualPage(frame));
  const d3 = createRequire(import.meta.url).resolve("d3");
  await copyFile(join(dirname(d3), "../dist/d3.min.js"), join(folder, "d3.js"));
}

async function frameOf(dist: string): Promise<string> {
  const folder = join(dist, "_file/data");
  const found = (await readdir(folder)).find((name) => /^crossfilter\.\w+\.json$/.test(name));
  if (!found) throw new Error(`no crossfilter.json in ${folder}`);
  return join(folder, found);
}

/** Opens a page in a browser of its own and moves a brush over the chart of days, a bar a step. */
async function measured(folder: string, path: string, ready: string): Promise<Measured> {
  const site = await serveFolder(folder);
  const browser: Browser = await openBrowser();
  try {
    const page = await browser.newPage({viewport: {width: 1440, height: 900}});
    const sizes: Promise<number | null>[] = [];
    page.context().on("response", (response) => {
      if (response.request().method() !== "GET") return;
      if (response.status() === 206) sizes.push(response.headerValue("content-length").then(Number));
      else sizes.push(gzipped(folder, new URL(response.url()).pathname));
    });
    const began = performance.now();
    await page.goto(site.url + path, {waitUntil: "commit"});
    await page.waitForSelector(`[data-chart=order_date] rect`, {timeout: 120_000, state: "attached"});
    const first = performance.now() - began;
    const firstBytes = await finished(page, folder);
    await page.waitForSelector(ready, {timeout: 120_000});
    const opened = performance.now() - began;
    const times = await brush(page);
    const bytes = (await Promise.all(sizes)).reduce<number>((sum, one) => sum + (one ?? 0), 0);
    return {firstBytes, bytes, first, ready: opened, times};
  } finally {
    await browser.close();
    await site.close();
  }
}

/** Bytes, compressed, of the files that a page has read to their end. */
async function finished(page: Page, folder: string): Promise<number> {
  const paths = await page.evaluate(() =>
    ["navigation", "resource"]
      .flatMap((type) => performance.getEntriesByType(type) as PerformanceResourceTiming[])
      .filter(({responseEnd, encodedBodySize}) => responseEnd > 0 && encodedBodySize > 0)
      .map(({name}) => new URL(name).pathname)
  );
  const sizes = await Promise.all([...new Set(paths)].map((path) => gzipped(folder, path)));
  return sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/** Milliseconds from each pointer event to the frame after the last linked chart was drawn. */
async function brush(page: Page): Promise<number[]> {
  const box = (await page.locator("[data-chart=order_date] .cf-cover").boundingBox())!;
  const bars = await page.locator("[data-chart=order_date] .cf-value").count();
  const at = (step: number) => {
    const around = (step + 1) % (2 * bars - 2);
    const bar = around < bars ? around : 2 * bars - 2 - around;
    return [box.x + ((bar + 0.5) / bars) * box.width, box.y + box.height / 2] as const;
  };
  await page.mouse.move(...at(-1));
  await page.waitForTimeout(3000);
  await page.mouse.down();
  const until = performance.now() + patience;
  for (let step = 0; step < steps && performance.now() < until; step++) {
    const count = await page.evaluate(() => performance.getEntriesByName("crossfilter").length);
    await page.mouse.move(...at(step));
    await page.waitForFunction(
      (before) => performance.getEntriesByName("crossfilter").length > before,
      count,
      {timeout: 60_000}
    );
  }
  await page.mouse.up();
  return page.evaluate(() => performance.getEntriesByName("crossfilter").map(({duration}) => duration));
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
