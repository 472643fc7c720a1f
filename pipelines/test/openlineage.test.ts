import {appendFileSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import http from "node:http";
import type {AddressInfo} from "node:net";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import type {Refreshed} from "../attempt.ts";
import {type Config, readConfig} from "../config.ts";
import {type RunEvent, runIdOf} from "../openlineage/event.ts";
import {jobOf, namespaceOf, namesOf} from "../openlineage/names.ts";
import {refresh} from "../refresh.ts";
import {silent} from "../progress.ts";
import {shop} from "./shop.ts";
import {edit, failure, openWorld, type World} from "./world.ts";

/* A small shop, refreshed for real: events in a file, at a server of ours, and for a receiver that is not there. */

/** Names and birth dates that nothing but personal data has. */
const personal = ["Annabella", "Bobolink", "Cidonia", "1980-05-05", "1981-05-06"];
const told = {
  ...shop,
  crm_cust_info: shop.crm_cust_info
    .replace("Ann,", "Annabella,")
    .replace("Bob,", "Bobolink,")
    .replace("Cid,", "Cidonia,"),
  erp_cust_az12: "NASAW1,1980-05-05,Female\nNASAW3,1981-05-06,Male\n"
};

let world: World;
let first: Refreshed;
let written: RunEvent[];
let file: string;
beforeAll(async () => {
  world = openWorld(told, {isEditable: true});
  file = join(world.folder, "events/lineage.jsonl");
  first = await refreshTo(file);
  written = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
});
afterAll(() => world?.remove());

const configOf = (ASSAY_OPENLINEAGE_URL: string, more: Record<string, string> = {}): Config => ({
  ...readConfig({...world.environment, ASSAY_OPENLINEAGE_URL, ...more}),
  root: world.config.root
});
const refreshTo = (url: string, more?: Record<string, string>) =>
  refresh(configOf(url, more), {progress: silent});

const eventOf = (events: RunEvent[], job: string, type: string) =>
  events.find(({eventType, job: {name}}) => name === job && eventType === type)!;
const namesIn = (events: RunEvent[]) => events.map(({eventType, job}) => `${eventType} ${job.name}`);

/** Facets without who wrote them, and without the addresses of their schemas. */
function bare(value: unknown): unknown {
  const text = JSON.stringify(value, (key, one: unknown) =>
    /^_(producer|schemaURL)$/.test(key) ? undefined : one
  );
  return text === undefined ? undefined : JSON.parse(text);
}

/** A receiver that keeps what is posted to it. */
async function receive(answer = 201) {
  const requests: {path: string; authorization: string | undefined; event: RunEvent}[] = [];
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const {authorization} = request.headers;
      requests.push({path: request.url!, authorization, event: JSON.parse(body) as RunEvent});
      response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {requests, address: `127.0.0.1:${port}`, close: () => server.close()};
}

test("every run of a job begins and ends once, and has what the specification requires", () => {
  const runs = new Map<string, RunEvent[]>();
  for (const event of written) {
    expect(event).toMatchObject({
      producer: "urn:assay",
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
      job: {namespace: namespaceOf(world.config), name: expect.stringMatching(/^[a-z0-9_.]+$/)},
      run: {
        runId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }
    });
    expect(new Date(event.eventTime).toISOString()).toBe(event.eventTime);
    const datasets = [...event.inputs, ...event.outputs];
    const facets = [event.run.facets, event.job.facets];
    for (const one of datasets) facets.push(one.facets ?? {}, one.inputFacets ?? {}, one.outputFacets ?? {});
    for (const one of facets.flatMap((some) => Object.values(some)))
      expect(one).toMatchObject({
        _producer: "urn:assay",
        _schemaURL: expect.stringMatching(
          /^https:\/\/openlineage\.io\/spec\/facets\/\d-\d-\d\/(\w+Facet)\.json#\/\$defs\/\1$/
        )
      });
    runs.set(event.run.runId, [...(runs.get(event.run.runId) ?? []), event]);
  }
  for (const ofRun of runs.values()) {
    expect(ofRun.map(({eventType}) => eventType)).toEqual(["START", "COMPLETE"]);
    expect(ofRun[0]!.eventTime <= ofRun[1]!.eventTime).toBe(true);
  }
  const jobs = [...runs.values()].map(([event]) => event!.job.name);
  expect(jobs.slice(0, 7)).toEqual([
    "assay.refresh",
    "bronze.crm_cust_info",
    "bronze.crm_prd_info",
    "bronze.crm_sales_details",
    "bronze.erp_cust_az12",
    "bronze.erp_loc_a101",
    "bronze.erp_px_cat_g1v2"
  ]);
  expect(jobs).toEqual(
    expect.arrayContaining([
      ...["silver.crm_sales_details", "gold.fct_sales", "warehouse.gold", "marts.dbt", "marts.daily_sales"],
      ...["marts.sales", "extracts.ledger.json", "extracts.shop.duckdb", "checks"]
    ])
  );
  expect(new Set(jobs).size).toBe(jobs.length);
});

test("a step says what it read and wrote, which columns, how many rows, and of which run it is part", () => {
  const {run, job, inputs, outputs, eventTime} = eventOf(written, "silver.erp_loc_a101", "COMPLETE");
  const step = first.run.steps.find((one) => one.step === "silver erp_loc_a101")!;
  const began = eventOf(written, "silver.erp_loc_a101", "START").eventTime;
  expect(began).toBe(step.began_at);
  expect(Date.parse(eventTime) - Date.parse(began)).toBe(Math.round(step.seconds * 1000));
  const parent = {
    run: {runId: runIdOf(first.run.id, "assay.refresh")},
    job: {namespace: namespaceOf(world.config), name: "assay.refresh"}
  };
  expect(bare(run.facets)).toEqual({
    parent: {...parent, root: parent},
    processing_engine: {name: "duckdb", version: expect.stringMatching(/^v\d+\.\d+\.\d+$/)}
  });
  expect(bare(job.facets)).toEqual({
    jobType: {processingType: "BATCH", integration: "ASSAY", jobType: "TASK"}
  });
  const lake = `${world.folder}/home/lake`;
  const object = first.release.objects.find(
    ({layer, table}) => layer === "silver" && table === "erp_loc_a101"
  )!;
  expect(inputs).toEqual([{namespace: "file", name: `${lake}/bronze/erp_loc_a101`}]);
  const from = (field: string, transformation: object) => ({
    namespace: "file",
    name: `${lake}/bronze/erp_loc_a101`,
    field,
    transformations: [transformation]
  });
  expect(outputs.map(({name}) => name)).toEqual([
    `${lake}/silver/erp_loc_a101`,
    `${lake}/rejects/erp_loc_a101`,
    `${lake}/corrections/erp_loc_a101`
  ]);
  expect(bare(outputs[0])).toMatchObject({
    namespace: "file",
    facets: {
      version: {datasetVersion: object.content},
      schema: {
        fields: expect.arrayContaining([
          {name: "cid", type: "VARCHAR"},
          {name: "cntry", type: "VARCHAR"}
        ])
      },
      columnLineage: {fields: {cntry: {inputFields: [from("cntry", {type: "DIRECT"})]}}}
    },
    outputFacets: {outputStatistics: {rowCount: 2, size: object.bytes, fileCount: 1}}
  });
});

test("the graph is whole, from the files of the source to the extracts", () => {
  const made = new Map<string, RunEvent>();
  const complete = written.filter(({eventType}) => eventType === "COMPLETE");
  const key = ({namespace, name}: {namespace: string; name: string}) => `${namespace} ${name}`;
  for (const event of complete) for (const output of event.outputs) made.set(key(output), event);
  const leaves = new Set<string>();
  for (const {inputs} of complete)
    for (const input of inputs)
      if (!made.has(key(input))) leaves.add(input.name.slice(world.source.length + 1));
  expect([...leaves].sort()).toEqual([
    "source_crm/cust_info.csv",
    "source_crm/prd_info.csv",
    "source_crm/sales_details.csv",
    "source_erp/CUST_AZ12.csv",
    "source_erp/LOC_A101.csv",
    "source_erp/PX_CAT_G1V2.csv"
  ]);
  const {inputs, outputs, run} = eventOf(written, "marts.daily_sales", "COMPLETE");
  const prefix = world.environment.WAREHOUSE_URL!.replace(/.*prefix=/, "");
  const {port} = new URL(world.environment.WAREHOUSE_URL!);
  const warehouse = {namespace: `postgres://127.0.0.1:${port}`};
  expect(inputs).toEqual([
    {...warehouse, name: `postgres.${prefix}gold.dim_dates`},
    {...warehouse, name: `postgres.${prefix}gold.fct_sales`}
  ]);
  expect(outputs.map(({name}) => name)).toEqual([
    `postgres.${prefix}marts.daily_sales`,
    `${world.folder}/home/lake/marts/daily_sales`
  ]);
  expect(run.facets.parent).toMatchObject({job: {name: "marts.dbt"}, root: {job: {name: "assay.refresh"}}});
});

test("checks are asserted of the tables they look at", () => {
  const {inputs} = eventOf(written, "checks", "COMPLETE");
  const assertions = inputs.flatMap((input) =>
    (bare(input.inputFacets!.dataQualityAssertions) as {assertions: object[]}).assertions.map((one) => ({
      ...one,
      table: input.name.split(/[./]/).at(-1)
    }))
  );
  expect(assertions).toContainEqual({
    table: "fct_sales",
    assertion: "dbt test",
    name: "source_not_null_gold_fct_sales_sale_key",
    success: true,
    severity: "error",
    expected: "0",
    actual: "0"
  });
  expect(assertions).toHaveLength(first.run.checks.filter(({table}) => table).length);
});

test("a server is told with a key; what a release reuses is tagged, and what did not change is not told again", async () => {
  const server = await receive();
  const undo = edit(join(world.config.root, "loaders/delivery.json.sql"), (sql) =>
    sql.replace("as lines", "as sales_lines")
  );
  try {
    const {run} = await refreshTo(`http://ann:p%40ss@${server.address}`, {ASSAY_OPENLINEAGE_API_KEY: "k1"});
    expect(run.status).toBe("published");
    const events = server.requests.map(({event}) => event);
    for (const {path, authorization} of server.requests)
      expect({path, authorization}).toEqual({path: "/api/v1/lineage", authorization: "Bearer k1"});
    expect(namesIn(events)).toHaveLength(written.length);
    expect(namesIn(events)[0]).toBe("START assay.refresh");
    expect(namesIn(events).at(-1)).toBe("COMPLETE assay.refresh");
    const reused = eventOf(events, "gold.fct_sales", "COMPLETE");
    expect(bare(reused.run.facets.tags)).toEqual({tags: [{key: "reused", value: "true", source: "assay"}]});
    expect(reused.outputs[0]).not.toHaveProperty("outputFacets");
    expect(reused.outputs[0]).toHaveProperty("facets.schema");
    const made = eventOf(events, "extracts.delivery.json", "COMPLETE");
    expect(made.run.facets).not.toHaveProperty("tags");
    expect(bare(made.outputs[0]!.outputFacets)).toMatchObject({outputStatistics: {rowCount: 2}});

    server.requests.length = 0;
    expect((await refreshTo(`http://ann:p%40ss@${server.address}/hook?a=1`)).run.status).toBe("unchanged");
    const basic = `Basic ${Buffer.from("ann:p@ss").toString("base64")}`;
    expect(server.requests.map(({path, authorization}) => [path, authorization])).toEqual([
      ["/hook?a=1", basic],
      ["/hook?a=1", basic]
    ]);
    expect(namesIn(server.requests.map(({event}) => event))).toEqual([
      "START assay.refresh",
      "COMPLETE assay.refresh"
    ]);
  } finally {
    undo();
    server.close();
  }
});

test("a failing refresh ends with FAIL, of its step too, without a value of its rows", async () => {
  const server = await receive();
  const customers = join(world.source, "source_crm/cust_info.csv");
  const before = readFileSync(customers, "utf8");
  const undoRule = edit(join(world.config.root, "pipelines/2-silver/crm_cust_info.sql"), (sql) =>
    sql.replace("trim(cst_lastname)", "cast(cast(cst_firstname as int) as varchar)")
  );
  try {
    const message = await failure(refreshTo(`http://${server.address}/`));
    expect(message).toContain("Annabella");
    const events = server.requests.map(({event}) => event);
    expect(namesIn(events).slice(-3)).toEqual([
      "START silver.crm_cust_info",
      "FAIL silver.crm_cust_info",
      "FAIL assay.refresh"
    ]);
    for (const {run} of events.slice(-2))
      expect(bare(run.facets.errorMessage)).toEqual({
        message: expect.stringMatching(/^pipelines\/2-silver\/crm_cust_info\.sql: .*'\(withheld\)'/),
        programmingLanguage: "TypeScript"
      });
    undoRule();

    server.requests.length = 0;
    appendFileSync(customers, "5,AW5,Annabella\n");
    await failure(refreshTo(`http://${server.address}/`));
    const broken = server.requests.map(({event}) => event);
    expect(namesIn(broken).at(-2)).toBe("FAIL bronze.crm_cust_info");
    appendFileSync(file, [...events, ...broken].map((event) => `${JSON.stringify(event)}\n`).join(""));
  } finally {
    undoRule();
    writeFileSync(customers, before);
    server.close();
  }
});

test("a receiver that is gone, refuses or is silent is noted, without its password, and the refresh goes on", async () => {
  const notes: string[] = [];
  const progress = {...silent, note: (text: string) => void notes.push(text)};
  const gone = await receive();
  gone.close();
  const refusing = await receive(422);
  const mute = http.createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const {port} = mute.address() as AddressInfo;
  const folder = join(world.folder, "taken");
  writeFileSync(folder, "a file");
  try {
    for (const url of [
      `http://ann:s3cret@${gone.address}/?key=s3cret`,
      `http://${refusing.address}/`,
      `http://127.0.0.1:${port}/`,
      join(folder, "lineage.jsonl")
    ]) {
      const began = performance.now();
      const {run} = await refresh(configOf(url), {progress});
      expect(run.status).not.toBe("failed");
      expect(performance.now() - began).toBeLessThan(20_000);
    }
  } finally {
    mute.closeAllConnections();
    mute.close();
    refusing.close();
    rmSync(folder);
  }
  const refused = `  the lineage could not be told: http://${refusing.address}/api/v1/lineage: answered 422 to`;
  const own = notes.filter((note) => note.includes("lineage"));
  expect(own.slice(0, 6)).toEqual([
    `  the lineage could not be told: http://${gone.address}/api/v1/lineage: connect ECONNREFUSED ${gone.address}`,
    expect.stringMatching(`${gone.address}/api/v1/lineage: connect ECONNREFUSED ${gone.address}`),
    `${refused} START of assay.refresh`,
    expect.stringContaining(refused),
    `  the lineage could not be told: http://127.0.0.1:${port}/api/v1/lineage: no answer within 2 s`,
    expect.stringContaining(`http://127.0.0.1:${port}/api/v1/lineage: no answer within 5 s`)
  ]);
  expect(own.slice(6).join()).toMatch(/EEXIST|ENOTDIR/);
  expect(own.join()).not.toContain("s3cret");
});

test("no event has a password or a value of personal data", () => {
  const text = readFileSync(file, "utf8");
  const {password} = new URL(world.environment.WAREHOUSE_URL!);
  expect(password.length).toBeGreaterThan(8);
  expect([...personal, password].filter((value) => text.includes(value))).toEqual([]);
  // what must not be there is somewhere: in the source
  expect(readFileSync(join(world.source, "source_crm/cust_info.csv"), "utf8")).toContain("Annabella");
  expect(text.includes("FAIL")).toBe(true);
});

test("places have the names of OpenLineage's conventions", () => {
  const config = readConfig({
    SOURCE_URL: "mysql://ann:s3cret@db:3307/shop",
    LAKE_URL: "s3://bucket/a/b?endpoint=http://127.0.0.1:9000",
    AWS_ACCESS_KEY_ID: "AK",
    AWS_SECRET_ACCESS_KEY: "s3cret",
    WAREHOUSE_URL: "postgres://ann:s3cret@wh.example/bi?prefix=shop_"
  });
  const names = namesOf(config, 0);
  expect(names.source("crm_cust_info")).toEqual({namespace: "mysql://db:3307", name: "shop.crm_cust_info"});
  expect(names.lake("gold", "fct_sales")).toEqual({namespace: "s3://bucket", name: "a/b/gold/fct_sales"});
  expect(names.warehouse("marts", "sales")).toEqual({
    namespace: "postgres://wh.example:5432",
    name: "bi.shop_marts.sales"
  });
  expect(namespaceOf(config)).toBe("assay.shop");
  const embedded = readConfig({ASSAY_HOME: "/srv/assay", SOURCE_URL: "/srv/exports"});
  expect(namesOf(embedded, 6543).warehouse("gold", "dim_dates")).toEqual({
    namespace: "postgres://127.0.0.1:6543",
    name: "postgres.gold.dim_dates"
  });
  expect(namesOf(embedded, 6543).source("crm_cust_info")).toEqual({
    namespace: "file",
    name: "/srv/exports/source_crm/cust_info.csv"
  });
  expect(
    ["silver crm_sales_details", "extract ledger.json", "warehouse gold", "marts (dbt)", "monitors"].map(
      jobOf
    )
  ).toEqual(["silver.crm_sales_details", "extracts.ledger.json", "warehouse.gold", "marts.dbt", "monitors"]);
  // uuid5(NAMESPACE_URL, "urn:assay:20260131T000000-abcdef/gold.fct_sales") of Python
  expect(runIdOf("20260131T000000-abcdef", "gold.fct_sales")).toBe("1f2a2b58-71ed-5ae9-911f-77beca9d053e");
});
