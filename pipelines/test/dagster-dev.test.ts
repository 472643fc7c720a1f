import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {appendFileSync} from "node:fs";
import {createServer} from "node:net";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterAll, beforeAll, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {readCurrent} from "../release.ts";
import {listRuns} from "../run.ts";
import {type Dagster, openDagster} from "./dagster.ts";
import {assay} from "./project.ts";
import {shop} from "./shop.ts";
import {openWorld, type World} from "./world.ts";

/* Dagster's pages and daemon, as npm run dagster opens them, asked through their GraphQL. */

let world: World;
let dagster: Dagster;
let server: ChildProcess;
let url: string;
let said = "";

beforeAll(async () => {
  world = openWorld(shop);
  dagster = await openDagster(world);
  const port = await freePort();
  url = `http://127.0.0.1:${port}/graphql`;
  server = spawn(
    process.execPath,
    ["--import", "tsx", "pipelines/cli.ts", "dagster", "--port", String(port)],
    {
      cwd: dagster.project,
      // a run of its own would be in the way; and steps run side by side, whatever cores there are
      env: {...dagster.environment, ASSAY_SENSOR: "off", ASSAY_DAGSTER_CONCURRENCY: "2"},
      stdio: ["ignore", "pipe", "pipe"]
    }
  );
  for (const stream of [server.stdout!, server.stderr!])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  const ended = once(server, "close").then(() => Promise.reject(new Error(said)));
  await Promise.race([ended, until(() => said.includes("Dagster is up")), sleep(120_000)]);
  ended.catch(() => undefined);
  await until(async () => (await ask<{sensors: unknown[]}[]>(repositories).catch(() => [])).length > 0);
}, 300_000);

afterAll(async () => {
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await once(server, "close");
  }
  world.remove();
}, 60_000);

const repositories = `{ answer: repositoriesOrError { ... on RepositoryConnection { nodes { sensors { name } } } } }`;
const selector = {repositoryLocationName: "assay", repositoryName: "__repository__"};

/** The `answer` of a query; of a connection its nodes. */
async function ask<T>(query: string, variables: object = {}): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: {"content-type": "application/json"},
    body: JSON.stringify({query, variables})
  });
  const {data, errors} = (await response.json()) as {
    data?: {answer: {nodes?: T; __typename?: string; message?: string}};
    errors?: object[];
  };
  if (!data?.answer || data.answer.message) throw new Error(JSON.stringify(errors ?? data));
  return (data.answer.nodes ?? data.answer) as T;
}

async function until(isSo: () => boolean | Promise<boolean>, most = 390_000): Promise<void> {
  for (const began = Date.now(); !(await isSo()); await sleep(500))
    if (Date.now() - began > most)
      throw new Error(`it did not come about; dagster said:\n${said.slice(-3000)}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const free = createServer().listen(0, "127.0.0.1", () => {
      const {port} = free.address() as {port: number};
      free.close(() => resolve(port));
    });
  });
}

type Started = {run: {runId: string}};

const keyOf = (name: string) => ({path: name.split(".")});

/** Launches assets, and checks (`layer.table:check`) of others. */
function launch(assets: string[], checks: string[] = []): Promise<Started> {
  const assetCheckSelection = checks.map((one) => {
    const [asset, name] = one.split(":") as [string, string];
    return {assetKey: keyOf(asset), name};
  });
  return ask<Started>(
    `mutation($params: ExecutionParams!) { answer: launchPipelineExecution(executionParams: $params) {
      __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
      ... on RunConfigValidationInvalid { errors { message } } ... on InvalidSubsetError { message } } }`,
    {
      params: {
        selector: {
          ...selector,
          jobName: "refresh",
          assetSelection: assets.map(keyOf),
          ...(checks.length && {assetCheckSelection})
        },
        runConfigData: {}
      }
    }
  );
}

const statusOf = async (runId: string) =>
  (
    await ask<{status: string}>(
      `query($runId: ID!) { answer: runOrError(runId: $runId) { ... on Run { status } ... on PythonError { message } } }`,
      {runId}
    )
  ).status;

const stepsOf = async (runId: string) =>
  (
    await ask<{stepStats: {stepKey: string; startTime: number; endTime: number}[]}>(
      `query($runId: ID!) { answer: runOrError(runId: $runId) { ... on Run { stepStats { stepKey startTime endTime } } } }`,
      {runId}
    )
  ).stepStats;

async function ended(runId: string): Promise<string> {
  const over = ["SUCCESS", "FAILURE", "CANCELED"];
  await until(async () => over.includes(await statusOf(runId)));
  return statusOf(runId);
}

type Node = {
  assetKey: {path: string[]};
  groupName: string;
  description: string;
  opVersion: string | null;
  isPartitioned: boolean;
  assetMaterializations: {metadataEntries: {label: string; intValue?: number; boolValue?: boolean}[]}[];
  assetChecksOrError: {
    checks: {name: string; blocking: boolean; executionForLatestMaterialization: {status: string} | null}[];
  };
};

const nodes = () =>
  ask<
    Node[]
  >(`{ answer: repositoryOrError(repositorySelector: {repositoryLocationName: "assay", repositoryName: "__repository__"}) {
    ... on Repository { nodes: assetNodes { assetKey { path } groupName description opVersion isPartitioned
      assetMaterializations(limit: 1) { metadataEntries { label ... on IntMetadataEntry { intValue } ... on BoolMetadataEntry { boolValue } } }
      assetChecksOrError { ... on AssetChecks { checks { name blocking executionForLatestMaterialization { status } } } } } } } }`);

test("a table with partitions can be launched from the beginning", async () => {
  const {keys} = await ask<{keys: string[]}>(
    `{ answer: assetNodeOrError(assetKey: {path: ["gold", "fct_sales"]}) { ... on AssetNode { keys: partitionKeys } } }`
  );
  expect(keys).toEqual(["undated"]);
});

test("the pages know every asset, its group, code version and checks before anything ran", async () => {
  const all = await nodes();
  const groups = new Set(all.map(({groupName}) => groupName));
  expect([...groups].sort()).toEqual(
    ["bronze", "silver", "gold", "warehouse", "marts", "extracts", "published"].sort()
  );
  const sales = all.find(({assetKey}) => assetKey.path.join(".") === "gold.fct_sales")!;
  expect(sales.isPartitioned).toBe(true);
  expect(sales.opVersion).toMatch(/^[0-9a-f]{16}$/);
  const checks = sales.assetChecksOrError.checks.map(({name, blocking}) => [name, blocking]);
  expect(checks.sort()).toEqual([
    ["contract", true],
    ["ledger", true]
  ]);
});

test("launching the selected assets publishes; metadata, checks and months are read back", async () => {
  const names = (await nodes())
    .map(({assetKey}) => assetKey.path.join("."))
    .filter((name) => name !== "site");
  const {run} = await launch(names);
  expect(await ended(run.runId)).toBe("SUCCESS");
  const release = await readCurrent(openLake(world.config));
  const [record] = await listRuns(openLake(world.config));
  expect(record).toMatchObject({
    status: "published",
    release: release.id,
    orchestrator: {name: "Dagster", run: run.runId, url: url.replace("graphql", `runs/${run.runId}`)}
  });
  const silver = (await stepsOf(run.runId)).filter(({stepKey}) => stepKey.startsWith("silver_"));
  const [first, second] = silver.sort((a, b) => a.startTime - b.startTime);
  expect(silver).toHaveLength(6);
  expect(second!.startTime).toBeLessThan(first!.endTime);
  const sales = (await nodes()).find(({assetKey}) => assetKey.path.join(".") === "gold.fct_sales")!;
  const entries = Object.fromEntries(
    sales.assetMaterializations[0]!.metadataEntries.map(({label, ...value}) => [label, value])
  );
  expect(entries["dagster/row_count"] ?? entries["dagster/partition_row_count"]).toBeDefined();
  expect(
    sales.assetChecksOrError.checks.map(({executionForLatestMaterialization: done}) => done?.status)
  ).toEqual(["SUCCEEDED", "SUCCEEDED"]);
}, 400_000);

test("checks are launched without their tables, and publish nothing", async () => {
  const {objects, id} = await readCurrent(openLake(world.config));
  const checks = ["gold.fct_sales:ledger", "warehouse.fct_sales:source_unique_gold_fct_sales_sale_key"];
  const {run} = await launch([], checks);
  expect(await ended(run.runId)).toBe("SUCCESS");
  for (const one of checks) {
    const [asset, name] = one.split(":") as [string, string];
    const [done] = await ask<{status: string; runId: string}[]>(
      `query($key: AssetKeyInput!, $name: String!) { answer: assetCheckExecutions(assetKey: $key, checkName: $name, limit: 1) { status runId } }`,
      {key: keyOf(asset), name}
    );
    expect([one, done]).toEqual([one, {status: "SUCCEEDED", runId: run.runId}]);
  }
  await until(async () => (await listRuns(openLake(world.config)))[0]!.status === "unpublished");
  expect(await readCurrent(openLake(world.config))).toMatchObject({id, objects});
}, 400_000);

const sensor = (cursor: string | null) =>
  ask<{
    evaluationResult: {cursor: string; skipReason: string | null; runRequests: {runKey: string}[] | null};
  }>(
    `mutation($selector: SensorSelector!, $cursor: String) { answer: sensorDryRun(selectorData: $selector, cursor: $cursor) {
      __typename ... on DryRunInstigationTick { evaluationResult { cursor skipReason runRequests { runKey } error { message } } }
      ... on PythonError { message } } }`,
    {selector: {...selector, sensorName: "source_changed"}, cursor}
  );

test("the sensor asks the source, and notices that it changed", async () => {
  const {evaluationResult: before} = await sensor(null);
  expect(before).toMatchObject({runRequests: []});
  expect(before.skipReason).toMatch(/^nothing changed: /);
  appendFileSync(
    join(world.source, "source_crm/sales_details.csv"),
    "SO9,HELMET,1,20250401,20250407,20250412,5,1,5\n"
  );
  const {evaluationResult: after} = await sensor(before.cursor);
  expect(after.runRequests).toEqual([{runKey: after.cursor}]);
  expect(after.cursor).not.toBe(before.cursor);
});

test("a run that is cancelled ends, is on record, publishes nothing and lets the next one begin", async () => {
  const before = await readCurrent(openLake(world.config));
  const {run} = await launch(["bronze.crm_cust_info", "silver.crm_cust_info", "release"]);
  const record = async () => (await listRuns(openLake(world.config)))[0]!;
  await until(async () => (await record()).orchestrator?.run === run.runId);
  await ask(
    `mutation($runId: String!) { answer: terminateRun(runId: $runId) { __typename ... on PythonError { message } } }`,
    {runId: run.runId}
  );
  expect(await ended(run.runId)).toBe("CANCELED");
  expect((await readCurrent(openLake(world.config))).id).toBe(before.id);
}, 400_000);

/** Carries out a backfill of a month to its end. */
async function backfill(assets: string[], month: string): Promise<void> {
  const {backfillId} = await ask<{backfillId: string}>(
    `mutation($params: LaunchBackfillParams!) { answer: launchPartitionBackfill(backfillParams: $params) {
        __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }`,
    {
      params: {
        assetSelection: assets.map(keyOf),
        partitionNames: [month],
        allPartitions: false
      }
    }
  );
  const status = async () =>
    (
      await ask<{status: string; error: {message: string} | null}>(
        `query($id: String!) { answer: partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }`,
        {id: backfillId}
      )
    ).status;
  await until(async () => /^COMPLETED|^FAILED/.test(await status()));
  expect(await status()).toBe("COMPLETED_SUCCESS");
}

test("a backfill of a month and what is made of it publishes once", async () => {
  const before = (await listRuns(openLake(world.config))).length;
  await backfill(["gold.fct_sales", "monitors", "release"], "2025-03");
  // its runs are one of assay's: it publishes the rows that the cancelled one took, or finds those that are live
  const runs = await listRuns(openLake(world.config));
  expect(runs).toHaveLength(before + 1);
  expect(runs[0]!.status).toMatch(/^(published|unchanged)$/);
  expect(runs[0]!.steps.find(({step}) => step === "gold fct_sales")).toMatchObject({reused: false});
}, 400_000);

test("a backfill without the release ends, and publishes nothing", async () => {
  const before = await readCurrent(openLake(world.config));
  await backfill(["gold.fct_sales"], "2025-03");
  await until(async () => (await listRuns(openLake(world.config)))[0]!.status === "unpublished");
  expect((await readCurrent(openLake(world.config))).id).toBe(before.id);
}, 400_000);

test("a second one of the same home is refused", async () => {
  const args = ["dagster", "--port", String(await freePort())];
  const {code, stderr} = await assay(dagster.project, args, dagster.environment);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/is in use by npm run dagster \(process \d+\)/)]);
}, 60_000);

test("a signal ends it, and leaves nothing listening", async () => {
  server.kill("SIGTERM");
  await once(server, "close");
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);
