import {spawn} from "node:child_process";
import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import type {Browser} from "playwright-core";
import {copyProject} from "../test/project.ts";
import {openBrowser, serveFolder} from "../test/browser.ts";
import {measureCrossfilter} from "./crossfilter.ts";
import {measureWhy} from "./why.ts";

type Row = {what: string; measured: string; target: string};

const pages = ["/", "/dashboards/sales", "/eda/sales", "/explore/sql", "/trust/reconciliation"];

/** Builds the site of a world in a copy of the project and measures its pages in headless Chromium. */
export async function measureSite(env: NodeJS.ProcessEnv, folder: string): Promise<Row[]> {
  const began = performance.now();
  const {dist, ask} = await buildSite(env, folder);
  const rows: Row[] = [
    {
      what: "site: refresh and build with nothing changed",
      measured: seconds(performance.now() - began),
      target: ""
    }
  ];
  const site = await serveFolder(dist);
  const browser = await openBrowser();
  try {
    for (const page of pages) rows.push(...(await measurePage(browser, dist, site.url, page)));
    rows.push(await measureSql(browser, site.url));
    rows.push(await measureWhy(browser, dist));
  } finally {
    await browser.close();
    await site.close();
  }
  rows.push(...(await measureCrossfilter(dist, folder, ask)));
  return rows;
}

/** The built site of a world, in a copy of the project, and what answers a query over its release as CSV. */
export async function buildSite(env: NodeJS.ProcessEnv, folder: string) {
  const root = copyProject(join(folder, "project"));
  await assay(root, env, ["build"]);
  const ask = (sql: string) => assay(root, env, ["sql", sql, "--format", "csv"]);
  return {dist: join(root, "dist"), ask};
}

/** What `assay` prints. */
async function assay(root: string, env: NodeJS.ProcessEnv, args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"]
  });
  const parts: Buffer[] = [];
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => parts.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(output);
  return Buffer.concat(parts).toString();
}

/** Bytes until the network rests (gzip), largest paint and layout shift. */
async function measurePage(browser: Browser, dist: string, url: string, path: string): Promise<Row[]> {
  const page = await browser.newPage({viewport: {width: 1440, height: 900}});
  const files = new Set<string>();
  page.on("request", (request) => files.add(new URL(request.url()).pathname));
  await page.addInitScript(() => {
    const seen = {paint: 0, shift: 0};
    Object.assign(globalThis, {seen});
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => (seen.paint = entry.startTime))
    ).observe({type: "largest-contentful-paint", buffered: true});
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => (seen.shift += (entry as unknown as {value: number}).value))
    ).observe({type: "layout-shift", buffered: true});
  });
  await page.goto(url + path, {waitUntil: "networkidle"});
  const {paint, shift} = await page.evaluate(
    () => (globalThis as unknown as {seen: {paint: number; shift: number}}).seen
  );
  await page.close();
  const bytes = await Promise.all([...files].map((file) => compressed(dist, file)));
  const kilobytes = bytes.reduce((sum, one) => sum + one, 0) / 1000;
  return [
    {
      what: `${path}: transferred until the network rests, gzip`,
      measured: `${kilobytes.toFixed(0)} kB`,
      target: path === "/explore/sql" ? "" : "≤ 300 kB"
    },
    {
      what: `${path}: largest paint · layout shift`,
      measured: `${seconds(paint)} · ${shift.toFixed(3)}`,
      target: "≤ 1 s · ≤ 0.02"
    }
  ];
}

/** From opening the SQL page to the first answer of the browser's DuckDB. */
async function measureSql(browser: Browser, url: string): Promise<Row> {
  const page = await browser.newPage();
  const began = performance.now();
  await page.goto(`${url}/explore/sql`);
  await page.locator(".result-grid .tabulator-row").first().waitFor({timeout: 60_000});
  const measured = seconds(performance.now() - began);
  await page.close();
  return {what: "/explore/sql: first answer, DuckDB cold", measured, target: "≤ 3 s"};
}

async function compressed(dist: string, path: string): Promise<number> {
  const names = [path, `${path}.html`, `${path.replace(/\/$/, "")}/index.html`].map((name) =>
    join(dist, decodeURIComponent(name))
  );
  for (const name of names) {
    const found = await readFile(name).catch(() => undefined);
    if (found) return gzipSync(found).length;
  }
  const have = await readdir(dist);
  throw new Error(`${path} is not in the built site (have ${have.join(", ")})`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
