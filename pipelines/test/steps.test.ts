import {appendFileSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {silent} from "../progress.ts";
import {type Refreshed} from "../attempt.ts";
import {refresh} from "../refresh.ts";
import {listReleases} from "../release.ts";
import {listRuns} from "../run.ts";
import {tellRun} from "../run-history.ts";
import {shop} from "./shop.ts";
import {edit as editFile, failure, openWorld, type World} from "./world.ts";

/* One world lives on from test to test: what is done again, what is reused, what stays live. */

let world: World;
let first: Refreshed;
beforeAll(async () => {
  world = openWorld(shop, {isEditable: true});
  first = await world.refresh();
});
afterAll(() => world.remove());

const done = ({run}: Refreshed) => run.steps.filter((step) => !step.reused).map((step) => step.step);
/** What set the last run going, each with its first step. */
const causes = async () => {
  const [last, ...earlier] = await listRuns(openLake(world.config));
  return tellRun(last!, earlier).causes.map(({why, steps}) => `${steps[0]}: ${why}`);
};
const edit = (file: string, change: (text: string) => string) =>
  editFile(join(world.config.root, file), change);
const sales = () => join(world.source, "source_crm/sales_details.csv");
const revenue = async () =>
  (await world.sql<{r: string}>("select sum(sales_amount)::varchar as r from gold.fct_sales"))[0]!.r;

test("the first refresh does every step and publishes", async () => {
  expect(first.run.status).toBe("published");
  expect(first.run.steps.every((step) => !step.reused)).toBe(true);
  expect(first.run.steps.map((step) => step.step).slice(0, 3)).toEqual([
    "bronze crm_cust_info",
    "bronze crm_prd_info",
    "bronze crm_sales_details"
  ]);
  expect(await revenue()).toBe("1880.00");
});

test("a refresh with nothing changed does no step again", async () => {
  const again = await world.refresh();
  expect(again.run.status).toBe("unchanged");
  expect(done(again)).toEqual([]);
  expect(again.release.id).toBe(first.release.id);
});

test("a comment in a silver file runs that step again and nothing after it", async () => {
  const restore = edit("pipelines/2-silver/crm_sales_details.sql", (sql) => `-- a note\n${sql}`);
  const again = await world.refresh();
  expect(done(again)).toEqual(["silver crm_sales_details"]);
  expect(await causes()).toEqual(["silver crm_sales_details: its SQL was edited"]);
  expect(again.release.id).toBe(first.release.id);
  restore();
});

test("a changed row runs what depends on it", async () => {
  const before = readFileSync(sales(), "utf8");
  writeFileSync(
    sales(),
    before.replace(
      "SO1,HELMET,1,20250101,20250107,20250112,20,1,20",
      "SO1,HELMET,1,20250101,20250107,20250112,60,3,20"
    )
  );
  const again = await world.refresh();
  expect(again.run.status).toBe("published");
  expect(again.release.parent).toBe(first.release.id);
  expect(done(again).filter((step) => !step.startsWith("extract"))).toEqual([
    "bronze crm_sales_details",
    "silver crm_sales_details",
    "gold dim_dates",
    "gold fct_sales",
    "monitors",
    "warehouse gold",
    "marts (dbt)",
    "measures"
  ]);
  // the note of the test before is gone
  expect(await causes()).toEqual([
    "bronze crm_sales_details: source_crm/sales_details.csv changed",
    "silver crm_sales_details: its SQL was edited"
  ]);
  expect(await revenue()).toBe("1920.00");
  writeFileSync(sales(), before);
  const back = await world.refresh();
  // compared with another release, with the same result
  expect(done(back)).toEqual(["monitors", "extract shop.duckdb"]);
  expect(back.run.status).toBe("published");
  expect(await revenue()).toBe("1880.00");
});

test("a refresh that fails keeps its record and leaves the release as it is", async () => {
  const before = readFileSync(sales(), "utf8");
  appendFileSync(sales(), "SO9,HELMET\n");
  const message = await failure(world.refresh());
  expect(message).toBe(`${sales()}, line 7: 2 fields where the header has 9`);
  const [run] = await listRuns(openLake(world.config));
  expect(run).toMatchObject({status: "failed", error: message, release: null});
  expect(await revenue()).toBe("1880.00");
  writeFileSync(sales(), before);
  expect((await world.refresh()).run.status).toBe("unchanged");
});

test("a webhook is told of a failure", async () => {
  const told: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (text: string) => told.push(text));
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const before = readFileSync(sales(), "utf8");
  writeFileSync(sales(), "");
  const message = await failure(
    refresh({...world.config, webhook: `http://127.0.0.1:${port}/`}, {progress: silent})
  );
  const [run] = await listRuns(openLake(world.config), 1);
  expect(told.map((text) => JSON.parse(text) as object)).toEqual([
    {text: `assay: refresh ${run!.id} failed: ${message}`, run: run!.id}
  ]);
  writeFileSync(sales(), before);
  server.close();
});

test("an object deleted behind its back is made again", async () => {
  const {release} = await world.refresh();
  const {key} = release.objects.find((one) => one.layer === "gold" && one.table === "dim_customers")!;
  rmSync(join(openLake(world.config).folder, key));
  const again = await world.refresh();
  expect(done(again)).toEqual(["gold dim_customers"]);
  expect(again.release.id).toBe(release.id);
});

test("a damaged record is done again, a damaged pointer is named", async () => {
  const lake = openLake(world.config).folder;
  const {run, release} = await world.refresh();
  writeFileSync(
    join(lake, `steps/${run.steps.find((one) => one.step === "silver crm_cust_info")!.key}.json`),
    '{"step":'
  );
  expect(done(await world.refresh())).toEqual(["silver crm_cust_info"]);
  const pointer = join(lake, "releases/current.json");
  const before = readFileSync(pointer, "utf8");
  writeFileSync(pointer, "");
  const message = `lake ${lake}: damaged file: releases/current.json; remove it and run npx assay refresh`;
  expect(await failure(world.refresh())).toBe(message);
  expect(await failure(world.sql("select 1"))).toBe(message);
  writeFileSync(pointer, before);
  expect((await world.refresh()).release.id).toBe(release.id);
});

test("a forgotten SOURCE_URL does not put the simulated shop in the place of a real one", async () => {
  const source = {kind: "simulated" as const, path: join(world.folder, "simulated")};
  expect(await failure(refresh({...world.config, source}, {progress: silent}))).toContain(
    "missing SOURCE_URL: the live release comes from"
  );
});

test("a failing dbt test stops the release, names the rows and keeps them", async () => {
  const test = join(world.config.root, "dbt/tests/no_line_above_500.sql");
  writeFileSync(
    test,
    "select order_number, sales_amount from {{ source('gold', 'fct_sales') }} where sales_amount > 500"
  );
  const {id} = (await listReleases(openLake(world.config)))[0]!;
  const message = await failure(world.refresh());
  expect(message).toContain("dbt: 1 check failed; nothing is published\n  no_line_above_500: 2 bad rows");
  expect(message).toContain('{"order_number": "SO1", "sales_amount": 900.00}');
  const [run] = await listRuns(openLake(world.config));
  expect(run!.failed?.step).toBe("marts (dbt)");
  expect(run!.failures).toMatchObject([{layer: "failures", table: "no_line_above_500", rows: 2}]);
  expect(run!.checks).toContainEqual(
    expect.objectContaining({name: "no_line_above_500", status: "fail", failures: 2})
  );
  expect((await listReleases(openLake(world.config)))[0]!.id).toBe(id);
  rmSync(test);
});

test("a warning publishes and is on record", async () => {
  const test = join(world.config.root, "dbt/tests/no_line_above_500.sql");
  writeFileSync(
    test,
    "{{ config(severity = 'warn') }} select 1 as one from {{ source('gold', 'fct_sales') }} where sales_amount > 500"
  );
  const {run, release} = await world.refresh();
  expect(run.status).toBe("published");
  expect(release.checks).toContainEqual(
    expect.objectContaining({name: "no_line_above_500", status: "warn", failures: 2})
  );
  expect(await world.sql("select record from assay.failures where check_name = 'no_line_above_500'")).toEqual(
    [{record: '{"one": 1}'}, {record: '{"one": 1}'}]
  );
  rmSync(test);
});
