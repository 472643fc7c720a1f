import type {Browser} from "playwright-core";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openBrowser} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {openWindow} from "./site.ts";

/* What every page has: the palette, the theme, the page for a wrong address. */

let built: Built;
let browser: Browser;
beforeAll(async () => {
  built = await openBuilt();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
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
