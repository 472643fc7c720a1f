import {readFileSync} from "node:fs";
import {join} from "node:path";
import {csvParseRows} from "d3";
import {parquetReadObjects} from "hyparquet";
import type {Browser, Locator, Page} from "playwright-core";
import readWorkbook from "read-excel-file/node";
import {afterAll, beforeAll, expect, inject, test} from "vitest";
import {openBrowser} from "./browser.ts";
import {type Built, openBuilt} from "./built.ts";
import {openWindow, pages} from "./site.ts";

let built: Built;
let browser: Browser;
beforeAll(async () => {
  [built, browser] = await Promise.all([openBuilt(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await built?.close();
});

type Value = string | number | boolean | null;
type Rows = Record<string, Value>[];

test("every format of every export of every page opens and holds the same rows", async () => {
  const window = await openWindow(browser, built.url);
  const seen: Record<string, number> = {};
  for (const [path, drawn] of Object.entries(pages)) {
    const page = await window.open(path);
    await page.waitForSelector(drawn);
    const buttons = page.locator(".export:visible");
    seen[path] = await buttons.count();
    for (let at = 0; at < seen[path]; at++) await checkExport(page, buttons.nth(at));
    await page.close();
  }
  expect(window.wrong).toEqual([]);
  const exporting = Object.keys(seen).filter((path) => seen[path]);
  const dashboards = ["sales", "customers", "products"].map((name) => `/dashboards/${name}`);
  const asked = ["/explore/", "/explore/question", "/explore/sql"];
  expect(exporting).toEqual(expect.arrayContaining(["/", ...dashboards, ...asked]));
  await window.close();
});

test("what a card exports is what gold says", async () => {
  const window = await openWindow(browser, built.url);
  const page = await window.open("/");
  const card = page.locator(".card", {has: page.locator("#revenue-table")});
  const rows = JSON.parse((await saved(page, card.locator(".export"), "JSON")).toString()) as Rows;
  const months = await built.sql(`select sum(sales_amount)::varchar as revenue from gold.fct_sales
    where order_date is not null and order_date <= (select max(data_through) from assay.data_through)
    group by date_trunc('month', order_date) order by date_trunc('month', order_date) desc limit 25`);
  expect(rows.map((row) => row.Revenue)).toEqual(months.map(({revenue}) => Number(revenue)));
  await window.close();
});

async function checkExport(page: Page, button: Locator): Promise<void> {
  const name = (await button.getAttribute("aria-label"))!;
  await button.click();
  const offered = await page.locator("[role=menuitem]").allTextContents();
  await page.keyboard.press("Escape");
  const save = (format: string) => saved(page, button, format);
  if (offered.some((text) => text.startsWith("CSV"))) {
    const rows = JSON.parse((await save("JSON")).toString()) as Rows;
    expect(await csvRows(await save("CSV")), `${name}, CSV`).toEqual(rows.map(asText));
    expect((await parquetRows(await save("Parquet"))).map(asText), `${name}, Parquet`).toEqual(
      rows.map(asText)
    );
    await checkWorkbook(await save("Excel"), rows, name);
  }
  if (offered.some((text) => text.startsWith("SVG"))) {
    await checkPicture(page, await save("SVG"), "image/svg+xml", name);
    await checkPicture(page, await save("PNG"), "image/png", name);
  }
}

async function saved(page: Page, button: Locator, format: string): Promise<Buffer> {
  await button.click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", {name: format}).click()
  ]);
  const path = join(inject("shared"), file.suggestedFilename());
  await file.saveAs(path);
  return readFileSync(path);
}

/** A row as a file without types holds it. */
function asText(row: Record<string, Value | bigint | Date>): Record<string, string> {
  const text = (value: Value | bigint | Date) =>
    value instanceof Date ? value.toISOString().slice(0, 10) : String(value ?? "");
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]));
}

function csvRows(bytes: Buffer): Record<string, string>[] {
  const [head, ...rows] = csvParseRows(bytes.toString().replace("\ufeff", ""));
  return rows.map((row) => Object.fromEntries(head!.map((name, at) => [name, row[at]!])));
}

async function parquetRows(bytes: Buffer): Promise<Record<string, Value>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return (await parquetReadObjects({file})) as Record<string, Value>[];
}

/** The first sheet holds the rows, the second where they come from and what they sum to. */
async function checkWorkbook(bytes: Buffer, rows: Rows, name: string): Promise<void> {
  const [data, provenance] = await readWorkbook(bytes);
  const [head, ...body] = data!.data as Value[][];
  const read = body.map((row) => asText(Object.fromEntries(head!.map((column, at) => [column, row[at]!]))));
  expect(read, `${name}, Excel`).toEqual(rows.map(asText));
  const facts = Object.fromEntries(provenance!.data as [string, string][]);
  expect(facts, name).toMatchObject({
    Release: expect.stringMatching(/^Release \w+-\w+, published /) as unknown,
    Data: expect.stringMatching(/^Data through /) as unknown,
    Rows: String(rows.length)
  });
  for (const [fact, text] of Object.entries(facts).filter(([fact]) => fact.startsWith("Sum of "))) {
    const sum = rows.reduce((total, row) => total + Number(row[fact.slice(7)] ?? 0), 0);
    expect(Number(text.replaceAll(",", "").replace("−", "-")), `${name}, ${fact}`).toBeCloseTo(sum, 2);
  }
}

/** A picture is read by the browser and is more than a plain ground; as SVG it holds the chart's title and its release. */
async function checkPicture(page: Page, bytes: Buffer, type: string, name: string): Promise<void> {
  if (type === "image/svg+xml") expect(bytes.toString(), name).toMatch(/Release \w+-\w+, published /);
  const {width, height, colors} = await page.evaluate(
    async ({address}) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), {
        width: image.width,
        height: image.height
      });
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
      return {width: image.width, height: image.height, colors: new Set(pixels).size};
    },
    {address: `data:${type};base64,${bytes.toString("base64")}`}
  );
  expect(width, `${name}, ${type}`).toBeGreaterThan(200);
  expect(height, `${name}, ${type}`).toBeGreaterThan(100);
  expect(colors, `${name}, ${type}`).toBeGreaterThan(4);
}
