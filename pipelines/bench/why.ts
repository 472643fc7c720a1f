import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import type {Browser} from "playwright-core";
import sirv from "sirv";

type Row = {what: string; measured: string; target: string};

/** Asks a figure of the sales page why, once the browser's DuckDB is up: until its sums and first lines are there. */
export async function measureWhy(browser: Browser, dist: string): Promise<Row> {
  let sent = 0;
  const handler = sirv(dist, {dev: true, extensions: ["html"]});
  const server = createServer((request, response) => {
    const begun = request.socket.bytesWritten;
    if (/\.(blocks|duckdb)$/.test(request.url!))
      response.on("finish", () => (sent += request.socket.bytesWritten - begun));
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${port}/dashboards/sales`, {waitUntil: "networkidle"});
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
    server.close();
    server.closeAllConnections();
  }
}
