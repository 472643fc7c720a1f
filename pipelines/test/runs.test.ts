import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import fc from "fast-check";
import type {Browser, Page} from "playwright-core";
import {beforeAll, describe, expect, test} from "vitest";
import {showRuns, type ShownRuns} from "../5-site/runs.ts";
import {readConfig} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {tellRun, whyDone} from "../run-history.ts";
import {writeRun} from "../run.ts";
import type {StepRun} from "../step.ts";
import {runInWords, runRecordWord} from "../words/run-record.ts";
import {type Built, extractOf, visitBuilt} from "./built.ts";
import {still} from "./picture.ts";
import {literalRuns as runs, secret} from "./runs.ts";
import {faultsOf, openWindow} from "./site.ts";
import {failure} from "./world.ts";

/* What a run did, why and for how long, of records written down here. */

const told = runs.map((run, n) => tellRun(run, runs.slice(n + 1)));
const lines = (n: number) =>
  told[n]!.steps.map(({step, began, seconds, reused, usual, why}) =>
    [step, began, seconds, usual ?? "∅", reused ? "reused" : why].join("|")
  );

test("each step says why it was done, beside what it usually takes", () => {
  expect(lines(3)).toEqual([
    "bronze crm_cust_info|0|1|∅|first time",
    "silver crm_cust_info|1|1|∅|first time",
    "gold dim_customers|2|1|∅|first time",
    "gold fct_sales|3|3|∅|first time",
    "warehouse gold|6|1|∅|first time",
    "marts (dbt)|7|8|∅|first time"
  ]);
  expect(lines(1)).toEqual([
    "bronze crm_cust_info|0|0|1|reused",
    "silver crm_cust_info|0|2|1|its SQL was edited",
    "gold dim_customers|2|1|1|silver.crm_cust_info changed"
  ]);
  expect(lines(0)).toEqual([
    "bronze crm_cust_info|0|1|1|source_crm/cust_info.csv changed",
    "silver crm_cust_info|1|1|1.5|its SQL was edited; bronze.crm_cust_info changed",
    "gold dim_customers|2|2|1|silver.crm_cust_info changed",
    "gold fct_sales|2|4|3|silver.crm_cust_info changed",
    "warehouse gold|6|1|1|gold.dim_customers and gold.fct_sales changed",
    "marts (dbt)|7|11|8|gold changed"
  ]);
});

test("a run is told by what set it going, compared with those that did as much, and what no step covers", () => {
  const [last, failed, unchanged, first] = told;
  expect(last).toMatchObject({seconds: 20, usual: 17, done: 6, reused: 0, between: 2});
  expect(last!.causes).toEqual([
    {why: "source_crm/cust_info.csv changed", steps: ["bronze crm_cust_info"]},
    {why: "its SQL was edited", steps: ["silver crm_cust_info"]}
  ]);
  expect(failed).toMatchObject({
    seconds: 6,
    done: 2,
    reused: 1,
    failed: {step: "gold fct_sales", began: 3, seconds: 3},
    checks: [{name: "no_line_above_500", failures: 2}],
    causes: [{why: "its SQL was edited", steps: ["silver crm_cust_info"]}]
  });
  expect([unchanged!.done, unchanged!.causes, first!.causes.map(({why}) => why)]).toEqual([
    0,
    [],
    ["first time"]
  ]);
  // as much as the first and the last one did: with the same stages, and well
  const again = {...runs[0]!, id: "again"};
  expect(tellRun(again, runs).usual).toBe(18.5);
});

test("what differs in no record was lost, or asked for again; an old record says nothing", () => {
  const step = runs[3]!.steps[5]!;
  const again = whyDone({...step, reused: false}, [runs[3]!]);
  expect(again).toEqual([{what: "lost"}]);
  const asked = {...step, reused: false, from: {...step.from!, isAnew: true as const}};
  expect(whyDone(asked, [runs[3]!])).toEqual([{what: "again"}]);
  const {from, began_at, ...old} = step;
  expect([from !== undefined, began_at !== undefined]).toEqual([true, true]);
  expect(whyDone(old, runs)).toBe(null);
  expect(whyDone(step, [{...runs[3]!, steps: [old]}])).toBe(null);
  const aged = {
    ...runs[3]!,
    steps: runs[3]!.steps.map(({step, key, reused, seconds, rows}) => ({step, key, reused, seconds, rows}))
  };
  expect(tellRun(aged, [])).toMatchObject({between: null, causes: []});
  expect(tellRun(aged, []).steps.map(({began, why}) => [began, why])).toEqual([
    [0, null],
    [1, null],
    [2, null],
    [3, null],
    [6, null],
    [7, null]
  ]);
});

test("steps in any order and at the same time: rows in the order they began, none before the run, no second twice", () => {
  const step = fc.record({
    at: fc.option(fc.integer({min: -2000, max: 20_000}), {nil: undefined}),
    seconds: fc.integer({min: 0, max: 9000}).map((ms) => ms / 1000),
    reused: fc.boolean()
  });
  fc.assert(
    fc.property(fc.array(step, {maxLength: 12}), (given) => {
      const [base] = runs;
      const began = Date.parse(base!.began_at);
      const steps = given.map(({at, seconds, reused}, n): StepRun => ({
        ...{step: `gold t${n}`, key: "k", reused, seconds, rows: 0},
        ...(at !== undefined && {began_at: new Date(began + at).toISOString()})
      }));
      const run = tellRun({...base!, steps}, runs);
      const starts = run.steps.map((one) => one.began);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(Math.min(0, ...starts)).toBe(0);
      expect(run.done + run.reused).toBe(given.length);
      if (run.between !== null) expect(run.between).toBeLessThanOrEqual(run.seconds!);
    })
  );
});

test("in the terminal: outcome, timeline, error in full and the checks that did not pass", () => {
  expect(runInWords(told[0]!)).toBe(`\
run 20260304T060000-000004 published release 20260304T060020-00000d · began 2026-03-04 06:00:00 UTC · Dagster run abcd1234-5678 (http://127.0.0.1:3001/runs/abcd1234-5678)
20.0 s, usually 17.0 s · 6 of 6 steps done, 0 reused
longest: marts (dbt) 11.0 s, gold fct_sales 4.0 s, gold dim_customers 2.0 s
because: source_crm/cust_info.csv changed (bronze crm_cust_info)
because: its SQL was edited (silver crm_cust_info)
2.0 s in no step · 0.5 s of proof · 300 MB at most

step                  began  seconds  timeline                       rows  usually  why
────────────────────  ─────  ───────  ─────────────────────────────  ────  ───────  ────────────────────────────────────────────────
bronze crm_cust_info    0.0      1.0  ██                              400      1.0  source_crm/cust_info.csv changed
silver crm_cust_info    1.0      1.0   ██                             399      1.5  its SQL was edited; bronze.crm_cust_info changed
gold dim_customers      2.0      2.0     ███                          399      1.0  silver.crm_cust_info changed
gold fct_sales          2.0      4.0     ██████                      1200      3.0  silver.crm_cust_info changed
warehouse gold          6.0      1.0           ██                       0      1.0  gold.dim_customers and gold.fct_sales changed
marts (dbt)             7.0     11.0             ██████████████████   399      8.0  gold changed
(6 rows)
`);
  const words = runInWords(told[1]!);
  expect(words).toContain(
    "run 20260303T060000-000003 failed at gold fct_sales · began 2026-03-03 06:00:00 UTC\n"
  );
  expect(words).toContain("gold fct_sales          3.0      3.0                  ✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗✗");
  expect(words).toContain(`error: ${runs[1]!.error}\n`);
  expect(words).toContain("no_line_above_500  dbt test  fail           2  ∅");
  expect(words).not.toContain("not_null_sale_key");
});

test("a run is found by the beginning of its id; others are named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-runs-"));
  try {
    const config = readConfig({ASSAY_HOME: folder, LAKE_URL: join(folder, "lake")});
    const lake = openLake(config);
    expect(await failure(runRecordWord(config, "last", {}))).toBe(
      `no run in lake ${lake.name}: run npx assay refresh`
    );
    for (const run of runs) await writeRun(lake, run);
    await lake.write("runs/latest.json", JSON.stringify({run: runs[0]!.id}));
    const have = runs.map(({id}) => id).join(", ");
    expect(await failure(runRecordWord(config, "2019", {}))).toBe(
      `unknown run: 2019 (have ${have}; npx assay runs lists them)`
    );
    expect(await failure(runRecordWord(config, "202603", {}))).toBe(
      `ambiguous run: 202603 (have ${have}; npx assay runs lists them)`
    );
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});

test("the page gets of an error no more than the file and the names of what failed, and of 30 full runs less than 60 kB", () => {
  const isFile = (path: string) => path === "pipelines/3-gold/fct_sales.sql";
  const inFile = (text: string) => ({...runs[1]!, error: `${text}: ${secret} is no date`});
  const [shown, other] = showRuns(
    [inFile("pipelines/3-gold/fct_sales.sql"), inFile("secret.sql")],
    isFile
  ).runs;
  expect([shown!.file, other!.file, shown!.checks]).toEqual([
    "pipelines/3-gold/fct_sales.sql",
    null,
    [{name: "no_line_above_500", status: "fail"}]
  ]);
  expect(JSON.stringify(showRuns(runs, () => true))).not.toContain(secret);
  const [step] = runs[0]!.steps;
  const steps = Array.from({length: 70}, (_, n) => ({
    ...{...step!, step: `extract a_name_of_some_length_${n}.json`, seconds: 12.345, rows: 123_456},
    from: {...step!.from!, inputs: {[`marts.a_table_${n}`]: "a", "marts.sales": "b"}}
  }));
  const full = Array.from({length: 40}, (_, n) => ({...runs[0]!, id: `${n}`, steps}));
  const {runs: listed, names} = showRuns(full, () => false);
  expect([listed.length, names.length, listed.filter((run) => run.steps).length]).toEqual([30, 70, 10]);
  expect(JSON.stringify(showRuns(full, () => false)).length).toBeLessThan(60_000);
});

describe("the page", () => {
  let built: Built;
  let browser: Browser;
  beforeAll(() => visitBuilt((found) => ({built, browser} = found)));
  const lede = async (page: Page) => (await page.locator(".lede").textContent())!.trim();
  const rows = (page: Page) =>
    page.locator(".card [aria-label^='Time since'] g[aria-hidden] text, .card svg text").allTextContents();

  test("opens with the last run, and leads to any other and back", async () => {
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/runs", still["/trust/runs"]);
    expect(await lede(page)).toBe(
      "The last run of 4 Mar 2026, 06:00 took 20.0 s and did 6 of 6 steps, marts (dbt) the longest with 11.0 s; " +
        "it published a release. Runs with as much to do usually take 17.0 s. It began with bronze crm_cust_info, because " +
        "source_crm/cust_info.csv changed, and silver crm_cust_info, because its SQL was edited."
    );
    expect(await rows(page)).toEqual(
      expect.arrayContaining(["gold fct_sales", "4.0 s · usually 3.0 s", "11.0 s · usually 8.0 s"])
    );
    expect(await page.getAttribute(".run-facts a:text('Dagster run abcd1234')", "href")).toBe(
      "http://127.0.0.1:3001/runs/abcd1234-5678"
    );
    expect(await page.locator(".run-why tbody tr").first().locator("td, th").allTextContents()).toEqual([
      "marts (dbt)",
      "11.0 s",
      "8.0 s",
      "gold changed",
      "399"
    ]);
    await page.click(`[data-run="${runs[2]!.id}"] a`);
    await page.waitForSelector(".lede:text-matches('found all 6 steps done')");
    expect(new URL(page.url()).search).toBe(`?run=${runs[2]!.id}`);
    expect(await rows(page)).toEqual(expect.arrayContaining(["2 of gold", "reused"]));
    await page.click("#steps-all");
    await page.waitForSelector(".card svg text:text-is('gold fct_sales')");
    await page.goBack();
    await page.goBack();
    await page.waitForSelector(".lede:text-matches('did 6 of 6')");
    const vain = await window.open("/trust/runs?run=2019", still["/trust/runs"]);
    expect(await vain.textContent("#observablehq-main")).toContain("not among the last 4");
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("tells where a run failed, and keeps its words to itself", async () => {
    const window = await openWindow(browser, built.url, {width: 360});
    const page = await window.open(`/trust/runs?run=${runs[1]!.id}`, still["/trust/runs"]);
    expect(await lede(page)).toContain("it failed at gold fct_sales, and nothing was published.");
    expect(await rows(page)).toEqual(expect.arrayContaining(["gold fct_sales", "failed"]));
    const said = (await page.textContent("#observablehq-main"))!;
    expect(said).toContain(`npx assay runs ${runs[1]!.id}`);
    expect(said).toContain("no_line_above_500");
    expect(said).not.toContain(secret);
    expect(await faultsOf(page)).toEqual({overflow: 0, errors: 0});
    expect(window.wrong).toEqual([]);
    await window.close();
  });

  test("of the built site has the run that published its release", async () => {
    const {runs: shown} = extractOf<ShownRuns>(built, "runs");
    const [release] = await built.sql<{id: string}>("select max(id) as id from assay.releases");
    expect(shown).toMatchObject([{status: "published", release: release!.id, reused: 0, file: null}]);
    const window = await openWindow(browser, built.url);
    const page = await window.open("/trust/runs");
    expect(await lede(page)).toMatch(
      /^The last run of .+ it published a release\. Everything was done for the first time\.$/
    );
    await window.close();
  });
});
