import {readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {readCurrent, type Release} from "../release.ts";
import {listRuns} from "../run.ts";
import {type Dagster, openDagster, type Told} from "./dagster.ts";
import {assay} from "./project.ts";
import {bikes, hasBikes, openWorld, type World} from "./world.ts";

/* A real Dagster runs the assets in one process; pages and daemon are dagster-dev.test.ts. */

if (!hasBikes) test.skip(`the real data set is not at ${bikes}`, () => {});

describe.runIf(hasBikes)("dagster on the real data set", {timeout: 400_000}, () => {
  let world: World;
  let plain: World;
  let dagster: Dagster;
  let told: Told;
  const current = () => readCurrent(openLake(world.config));
  const contents = ({objects}: Release) =>
    Object.fromEntries(
      objects.map(({layer, table, chunk, content}) => [`${layer}.${table}.${chunk}`, content])
    );

  beforeAll(async () => {
    [world, plain] = [openWorld(bikes), openWorld(bikes)];
    dagster = await openDagster(world);
    await plain.refresh();
    // a month that was mistyped in Dagster's pages is gone with the next run
    told = await dagster.run({without: ["site"], months: ["2031-13"]});
  }, 600_000);
  afterAll(() => [world, plain].forEach((one) => one.remove()));

  test("makes every asset, and the release that a refresh makes, table for table", async () => {
    expect(told.errors).toEqual({});
    const graph = JSON.parse(
      (await assay(dagster.project, ["graph", "--json"], dagster.environment)).stdout
    ) as {assets: {name: string}[]};
    const names = graph.assets.map(({name}) => name).filter((name) => name !== "site");
    expect(Object.keys(told.made).sort()).toEqual(names.sort());
    const [one, other] = [await current(), await readCurrent(openLake(plain.config))];
    expect(contents(one)).toEqual(contents(other));
    expect(one.content).toBe(other.content);
    expect(told.tags).toMatchObject({"assay/release": one.id, "assay/run": one.run});
  });

  test("tells rows, bytes, checksum, columns and how the step went of each table", async () => {
    const {objects, content} = await current();
    const sales = objects.find(({layer, table}) => layer === "gold" && table === "fct_sales")!;
    expect(told.made["gold.fct_sales"]).toMatchObject({
      version: sales.content,
      "dagster/row_count": 60398,
      bytes: sales.bytes,
      checksum: sales.checksum,
      reused: false,
      trust: "http://127.0.0.1:3000/trust/reconciliation"
    });
    expect(told.made["gold.fct_sales"]!.duration_seconds).toBeGreaterThan(0);
    expect(told.made["gold.fct_sales"]!.peak_memory_bytes).toBeGreaterThan(50e6);
    expect(told.made["gold.fct_sales"]!.columns).toContainEqual(["sales_amount", "DECIMAL(18,2)"]);
    const lineage = (name: string) => told.made[name]!.lineage as Record<string, string[]>;
    expect(lineage("silver.crm_sales_details").sls_quantity).toEqual([
      "bronze.crm_sales_details.sls_quantity"
    ]);
    expect(lineage("gold.fct_sales").sales_amount).toEqual(["silver.crm_sales_details.sls_sales"]);
    expect(lineage("warehouse.fct_sales").sales_amount).toEqual(["gold.fct_sales.sales_amount"]);
    expect(lineage("marts.customers").revenue_amount).toEqual(["warehouse.fct_sales.sales_amount"]);
    expect(told.made["silver.crm_cust_info"]).toMatchObject({"dagster/row_count": 18484, rejects: 10});
    expect(told.made["release"]!.version).toBe(content);
  });

  test("tells the ledger, contracts, monitors and dbt's tests as checks, and blocks on those that block", () => {
    const failing = Object.entries(told.checks).filter(([, {passed}]) => !passed);
    expect(failing.map(([name, {severity}]) => [name, severity])).toEqual([
      ["monitors:stopped_fct_sales_category", "WARN"]
    ]);
    expect(told.checks["gold.fct_sales:ledger"]).toMatchObject({passed: true, blocking: true});
    expect(told.checks["gold.fct_sales:ledger"]!.found).toContain("sales_amount: in 29356250, out 29356250");
    expect(told.checks["silver.crm_sales_details:contract"]).toMatchObject({passed: true, blocking: true});
    expect(told.checks["warehouse.fct_sales:ledger"]).toMatchObject({passed: true, blocking: true});
    const named = Object.keys(told.checks);
    expect(named.filter((name) => /^warehouse[.]dim_customers:/.test(name)).length).toBeGreaterThan(2);
    expect(named).toContain("marts.customers:unique_customers_customer_key");
  });

  test("makes each month of the sales a partition, and one of the lines without a date", () => {
    expect(told.partitions).toHaveLength(39);
    expect([told.partitions[0], ...told.partitions.slice(-2)]).toEqual(["2010-12", "2014-01", "undated"]);
    expect(Object.keys(told.months).sort()).toEqual(told.partitions);
    expect(told.months.undated).toMatchObject({"dagster/partition_row_count": 19});
    const rows = Object.values(told.months).map((month) => Number(month["dagster/partition_row_count"]));
    expect(rows.reduce((a, b) => a + b)).toBe(60398);
  });

  test("a backfill of a month makes its lines again, and publishes as one", async () => {
    const before = await current();
    const [run] = await listRuns(openLake(world.config));
    const again = await dagster.run({
      select: ["gold.fct_sales"],
      partition: "2013-06",
      tags: {"dagster/backfill": "b1"}
    });
    expect(again.errors).toEqual({});
    expect(again.made).toEqual({});
    expect(again.months["2013-06"]).toMatchObject({reused: false});
    const rest = await dagster.run({
      select: ["monitors", "warehouse.fct_sales", "marts.daily_sales", "extracts.daily", "release"],
      tags: {"dagster/backfill": "b1"}
    });
    expect(rest.success).toBe(true);
    const runs = await listRuns(openLake(world.config));
    // both runs of the backfill are one of assay's, which found the same release
    expect(runs.map(({id, status}) => [id === run!.id, status])).toEqual([
      [false, "unchanged"],
      [true, "published"]
    ]);
    expect((await current()).id).toBe(before.id);
  });

  test("a month that does not exist is said, by dagster and by the step", async () => {
    const asked = {select: ["gold.fct_sales"], partition: "2031-01"};
    await expect(dagster.run(asked)).rejects.toThrow("2031-01");
    const {code, stderr} = await assay(
      dagster.project,
      ["run", "gold.fct_sales", "--months", "2031-01"],
      dagster.environment
    );
    expect(code).toBe(2);
    expect(stderr).toContain("unknown month of gold.fct_sales: 2031-01 (have 2010-12 to 2014-01, undated)");
  });

  test("an unbalanced ledger is a failed check that stops what depends on it, and nothing else", async () => {
    const before = await current();
    const file = join(dagster.project, "pipelines/3-gold/dim_customers.sql");
    const sql = readFileSync(file, "utf8");
    writeFileSync(file, `${sql.trimEnd()}\nwhere customers.cst_id > 11000\n`);
    try {
      const failed = await dagster.run({});
      expect(Object.keys(failed.errors)).toEqual(["gold_dim_customers"]);
      expect(failed.checks["gold.dim_customers:ledger"]).toMatchObject({
        passed: false,
        severity: "ERROR",
        blocking: true
      });
      expect(failed.checks["gold.dim_customers:ledger"]!.found).toContain(
        "rows: in 18484, out 18483, unexplained -1"
      );
      expect(failed.steps).toMatchObject({
        gold_dim_customers: "STEP_FAILURE",
        gold_fct_sales: "STEP_SUCCESS"
      });
      for (const step of ["monitors", "warehouse", "extracts", "release", "site"])
        expect(failed.steps[step]).toBeUndefined();
      expect(failed.errors.gold_dim_customers).toContain(
        `release ${before.id}, data through 2014-01-28, stays live`
      );
      expect((await current()).id).toBe(before.id);
    } finally {
      writeFileSync(file, sql);
    }
  });

  test("a failing dbt test is a failed check; the site is not run, and what was made is found again", async () => {
    const before = await current();
    const file = join(dagster.project, "dbt/tests/no_sale_is_ever_too_dear.sql");
    writeFileSync(file, "select * from {{ ref('sales') }} where revenue_amount > 3000\n");
    try {
      const failed = await dagster.run({});
      expect(Object.keys(failed.errors)).toEqual(["warehouse"]);
      expect(failed.checks["marts.sales:no_sale_is_ever_too_dear"]).toMatchObject({
        passed: false,
        severity: "ERROR",
        blocking: true
      });
      expect(failed.steps).toMatchObject({monitors: "STEP_SUCCESS", warehouse: "STEP_FAILURE"});
      for (const step of ["extracts", "release", "site"]) expect(failed.steps[step]).toBeUndefined();
      expect((await listRuns(openLake(world.config)))[0]).toMatchObject({status: "failed", release: null});
    } finally {
      rmSync(file);
    }
    const mended = await dagster.run({select: ["warehouse.fct_sales", "marts.sales", "release"]});
    expect(mended.errors).toEqual({});
    expect(mended.made["marts.sales"]).toMatchObject({reused: true});
    expect((await current()).id).toBe(before.id);
  });
});
