import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {clear} from "../gc.ts";
import {newId} from "../history.ts";
import {openLake} from "../lake/lake.ts";
import {contentsOf} from "../parts.ts";
import {movePointer} from "../pointer.ts";
import {silent} from "../progress.ts";
import {findCurrent, readCurrent, type Release, writeRelease} from "../release.ts";
import {findRun, listRuns, type Run} from "../run.ts";
import {byTable} from "../step.ts";
import {endRun} from "../stepwise/run-steps.ts";
import {listTargets} from "../stepwise/targets.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {shop} from "./shop.ts";
import {assayRun, step, type Stepped} from "./stepwise.ts";
import {edit, openWorld, type World} from "./world.ts";

/* Runs that are carried out step by step give what a refresh gives, whatever happens between the steps. */

const worlds: World[] = [];
const open = (...given: Parameters<typeof openWorld>) => {
  const world = openWorld(...given);
  worlds.push(world);
  return world;
};
afterAll(() => worlds.forEach((world) => world.remove()));

/** What identifies a release, and each of its tables. */
const told = ({content, objects}: Release) => ({content, tables: contentsOf(byTable(objects))});
const currentOf = ({config}: World) => readCurrent(openLake(config));
const recordOf = async ({config}: World, id: string) => (await findRun(openLake(config), id))!;
const sales = (world: World) => join(world.source, "source_crm/sales_details.csv");
const sold = (n: number) => `SO${n},HELMET,1,20250401,20250407,20250412,5,1,5\n`;
const linesOf = async (world: World) => {
  const [row] = await world.sql<{n: bigint}>("select count(*) as n from gold.fct_sales");
  return Number(row!.n);
};

let refreshed: Release;
let world: World;
beforeAll(async () => {
  const other = open(shop);
  refreshed = (await other.refresh()).release;
  world = open(other.source);
});

test("steps one by one, a process each, give the release that a refresh gives", async () => {
  const said: string[] = [];
  for (const names of [
    ["bronze"],
    ["silver.crm_prd_info", "silver.crm_sales_details"],
    ["gold.fct_sales"],
    ["monitors"],
    ["warehouse"],
    ["marts"],
    ["extracts.delivery"],
    ["release"]
  ]) {
    const ended = await assayRun(world, [...names, "--run", "monday"]);
    expect([names, ended.code]).toEqual([names, 0]);
    said.push(ended.stdout);
  }
  const [run, ...others] = await listRuns(openLake(world.config));
  expect(others).toEqual([]);
  const lastOf = (status: string) => `run ${run!.id}: ${status}\n`;
  expect(said[1]).toBe(`silver.crm_prd_info: 2 rows\nsilver.crm_sales_details: 5 rows\n${lastOf("running")}`);
  expect(said[2]).toBe(`gold.fct_sales: 5 rows\n${lastOf("running")}`);
  expect(said[6]).toMatch(/^extracts\.delivery: \d+ rows\n/);
  const release = await currentOf(world);
  expect(said[7]).toContain(`run ${run!.id}: published, release ${release.id} is live\n`);
  expect(told(release)).toEqual(told(refreshed));

  // the record of the run is one, whoever did which step
  expect(run).toMatchObject({status: "published", release: release.id, error: null, failures: []});
  expect(run!.ended_at).not.toBeNull();
  expect(run!.checks).toEqual(release.checks);
  const began = run!.steps.map(({began_at}) => began_at!);
  expect(began).toEqual([...began].sort());
  const names = run!.steps.map((one) => one.step);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(["bronze crm_cust_info", "gold fct_sales", "marts (dbt)", "extract shop.duckdb"])
  );
  expect(run!.steps.filter(({reused}) => reused)).toEqual([]);
  const memory = run!.steps.map(({peak_memory}) => peak_memory!);
  expect(Math.min(...memory)).toBeGreaterThan(50_000_000);
  expect(run!.peak_memory).toBe(Math.max(...memory));
});

test("gc removes what the processes of a run shared, and what they made stays", async () => {
  const shared = () => readdirSync(join(openLake(world.config).name, "shared"));
  expect(shared()).toContain("monday.json");
  await clear(world.config, {keep: 1, progress: silent});
  expect(shared()).toEqual([]);
  expect(await linesOf(world)).toBe(5);
});

/** What dbt made, which is the same every time and takes the longest; the two share a prefix of the warehouse. */
function lendMarts({config: from}: World, {config: to}: World): void {
  const [lender, borrower] = [openLake(from).name, openLake(to).name];
  for (const name of readdirSync(join(lender, "steps"))) {
    const {step: of} = JSON.parse(readFileSync(join(lender, "steps", name), "utf8")) as {step: string};
    if (of === "warehouse gold" || of === "marts (dbt)")
      cpSync(join(lender, "steps", name), join(borrower, "steps", name));
  }
  cpSync(join(lender, "marts"), join(borrower, "marts"), {recursive: true});
}

test("steps in any order, some again, then the release: the same release", async () => {
  const names = (await listTargets(world.config))
    .map(({name}) => name)
    .filter((name) => !["bronze", "release", "site"].includes(name));
  const some = fc.array(fc.constantFrom(...names, "extracts.delivery"), {maxLength: 4});
  await fc.assert(
    fc.asyncProperty(some, some, async (before, after) => {
      const own = open(world.source, {variables: {WAREHOUSE_URL: world.environment.WAREHOUSE_URL!}});
      lendMarts(world, own);
      const run = async (name: string) => step(own, [name], {key: "any"});
      // nothing is published yet, so these have nothing to be made of
      for (const name of before)
        expect((await run(name)).error!.message).toBe(
          `no rows of the source in lake ${openLake(own.config).name} yet: npx assay run bronze`
        );
      for (const name of ["bronze", ...after]) expect((await run(name)).error).toBeUndefined();
      expect((await run("release")).run).toMatchObject({status: "published", error: null});
      expect(told(await currentOf(own))).toEqual(told(refreshed));
      expect(await listRuns(openLake(own.config))).toHaveLength(1);
    }),
    {numRuns: 3}
  );
});

test("the command line ends with 1 where the data are wrong, and with 2 where it is used wrongly", async () => {
  appendFileSync(sales(world), "Total,,,,,,1885,,\n");
  const [failed, unknown, key] = await Promise.all([
    assayRun(world, ["bronze", "monitors", "--run", "saturday"]),
    assayRun(world, ["bronze", "silver.crm_orders"]),
    assayRun(world, ["bronze", "--run", "a/b"])
  ]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("as all 5 others together: a total row");
  const {id} = await currentOf(world);
  expect(failed.stderr).toContain(
    `release ${id}, data through 2025-03-01, stays live; when the cause is mended: npx assay run bronze monitors --run saturday (what was made is kept)\n`
  );
  expect([unknown.code, unknown.stdout, key.code, key.stdout]).toEqual([2, "", 2, ""]);
  expect(unknown.stderr).toContain(
    "assay: unknown step: silver.crm_orders (have bronze, silver, silver.crm_cust_info, "
  );
  expect(key.stderr).toBe("assay: invalid --run: a/b (letters, digits, - and _)\n");
});

describe("what happens between the steps", () => {
  let own: World;
  let run: Run;
  const lake = () => openLake(own.config);
  const orchestrator = {
    name: "Dagster",
    run: "0a1b2c3d-4e5f",
    url: "http://127.0.0.1:3070/runs/0a1b2c3d-4e5f"
  };
  const asking = {key: "k1", orchestrator};
  beforeAll(async () => {
    own = open(shop, {isEditable: true});
    run = (await step(own, ["bronze"], asking)).run!;
  });

  /** A step fails with a finding; mended and done again, the run goes on. */
  async function failsUntilMended(
    name: string,
    found: object,
    message: string,
    mend: () => void | Promise<void>
  ) {
    const failed = await step(own, [name], asking);
    expect(failed.error!.message).toContain(message);
    expect(failed.error!.next).toBe(
      "nothing is published yet; when the cause is mended: re-execute the Dagster run from its failure (what was made is kept)"
    );
    const [outcome] = failed.outcomes;
    expect(outcome!.findings.filter(({passed}) => !passed)).toEqual([expect.objectContaining(found)]);
    const {error} = failed;
    const record = await recordOf(own, run.id);
    expect(record).toMatchObject({status: "failed", release: null, error: error!.message});
    expect(await findCurrent(lake())).toBeUndefined();
    await mend();
    const mended = await step(own, [name], asking);
    expect(mended.run).toMatchObject({id: run.id, status: "running", error: null, checks: [], failures: []});
    expect(mended.outcomes[0]!.findings.filter(({passed}) => !passed)).toEqual([]);
    return record;
  }

  test("a ledger that does not balance ends its step", async () => {
    const undo = edit(join(own.config.root, "pipelines/3-gold/fct_sales.sql"), (sql) =>
      sql.replace("left join customers on", "join customers on")
    );
    await failsUntilMended(
      "gold.fct_sales",
      {
        asset: "gold.fct_sales",
        check: "ledger",
        severity: "block",
        detail: expect.stringContaining("rows: in 5, out 4, unexplained -1, 1 rows differ")
      },
      "silver → gold fct_sales, rows: in 5, out 4, unexplained -1, 1 rows differ from their origin",
      undo
    );
  });

  test("a broken contract ends its step", async () => {
    const undo = edit(join(own.config.root, "pipelines/2-silver/crm_sales_details.sql"), (sql) =>
      sql.replace("  price as sls_price,", "  price + 1 as sls_price,")
    );
    const words = "silver crm_sales_details: sls_price changes without a rule (row 0: 20 became 21.00";
    await failsUntilMended(
      "silver.crm_sales_details",
      {
        asset: "silver.crm_sales_details",
        check: "contract",
        severity: "block",
        detail: expect.stringContaining(words)
      },
      words,
      undo
    );
  });

  test("a monitor that blocks ends its step", async () => {
    const undo = edit(sales(own), (text) => `${text}Total,,,,,,1885,,\n`);
    await step(own, ["bronze"], asking);
    const name = "total_row_crm_sales_details";
    const record = await failsUntilMended(
      "monitors",
      {asset: "monitors", check: name, severity: "block", failures: 1},
      `${name}, bronze.crm_sales_details: the last row says 1885.00`,
      async () => {
        undo();
        await step(own, ["bronze"], asking);
      }
    );
    expect(record.error).toContain(`accept it: launch it again with the run tags assay/accept: ${name} and`);
    expect(record.failures.map(({table}) => table)).toEqual([name]);
    // the record tells of the rows that are there now, though they were only looked up
    const {steps} = await recordOf(own, run.id);
    const kept = steps.find((one) => one.step === "bronze crm_sales_details")!;
    expect(kept).toMatchObject({reused: true, rows: 5});
  });

  test("a failing dbt test; once all is mended the run is published, and its record is of it alone", async () => {
    const file = join(own.config.root, "dbt/tests/no_line_above_500.sql");
    writeFileSync(
      file,
      "select order_number from {{ source('gold', 'fct_sales') }} where sales_amount > 500"
    );
    const record = await failsUntilMended(
      "marts",
      {check: "no_line_above_500", severity: "block", failures: 2},
      "dbt: 1 check failed; nothing is published\n  no_line_above_500: 2 bad rows",
      () => rmSync(file)
    );
    expect(record.failures.map(({table}) => table)).toEqual(["no_line_above_500"]);
    // what the source becomes after bronze is not seen
    appendFileSync(sales(own), sold(10));
    const {run: ended} = await step(own, ["release"], asking);
    const release = await currentOf(own);
    const {id, checks} = release;
    expect(ended).toMatchObject({id: run.id, status: "published", release: id, error: null, orchestrator});
    expect(ended!.checks).toEqual(checks);
    expect(ended!.failures).toEqual([]);
    expect(ended!.steps.find((one) => one.step === "bronze crm_sales_details")!.rows).toBe(5);
    // extracts tell where the rows come from, which is another folder
    const tablesOf = (one: Release) =>
      [...told(one).tables].filter(([name]) => !name.startsWith("extracts."));
    expect(tablesOf(release)).toEqual(tablesOf(refreshed));
  });

  test("without bronze a run has the published rows, not those of the source", async () => {
    const {id} = await currentOf(own);
    const again = await step(own, ["gold.fct_sales", "release"], {key: "wednesday"});
    expect(again.outcomes[0]!.products[0]).toMatchObject({asset: "gold.fct_sales", rows: 5});
    expect(again.run).toMatchObject({status: "unchanged", release: id});
    expect(again.steps.filter((one) => one.step.startsWith("bronze"))).toEqual([]);
  });

  /** Another home publishes over what is live; `publish` moves the pointer. */
  async function another(): Promise<{next: Release; publish: () => void}> {
    const current = (await findCurrent(lake()))!;
    const next = {...current, id: newId(), parent: current.id};
    await writeRelease(lake(), next);
    const pointer = join(lake().name, "releases/current.json");
    return {next, publish: () => writeFileSync(pointer, JSON.stringify({release: next.id}))};
  }

  test("older rows are not published over a release that came meanwhile", async () => {
    const taken = await step(own, ["bronze", "gold.fct_sales"], {key: "thursday"});
    expect(taken.outcomes[1]!.products[0]).toMatchObject({rows: 6});

    // within a step
    const first = await another();
    const begin = (name: string) => {
      if (name === "monitors") first.publish();
      return silent.begin(name);
    };
    const overtaken = await step(own, ["release"], {key: "thursday", progress: {...silent, begin}});
    expect(overtaken.error!.message).toBe(
      `lake ${lake().name}: another release was published meanwhile; run npx assay refresh again`
    );
    expect(overtaken.error!.next).toMatch(
      new RegExp(`^release ${first.next.id}, data through .*: npx assay run release --run thursday \\(`)
    );
    expect(await recordOf(own, taken.run!.id)).toMatchObject({status: "failed", release: null});

    // between steps: the key names another run from then on, made of what is live
    const {run} = await step(own, ["release"], {key: "thursday"});
    expect(run!.id).not.toBe(taken.run!.id);
    expect(run).toMatchObject({status: "unchanged", release: first.next.id});
    expect(await linesOf(world)).toBe(5);
    expect((await recordOf(own, taken.run!.id)).status).toBe("failed");

    const friday = await step(own, ["bronze"], {key: "friday"});
    const second = await another();
    await movePointer(lake(), {release: second.next.id}, {release: first.next.id});
    const other = await step(own, ["gold.fct_sales"], {key: "friday"});
    expect(other.run!.id).not.toBe(friday.run!.id);
    expect(other.outcomes[0]!.products[0]).toMatchObject({rows: 5});
    expect((await recordOf(own, friday.run!.id)).status).toBe("interrupted");
    await endRun(own.config, "friday", "unpublished");
  });
});

describe.skipIf(lack)(`months of a table that has parts ${lack ?? ""}`, () => {
  let server: MariaDb;
  let own: World;
  beforeAll(async () => {
    server = await startMariaDb();
    const files = openWorld({...shop, crm_sales_details: ""});
    await fillDatabase(server, "shop", files.source, {
      crm_sales_details: `id int unsigned not null auto_increment primary key, sls_ord_num varchar(50),
        sls_prd_key varchar(50), sls_cust_id varchar(50), sls_order_dt varchar(50), sls_ship_dt varchar(50),
        sls_due_dt varchar(50), sls_sales varchar(50), sls_quantity varchar(50), sls_price varchar(50)`
    });
    files.remove();
    // a part of ten lines for each month; the last has none of a date
    await server.run(
      "shop",
      `insert into crm_sales_details (sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity, sls_price)
       select concat('SO', lpad(seq, 3, '0')), 'HELMET', 1, if(seq < 40, 20250101 + 100 * floor(seq / 10), 0), 20250607, 20250612, 20, 1, 20 from seq_0_to_49`
    );
    const url = server.url("shop", {user: "reader", query: "?chunk-rows=10"});
    own = open("", {variables: {SOURCE_URL: url}});
    await step(own, ["bronze", "gold.fct_sales"], {key: "k1"});
  });
  afterAll(() => server?.stop());

  /** The steps that are done again by `work`, each with how many of its records were written. */
  async function doneBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const folder = join(openLake(own.config).name, "steps");
    const files = () => readdirSync(folder).map((name) => join(folder, name));
    for (const file of files()) utimesSync(file, 0, 0);
    await work();
    const done: Record<string, number> = {};
    for (const file of files().filter((one) => statSync(one).mtimeMs > 0)) {
      const {step: name} = JSON.parse(readFileSync(file, "utf8")) as {step: string};
      done[name] = (done[name] ?? 0) + 1;
    }
    return done;
  }

  test("only the parts that have lines of the months are made again, and say the same", async () => {
    // of the same rows the bytes may differ
    const contentOf = ({outcomes: [outcome]}: Stepped) => ({
      ...outcome,
      products: outcome!.products.map(({content, rows}) => ({content, rows}))
    });
    const whole = await step(own, ["gold.fct_sales"], {key: "k1"});
    expect(
      whole.outcomes[0]!.months!.map(({month, rows, sales_amount}) => [month, rows, sales_amount])
    ).toEqual([
      ...["2025-01", "2025-02", "2025-03", "2025-04"].map((month) => [month, "10", "200.00"]),
      ["undated", "10", "200.00"]
    ]);
    for (const months of [["2025-02"], ["2025-04", "undated"]]) {
      const done = await doneBy(async () => {
        const again = await step(own, ["gold.fct_sales"], {key: "k1", months});
        expect(contentOf(again)).toEqual(contentOf(whole));
      });
      expect(done).toEqual({
        "silver crm_sales_details": months.length,
        "gold fct_sales": months.length
      });
    }
    expect(await doneBy(() => step(own, ["gold.fct_sales"], {key: "k1"}))).toEqual({});
  });

  test("a month that is not there is wrong use, and so are months of another table", async () => {
    await endRun(own.config, "k1", "unpublished");
    const [unknown, other] = await Promise.all([
      assayRun(own, ["gold.fct_sales", "--run", "wrong", "--months", "2025-02", "2031-07"]),
      assayRun(own, ["gold.dim_dates", "--run", "wrong", "--months", "2025-02"])
    ]);
    expect(unknown).toEqual({
      code: 2,
      stdout: "",
      stderr: "assay: unknown month of gold.fct_sales: 2031-07 (have 2025-01 to 2025-04, undated)\n"
    });
    expect(other).toEqual({
      code: 2,
      stdout: "",
      stderr: "assay: --months is for gold.fct_sales: npx assay run gold.fct_sales --months 2013-06\n"
    });
    // what was opened for it did nothing, and is over
    const [run] = await listRuns(openLake(own.config));
    expect(run).toMatchObject({status: "failed", steps: []});
    expect(run!.error).toContain("unknown month of gold.fct_sales: 2031-07");
    const gone = await assayRun(own, ["--end", "failed", "--run", "k9"]);
    expect(gone).toEqual({
      code: 2,
      stdout: "",
      stderr: "assay: no run of steps is called k9: npx assay run --end failed --run NAME\n"
    });
  });
});
