import type {Browser} from "playwright-core";
import {serveFolder} from "../test/browser.ts";

type Row = {what: string; measured: string; target: string};

/** Asks a figure of the sales page why, once the browser's DuckDB is up: until its sums and first lines are there. */
export async function measureWhy(browser: Browser, dist: string): Promise<Row> {
  let sent = 0;
  const site = await serveFolder(dist, {
    heard: (path, bytes) => (sent += /\.(blocks|duckdb)$/.test(path) ? bytes : 0)
  });
  const page = await browser.newPage();
  try {
    await page.goto(`${site.url}/dashboards/sales`, {waitUntil: "networkidle"});
    const ask = async (nth: number) => {
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
      await page
        .locator("section.card table .why-button")
        .nth(nth)
        .evaluate((one) => (one as HTMLElement).click());
      await page.waitForSelector(".why-steps [data-step=source]", {timeout: 60_000});
    };
    await ask(0);
    await page.keyboard.press("Escape");
    await page.waitForSelector(".why", {state: "detached"});
    sent = 0;
    const began = performance.now();
    await ask(1);
    const milliseconds = performance.now() - began;
    return {
      what: "why this number? sums and first lines of a month, DuckDB up",
      measured: `${Math.round(milliseconds)} ms · ${Math.round(sent / 1000)} kB`,
      target: "≤ 500 ms · ≤ 300 kB"
    };
  } finally {
    await page.close();
    await site.close();
  }
}
