import {existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openPinned} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {checkPicture, pictureName, references, still} from "./picture.ts";
import {openWindow, pages, type Window} from "./site.ts";

/* Every page of the built site held against a picture of it, and what such a picture lets pass. */

let built: Built;
let browser: Browser;
beforeAll(async () => {
  built = await openBuilt();
  browser = await openPinned();
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
});

/** Taller than a screen, so that a phone's picture shows charts too. */
const height = 1440;

const views = [
  {width: 360, colorScheme: "light"},
  {width: 1440, colorScheme: "light"},
  {width: 1440, colorScheme: "dark"}
] as const;

const paths = Object.keys(pages);

async function openDrawn(window: Window, path: string): Promise<Page> {
  const page = await window.open(path, still[path]);
  await page.waitForSelector(pages[path]!);
  return page;
}

describe.each(views)("the picture, $width px wide, $colorScheme,", (view) => {
  let window: Window;
  beforeAll(async () => {
    window = await openWindow(browser, built.url, {...view, height});
  });
  afterAll(() => window?.close());

  test.each(paths)("is how %s looks", async (path) => {
    const page = await openDrawn(window, path);
    expect(await checkPicture(page, pictureName(path, view.width, view.colorScheme))).toEqual([]);
    await page.close();
  });
});

test("no picture is left of a page that is gone", () => {
  const names = views.flatMap(({width, colorScheme}) =>
    paths.map((path) => pictureName(path, width, colorScheme))
  );
  expect(readdirSync(references).sort()).toEqual(names.sort());
});

describe.each(views)("the overview, $width px wide, $colorScheme", (view) => {
  const name = pictureName("/", view.width, view.colorScheme);
  let folder: string;
  let window: Window;
  let page: Page;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "assay-pictures-"));
    window = await openWindow(browser, built.url, {...view, height});
    page = await openDrawn(window, "/");
    expect(await checkPicture(page, name)).toEqual([]);
  });
  afterAll(async () => {
    await window?.close();
    rmSync(folder, {recursive: true, force: true});
  });

  /** What is said of the page with more CSS. */
  async function saidWith(css: string): Promise<string[]> {
    const style = await page.addStyleTag({content: css});
    const said = await checkPicture(page, name, {folder, patience: 0});
    await style.evaluate((node: Element) => node.remove());
    return said;
  }

  test.each([
    ["every chart empty", "main svg {visibility: hidden !important}"],
    ["one card 40 px lower", "[data-figure=orders] {transform: translateY(40px) !important}"],
    ["one card missing", "[data-figure=orders] {display: none !important}"],
    ["one card without its text", "[data-figure=orders] * {color: transparent !important}"],
    ["no title", "h1 {visibility: hidden !important}"],
    ["cards wider than their place", ".card {min-width: 100% !important}"],
    ["twice the padding", ".card {padding: 32px !important}"]
  ])("does not pass with %s", async (_, css) => {
    const differing = join(folder, name.replace(".png", ".diff.png"));
    rmSync(differing, {force: true});
    expect(await saidWith(css)).toEqual([
      `${name} is not how the page looks: see ${differing}; if that is meant, npm run pictures keeps it`
    ]);
    expect(existsSync(differing)).toBe(true);
  });

  test.each([
    ["everything moved by half a pixel", "main > * {transform: translate(0.5px, 0.5px) !important}"],
    ["letters drawn a little bolder", "body {-webkit-text-stroke: 0.2px !important}"],
    ["colours a shade darker", "main {filter: brightness(0.98) !important}"]
  ])("passes with %s", async (_, css) => {
    expect(await saidWith(css)).toEqual([]);
  });
});
