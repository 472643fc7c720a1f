import {createHash} from "node:crypto";
import {appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterEach, beforeEach, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {silent} from "../progress.ts";
import {listRuns, type Run} from "../run.ts";
import {endRun} from "../stepwise/run-steps.ts";
import {withWork} from "../work.ts";
import {assay} from "./project.ts";
import {shop} from "./shop.ts";
import {assayRun, step} from "./stepwise.ts";
import {failure, openWorld, start, type World} from "./world.ts";

/* Several processes of one run at work at once, and everybody else kept out until it has ended. */

let world: World;
beforeEach(() => void (world = openWorld(shop)));
afterEach(() => world.remove());

type Lease = {key: string; task: string; until: string};
const leaseFiles = () =>
  [world.config.home, openLake(world.config).name].map((one) => join(one, "lease.json"));
const leases = () =>
  leaseFiles()
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as Lease);
/** Lets the lease run out. */
const runOut = () => {
  for (const lease of leaseFiles())
    writeFileSync(lease, JSON.stringify({...leases()[0]!, until: "2026-01-31T00:00:00.000Z"}));
};
const runs = () => listRuns(openLake(world.config));

/** Works in this process as a step of the run `shared` does, or alone, until it is let go. */
async function work(shared?: string): Promise<() => Promise<void>> {
  const task = shared ? `run ${shared}` : "refresh";
  let finish = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  let ended!: Promise<void>;
  await new Promise<void>((begun, refused) => {
    ended = withWork(world.config, {task, progress: silent, wait: false, shared}, () => {
      begun();
      return done;
    });
    ended.catch(refused);
  });
  return () => {
    finish();
    return ended;
  };
}
const letIn = async (shared?: string) => (await work(shared))();

test("a second run is refused with who works and until when; another step of the first works beside it", async () => {
  const end = await work("monday");
  const [lease, ofLake] = leases();
  expect(lease).toEqual({key: "monday", task: "run monday", until: expect.any(String) as string});
  expect(ofLake).toMatchObject({key: "monday"});
  const left = (Date.parse(lease!.until) - Date.now()) / 60_000;
  expect(left).toBeGreaterThan(4);
  expect(left).toBeLessThanOrEqual(5);
  const leased = `${world.config.home} is in use by run monday, whose next step may begin until `;

  const [beside, second, refresh] = await Promise.all([
    assayRun(world, ["bronze", "--run", "monday", "--json"]),
    assayRun(world, ["bronze", "--run", "tuesday"]),
    assay(world.config.root, ["refresh"], world.environment)
  ]);
  expect(beside).toMatchObject({code: 0});
  expect(JSON.parse(beside.stdout)).toMatchObject({status: "running"});
  expect(second).toMatchObject({code: 1, stdout: ""});
  expect(second.stderr).toMatch(
    /^assay: \S+ is in use by run monday, whose next step may begin until \d{4}-\d\d-\d\dT[\d:.]+Z; wait for it with --wait\n$/
  );
  expect(second.stderr).toContain(leased);
  // who needs the folder alone is told of the process that has it
  expect(refresh.stderr).toMatch(
    /^assay: \S+ is in use by run monday \(process \d+\) since \S+; wait for it with --wait\n/
  );
  expect(await runs()).toHaveLength(1);

  await end();
  expect(await failure(world.refresh())).toContain(leased);
  const unfinished = await assayRun(world, ["--run", "monday", "--end", "unpublished"]);
  expect(unfinished).toMatchObject({code: 0, stderr: ""});
  expect(unfinished.stdout).toMatch(/^run \S+: unpublished\n$/);
  expect(leases()).toEqual([]);
  await letIn();
});

test("with --wait a second run waits, says so once, and goes on where the first has ended", async () => {
  const first = await step(world, ["bronze"], {key: "monday"});
  const notes: string[] = [];
  const note = (text: string) => {
    notes.push(text);
    void endRun(world.config, "monday", "failed", "not today");
  };
  const second = await step(world, ["bronze"], {key: "tuesday", wait: true, progress: {...silent, note}});
  expect(second.run).toMatchObject({status: "running"});
  expect(
    notes.filter((text) => text.startsWith(`waiting: ${world.config.home} is in use by run monday`))
  ).toHaveLength(1);
  expect((await runs()).map(({id, status, error}) => [id, status, error])).toEqual([
    [second.run!.id, "running", null],
    [first.run!.id, "failed", "not today"]
  ]);
});

test("a lease that ran out lets others in; of one that is over, the step that still works keeps them out", async () => {
  const first = await step(world, ["bronze"], {key: "monday"});
  expect(first.run).toMatchObject({status: "running"});
  expect(await failure(letIn())).toContain("in use by run monday, whose next step may begin until");
  runOut();
  await letIn();
  await letIn("tuesday");
  await endRun(world.config, "tuesday", "unpublished");
  expect(leases().map(({key}) => key)).toEqual(["tuesday", "tuesday"]);
  runOut();

  for (const end of [runOut, () => endRun(world.config, "monday", "unpublished")]) {
    const free = await work("monday");
    await end();
    for (const shared of [undefined, "tuesday"]) {
      const other = start(world, ...(shared ? ["run", "bronze", "--run", shared] : ["refresh"]));
      let said = "";
      other.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
      expect(await new Promise((resolve) => other.on("close", resolve))).toBe(1);
      expect(said).toContain(`${world.config.home} is in use by run monday (process ${process.pid}) since `);
    }
    await free();
    if (leases().length) runOut();
  }
});

test("a step that fails lets others in at once, be it the first of those asked for or the last", async () => {
  for (const [file, line, names] of [
    ["source_crm/sales_details.csv", "Total,,,,,,1885,,\n", ["bronze", "monitors"]],
    ["source_erp/LOC_A101.csv", "one\n", ["bronze"]]
  ] as const) {
    appendFileSync(join(world.source, file), line);
    const {error, run} = await step(world, [...names], {key: "monday"});
    expect([run, error!.message]).toEqual([
      undefined,
      expect.stringMatching(/the last row says 1885.00|LOC_A101.csv, line 4: 1 field/)
    ]);
    expect(leases()).toEqual([]);
    await letIn();
  }
});

test("who waits can be told to stop waiting", async () => {
  const end = await work("monday");
  const waiting = start(world, "run", "bronze", "--run", "tuesday", "--wait");
  let said = "";
  waiting.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (text.includes("waiting: ")) waiting.kill("SIGINT");
  });
  expect(await new Promise((resolve) => waiting.on("close", resolve))).toBe(130);
  expect(said).toContain(
    "assay: cancelled before it was done; what was made is kept, nothing is published\n"
  );
  expect(await runs()).toEqual([]);
  await end();
});

test("two processes that open the same run at the same moment make one run, and each its steps", async () => {
  const ended = await Promise.all([
    assayRun(world, ["bronze", "--run", "monday", "--json"]),
    assayRun(world, ["bronze", "silver.erp_loc_a101", "--run", "monday", "--json"])
  ]);
  expect(ended.map(({code}) => code)).toEqual([0, 0]);
  const ids = ended.map(({stdout}) => (JSON.parse(stdout) as Run).id);
  expect(ids[0]).toBe(ids[1]);
  const [run, ...others] = await runs();
  expect(others).toEqual([]);
  expect(run!.steps.map((one) => one.step)).toEqual([
    "bronze crm_cust_info",
    "bronze crm_prd_info",
    "bronze crm_sales_details",
    "bronze erp_cust_az12",
    "bronze erp_loc_a101",
    "bronze erp_px_cat_g1v2",
    "silver erp_loc_a101"
  ]);
});

const line = (n: number) => `SO${n},HELMET,1,20250101,20250107,20250112,${n % 7},1,${n % 7}\n`;
const sell = (from: number, count: number) =>
  appendFileSync(
    join(world.source, "source_crm/sales_details.csv"),
    Array.from({length: count}, (_, n) => line(from + n)).join("")
  );

/** Signals a step once it works on a table. */
async function stopMidway(signal: "SIGKILL" | "SIGINT", table: string, ...args: string[]) {
  const child = start(world, "run", ...args);
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<{code: number | null; signal: string | null}>((resolve) =>
    child.on("close", (code, by) => resolve({code, signal: by}))
  );
  const folder = join(world.config.home, "tmp", String(child.pid));
  while (
    child.exitCode === null &&
    !(existsSync(folder) && readdirSync(folder).some((file) => file.includes(table)))
  )
    await sleep(5);
  child.kill(signal);
  return {...(await ended), stderr};
}

/** Objects of the lake whose bytes are not those their names tell. */
function halves(): string[] {
  const lake = openLake(world.config).name;
  return readdirSync(lake, {recursive: true, encoding: "utf8"}).filter((file) => {
    const sum = /([0-9a-f]{24})[.]parquet$/.exec(file)?.[1];
    return (
      sum &&
      !createHash("sha256")
        .update(readFileSync(join(lake, file)))
        .digest("hex")
        .startsWith(sum)
    );
  });
}

test("a step that is killed or cancelled midway leaves nothing half, and is done when it is asked for again", async () => {
  sell(10, 200_000);
  const killed = await stopMidway("SIGKILL", "crm_sales_details", "bronze", "--run", "monday");
  expect(killed).toMatchObject({code: null, signal: "SIGKILL"});
  expect(halves()).toEqual([]);
  const [run] = await runs();
  expect(run).toMatchObject({status: "running", error: null, ended_at: null});
  // its lease is its run's still, and the kernel let go of its lock
  expect(leases().map(({key}) => key)).toEqual(["monday", "monday"]);
  const again = await step(world, ["bronze"], {key: "monday"});
  expect(again.run).toMatchObject({id: run!.id, status: "running"});
  expect(again.outcomes[0]!.products.find(({asset}) => asset === "bronze.crm_sales_details")!.rows).toBe(
    200_005
  );

  const cancelled = await stopMidway(
    "SIGINT",
    "crm_sales_details",
    "silver.crm_sales_details",
    "--run",
    "monday"
  );
  expect(cancelled).toMatchObject({code: 130, signal: null});
  const words = "cancelled before it was done; what was made is kept, nothing is published";
  expect(cancelled.stderr).toContain(
    `assay: ${words}\nnothing is published yet; when the cause is mended: npx assay run silver.crm_sales_details --run monday (what was made is kept)\n`
  );
  expect((await runs()).map(({id, status, error}) => [id, status, error])).toEqual([
    [run!.id, "failed", words]
  ]);
  expect(leases()).toEqual([]);
  expect(halves()).toEqual([]);
  const mended = await step(world, ["silver.crm_sales_details"], {key: "monday"});
  expect(mended.run).toMatchObject({id: run!.id, status: "running", error: null});
  expect(mended.outcomes[0]!.products[0]).toMatchObject({rows: 200_005});
});
