import type {Browser, Page} from "playwright-core";
import {pages} from "../test/site.ts";
import {openBrowser, serveFolder} from "../test/browser.ts";
import {compressed} from "./compressed.ts";

type Row = {what: string; measured: string; target: string};
type Seen = {paint: number; shift: number};
/** Of one opening of a page: kilobytes and milliseconds until it is drawn, largest paint, layout shift, other hosts. */
type Opened = {kilobytes: number; drawn: number; paint: number; shift: number; outside: number};

/** What the browser's DuckDB makes late and large: its budget is the first answer's time. */
const asking = ["/explore/sql", "/explore/question", "/explore/profile", "/explore/crossfilter"];

/** A phone on a mobile network: a quarter of the processor, 1.1 MB/s with 165 ms there and back. */
const throttled = {cpu: 4, latency: 165, throughput: 1_100_000};

/** Every page of a built site against the budgets, in a browser without a cache, at full speed and throttled. */
export async function measurePages(dist: string, tell: (row: Row) => void): Promise<void> {
  let sent = 0;
  const site = await serveFolder(dist, {answer: compressed, heard: (_, bytes) => (sent += bytes)});
  const browser = await openBrowser();
  const open = (path: string, isThrottled: boolean) => {
    sent = 0;
    return opened(browser, site.url, {path, isThrottled, kilobytes: () => sent / 1000});
  };
  try {
    for (const path of Object.keys(pages)) {
      // the first opening is the server's own first
      await open(path, false);
      tell(rowOf(path, await open(path, false), await open(path, true)));
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

function rowOf(path: string, {kilobytes, drawn, paint, shift, outside}: Opened, slow: Opened): Row {
  const isAsking = asking.includes(path);
  const misses = [
    !isAsking && kilobytes > 300 && "bytes",
    isAsking && drawn > 3000 && "first answer",
    paint > 1000 && "paint",
    shift > 0.02 && "shift",
    slow.shift > 0.02 && "shift when throttled",
    outside > 0 && "another host"
  ].filter(Boolean);
  const seconds = (milliseconds: number) =>
    Number.isFinite(milliseconds) ? `${(milliseconds / 1000).toFixed(1)} s` : "> 120 s";
  const figures = [
    `${kilobytes.toFixed(0)} kB`,
    `drawn ${seconds(drawn)}`,
    `paint ${seconds(paint)}`,
    `shift ${shift.toFixed(3)}`,
    `throttled ${seconds(slow.drawn)}, ${slow.shift.toFixed(3)}`
  ];
  const target = isAsking ? "answer ≤ 3 s" : "≤ 300 kB";
  return {
    what: path,
    measured: figures.join(" · "),
    target: `${target}, paint ≤ 1 s, shift ≤ 0.02${misses.length ? ` ✗ ${misses.join(", ")}` : ""}`
  };
}

async function opened(
  browser: Browser,
  url: string,
  {path, isThrottled, kilobytes}: {path: string; isThrottled: boolean; kilobytes: () => number}
): Promise<Opened> {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}});
  const page = await context.newPage();
  if (isThrottled) await throttle(page);
  let outside = 0;
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${url}/`)) outside++;
  });
  await page.addInitScript(watchPaints);
  const began = performance.now();
  await page.goto(url + path, {waitUntil: "commit"});
  const isDrawn = await page
    .locator(pages[path]!)
    .first()
    .waitFor({timeout: 120_000})
    .then(() => true)
    .catch(() => false);
  const [drawn, read] = [isDrawn ? performance.now() - began : Infinity, kilobytes()];
  if (isDrawn) await page.waitForLoadState("networkidle");
  const {paint, shift} = await page.evaluate(() => (globalThis as unknown as {seen: Seen}).seen);
  await context.close();
  return {kilobytes: read, drawn, paint, shift, outside};
}

async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const {cpu, latency, throughput} = throttled;
  await session.send("Emulation.setCPUThrottlingRate", {rate: cpu});
  await session.send("Network.emulateNetworkConditions", {
    ...{offline: false, latency},
    ...{downloadThroughput: throughput, uploadThroughput: throughput}
  });
}

/** Runs in the page: the largest paint before the reader does anything, and the sum of unexpected shifts. */
function watchPaints(): void {
  const seen = {paint: 0, shift: 0};
  Object.assign(globalThis, {seen});
  new PerformanceObserver((list) =>
    list.getEntries().forEach(({startTime}) => (seen.paint = startTime))
  ).observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver((list) =>
    list.getEntries().forEach((entry) => (seen.shift += (entry as unknown as {value: number}).value))
  ).observe({type: "layout-shift", buffered: true});
}
