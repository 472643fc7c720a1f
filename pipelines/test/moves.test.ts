import {readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Browser, Page} from "playwright-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {movesBetween} from "../../src/components/release-moves.js";
import {type Moves, movesUpTo} from "../5-site/moves.ts";
import {openLake} from "../lake/lake.ts";
import {toCents} from "../ledger.ts";
import {silent} from "../progress.ts";
import {readCurrent, type Release} from "../release.ts";
import {resume, rollback} from "../rollback.ts";
import {openBrowser, serveFolder} from "./browser.ts";
import {assay, copyProject} from "./project.ts";
import {shop} from "./shop.ts";
import {faultsOf, openWindow} from "./site.ts";
import {openWorld, type World} from "./world.ts";

/* A world of five releases, a rollback among them: what moved between any two, and the page that shows it. */

let world: World;
let releases: Release[];
let moves: Moves;
let held: string | null;
const lake = () => openLake(world.config);
const edit = (name: string, change: (text: string) => string) => {
  const path = join(world.source, `source_crm/${name}.csv`);
  writeFileSync(path, change(readFileSync(path, "utf8")));
};

beforeAll(async () => {
  world = openWorld(shop);
  releases = [(await world.refresh()).release];
  edit(
    "sales_details",
    (text) =>
      text
        .replace("SO2,HELMET,2,20250215,20250217,20250222,40,2,20\n", "") // deleted
        .concat("SO5,HELMET,2,20250401,20250407,20250412,20,1,20\n") // new
        .concat("SO6,BIKE,3,20250110,20250117,20250122,11.25,1,11.25\n") // late
  );
  edit("cust_info", (text) => text.replace("1,AW1,Ann", "1,AW1,Anna"));
  releases.push((await world.refresh()).release);
  edit("sales_details", (text) => text.concat("SO7,BIKE,1,20250402,20250407,20250412,900,1,800\n")); // corrected
  releases.push((await world.refresh()).release);
  const manner = {progress: silent, reason: "a wrong export"};
  releases.push((await rollback(world.config, releases[1]!.id, manner)).release);
  const [last] = (await movesUpTo(world.config, lake(), releases[3]!, () => {})).releases;
  held = last!.held;
  await resume(world.config, {progress: silent});
  edit("sales_details", (text) => text.concat("SO8,HELMET,3,20250403,20250407,20250412,20,1,20\n"));
  releases.push((await world.refresh()).release);
  moves = await movesUpTo(world.config, lake(), await readCurrent(lake()), () => {});
});
afterAll(() => world.remove());

type Measured = {
  name: string;
  kind: string;
  before: string | null;
  after: string | null;
  change: string | null;
  parts: {reason: string; change: string}[];
};
const between = (from: number, to: number) => movesBetween(moves, releases[from]!.id, releases[to]!.id);
const measureOf = (moved: ReturnType<typeof between>, name: string) =>
  (moved.measures as Measured[]).find((one) => one.name === name)!;

test("releases are told newest first, with their notes", () => {
  expect(moves.releases.map(({id, restores, held}) => [id, restores, held])).toEqual(
    releases
      .map(({id}, n) => [
        id,
        n === 3 ? {release: releases[1]!.id, reason: "a wrong export"} : null,
        null as string | null
      ])
      .reverse()
  );
  expect(held).toBe("a wrong export");
});

test("the parts of consecutive releases sum to the change of every measure, between any two", () => {
  expect(measureOf(between(0, 4), "revenue")).toMatchObject({
    before: "1880.00",
    after: "2691.25",
    change: "811.25",
    parts: [
      {reason: "new rows", change: "1640.00"},
      {reason: "late rows", change: "11.25"},
      {reason: "deleted rows", change: "-840.00"}
    ]
  });
  for (const [from] of releases.entries())
    for (let to = from + 1; to < releases.length; to++)
      for (const {name, kind, before, after, change, parts} of between(from, to).measures as Measured[]) {
        const told = `${name} ${from} ${to}`;
        expect([told, parts.some(({reason}) => reason === "not compared")]).toEqual([told, false]);
        const sum = parts.reduce((total, part) => total + Number(part.change), 0);
        if (kind === "ratio") {
          expect(sum).toBeCloseTo(Number(after) - Number(before), 9);
          continue;
        }
        const cents = parts.reduce((total, part) => total + toCents(part.change), 0n);
        expect([told, cents]).toEqual([told, toCents(after ?? "0") - toCents(before ?? "0")]);
        expect([told, cents]).toEqual([told, toCents(change!)]);
      }
});

test("rows are told by key, personal values withheld", () => {
  const {tables} = between(0, 1);
  expect(tables.map(({table, added, removed, changed}) => [table, added, removed, changed])).toEqual([
    ["dim_customers", 0, 0, 1],
    ["dim_dates", 31, 0, 0],
    ["fct_sales", 2, 1, 0]
  ]);
  expect(tables[0]!.steps[0].samples).toEqual([
    {key: "1", change: "changed", values: {first_name: ["(withheld)", "(withheld)"]}}
  ]);
});

test("a first release has nothing before it", async () => {
  const {releases: told} = await movesUpTo(world.config, lake(), releases[0]!, () => {});
  expect(told.map(({id, step}) => [id, step])).toEqual([[releases[0]!.id, null]]);
});

test("what can no longer be compared is said, and its part is the rest", async () => {
  const at = (n: number) => join(lake().folder, `diffs/${releases[n]!.id}..${releases[n + 1]!.id}.json`);
  const {key} = releases[2]!.objects.find(({layer, table}) => layer === "gold" && table === "fct_sales")!;
  const paths = [at(1), at(2), join(lake().folder, key)];
  const texts = paths.map((path) => readFileSync(path));
  for (const path of paths) rmSync(path);
  const notes: string[] = [];
  const damaged = await movesUpTo(world.config, lake(), await readCurrent(lake()), (text) =>
    notes.push(text)
  );
  for (const [n, path] of paths.entries()) writeFileSync(path, texts[n]!);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain(`releases ${releases[2]!.id} and ${releases[3]!.id} cannot be compared: `);
  const moved = movesBetween(damaged, releases[1]!.id, releases[2]!.id);
  expect(measureOf(moved, "revenue")).toMatchObject({
    change: "800.00",
    parts: [{reason: "not compared", change: "800.00"}]
  });
  expect(moved.lost).toHaveLength(1);
});

describe("the page", () => {
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let browser: Browser;
  beforeAll(async () => {
    const project = copyProject(join(world.folder, "project"));
    const built = await assay(project, ["build"], world.environment);
    if (built.code !== 0) throw new Error(built.stderr);
    expect((await readCurrent(lake())).id).toBe(releases[4]!.id);
    site = await serveFolder(join(project, "dist"));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const partsShown = (page: Page, measure: string) =>
    page
      .locator(`[data-measure=${measure}] [data-reason]`)
      .evaluateAll((found) => found.map((one) => [one.dataset.reason, one.dataset.change]));
  const lede = async (page: Page) => (await page.locator(".lede").textContent())!.trim();

  test("shows the last two, and any two that are picked or linked", async () => {
    const window = await openWindow(browser, site.url);
    const page = await window.open("/trust/releases");
    expect(await lede(page)).toBe("Revenue moved by +820: +820 new rows.");
    await page.selectOption("#from", releases[0]!.id);
    await page.waitForSelector(".lede:text-matches('summed over 4 releases')");
    expect(new URL(page.url()).search).toBe(`?from=${releases[0]!.id}&to=${releases[4]!.id}`);
    expect(await lede(page)).toBe(
      "Revenue moved by +811.25, summed over 4 releases: +1,640 new rows, +11.25 late rows and −840 deleted rows."
    );
    expect(await partsShown(page, "revenue")).toEqual([
      ["new rows", "1640.00"],
      ["late rows", "11.25"],
      ["deleted rows", "-840.00"]
    ]);
    await page.goBack();
    await page.waitForSelector(".lede:text-matches('820: ')");
    const linked = await window.open(`/trust/releases?from=${releases[1]!.id}&to=${releases[0]!.id}`);
    expect(await lede(linked)).toBe(
      "Revenue moved by −8.75: +20 new rows, +11.25 late rows and −40 deleted rows."
    );
    await linked.click("[data-table=fct_sales] summary");
    expect(await linked.locator("[data-table=fct_sales] .samples li b").allTextContents()).toEqual([
      "SO5/HELMET/1",
      "SO6/BIKE/1",
      "SO2/HELMET/1"
    ]);
    const vain = await window.open("/trust/releases?from=2019");
    expect(
      await vain.locator(".observablehq > p.small-print, main p.small-print").first().textContent()
    ).toContain("not among the last 5");
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("tells a rollback with its reason, and leads to each release's comparison", async () => {
    const window = await openWindow(browser, site.url, {width: 360});
    const page = await window.open("/trust/releases");
    expect(await page.locator(".release-note").allTextContents()).toEqual([
      `brings back ${releases[1]!.id}: a wrong export`
    ]);
    await page.click(`[data-release="${releases[3]!.id}"] a`);
    await page.waitForSelector(".lede:text-matches('−800 deleted rows')");
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });
});
