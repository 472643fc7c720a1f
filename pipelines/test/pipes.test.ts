import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {deflateSync} from "node:zlib";
import {afterAll, beforeAll, expect, test} from "vitest";
import {UsageError} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {listRuns} from "../run.ts";
import {keyOf, openPipes, type Pipes} from "../stepwise/pipes.ts";
import {report} from "../stepwise/tell.ts";
import {shop} from "./shop.ts";
import {assayRun, packed} from "./stepwise.ts";
import {openWorld, type World} from "./world.ts";

/* Dagster Pipes as Assay speaks it, without Dagster: what a process is asked by variables, and the lines it answers. */

type Message = {__dagster_pipes_version: string; method: string; params: Record<string, unknown>};

const folder = mkdtempSync(join(tmpdir(), "assay-pipes-"));
let world: World;
beforeAll(() => void (world = openWorld(shop)));
afterAll(() => {
  world.remove();
  rmSync(folder, {recursive: true, force: true});
});

let files = 0;
const fileOf = (text = "") => {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, text);
  return path;
};
const asked = {
  run_id: "0a1b2c3d-4e5f",
  job_name: "refresh",
  retry_number: 0,
  asset_keys: ["silver/erp_loc_a101"],
  partition_key: null,
  extras: {}
};
const messagesOf = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Message);
const variables = (context: unknown, messages: unknown) => ({
  DAGSTER_PIPES_CONTEXT: packed(context),
  DAGSTER_PIPES_MESSAGES: packed(messages)
});

/** What pipes that are asked for `more` write while `work` goes on. */
function writtenBy(work: (pipes: Pipes) => void, more: Partial<Pipes["asked"]> = {}): Message[] {
  const path = fileOf();
  work(openPipes(variables({data: {...asked, ...more}}, {path}))!);
  return messagesOf(readFileSync(path, "utf8"));
}

test("nobody who was not started by Dagster has pipes", () => {
  expect(openPipes({})).toBeUndefined();
});

test.each([
  ["in the variable", () => ({data: asked})],
  ["in a file", () => ({path: fileOf(JSON.stringify(asked))})]
])("a context %s is read, and messages go to a file, line by line", (_, context) => {
  const path = fileOf();
  const pipes = openPipes(variables(context(), {path}))!;
  expect(pipes.asked).toEqual(asked);
  pipes.log("warning", "slow");
  pipes.materialized(["gold", "a/b\\c"], "c1", {"dagster/row_count": {type: "int", raw_value: 5}});
  pipes.checked(["gold", "fct_sales"], {name: "ledger", passed: true, severity: "ERROR", metadata: {}});
  pipes.say({months: []});
  pipes.close();
  pipes.close(new Error("only once"));
  expect(readFileSync(path, "utf8")).toBe(
    [
      '{"__dagster_pipes_version":"0.1","method":"opened","params":{"extras":{}}}',
      '{"__dagster_pipes_version":"0.1","method":"log","params":{"message":"slow","level":"WARNING"}}',
      '{"__dagster_pipes_version":"0.1","method":"report_asset_materialization","params":{"asset_key":"gold/a\\\\/b\\\\\\\\c","data_version":"c1","metadata":{"dagster/row_count":{"type":"int","raw_value":5}}}}',
      '{"__dagster_pipes_version":"0.1","method":"report_asset_check","params":{"asset_key":"gold/fct_sales","check_name":"ledger","passed":true,"severity":"ERROR","metadata":{}}}',
      '{"__dagster_pipes_version":"0.1","method":"report_custom_message","params":{"payload":{"months":[]}}}',
      '{"__dagster_pipes_version":"0.1","method":"closed","params":{}}',
      ""
    ].join("\n")
  );
});

test("an error closes the pipes with its words, and no message has a password", () => {
  const secret = "mysql://ann:s3cret@db/shop?password=s3cret";
  const messages = writtenBy((pipes) => {
    pipes.log("info", `reading ${secret}`);
    pipes.close(new TypeError(`no answer from ${secret}`));
  });
  expect(messages.slice(1).map(({method, params}) => [method, params])).toEqual([
    ["log", {message: "reading mysql://ann:***@db/shop?password=***", level: "INFO"}],
    [
      "closed",
      {
        exception: {
          message: "no answer from mysql://ann:***@db/shop?password=***",
          stack: [],
          name: "TypeError",
          cause: null,
          context: null
        }
      }
    ]
  ]);
});

test("a key is its parts by /, and what a part has of / and \\ is marked", () => {
  expect([["gold", "fct_sales"], ["a/b"], ["a\\b", "c"], ["a\\/"]].map(keyOf)).toEqual([
    "gold/fct_sales",
    "a\\/b",
    "a\\\\b/c",
    "a\\\\\\/"
  ]);
});

test("only what was asked for is told: selected assets, and of their checks those selected", () => {
  const finding = (asset: string, check: string) => ({
    asset,
    check,
    passed: check === "ledger",
    severity: check === "ledger" ? ("block" as const) : ("warn" as const),
    detail: "as it is",
    failures: check === "ledger" ? 0 : 2
  });
  const outcome = {
    products: ["gold.fct_sales", "gold.dim_dates"].map((asset) => ({asset, step: asset, content: "c1"})),
    findings: [
      finding("gold.fct_sales", "ledger"),
      finding("gold.fct_sales", "contract"),
      finding("gold.dim_dates", "contract")
    ]
  };
  const told = (more: Partial<Pipes["asked"]>) =>
    writtenBy((pipes) => report(pipes, outcome, []), more)
      .slice(1)
      .map(({params}) => [params.asset_key, params.check_name, params.severity].filter(Boolean).join(" "));
  expect(told({asset_keys: ["gold/fct_sales"], extras: {checks: ["gold.fct_sales:contract"]}})).toEqual([
    "gold/fct_sales",
    "gold/fct_sales contract WARN"
  ]);
  expect(told({asset_keys: ["gold/fct_sales"], extras: {checks: []}})).toEqual(["gold/fct_sales"]);
  expect(told({asset_keys: []})).toEqual([]);
  expect(told({asset_keys: [], extras: {checks: ["gold.fct_sales:ledger"]}})).toEqual([
    "gold/fct_sales ledger ERROR"
  ]);
  expect(told({asset_keys: null})).toEqual([
    "gold/fct_sales",
    "gold/dim_dates",
    "gold/fct_sales ledger ERROR",
    "gold/fct_sales contract WARN",
    "gold/dim_dates contract WARN"
  ]);
});

/* What is wrong with the variables, and what is said. */
const hint = "Dagster Pipes sets it; unset both DAGSTER_PIPES_ variables to run a step by hand";
const context = packed({data: asked});
const messages = packed({stdio: "stderr"});
const deflated = (text: string) => deflateSync(text).toString("base64");
const unread = `invalid DAGSTER_PIPES_CONTEXT: not JSON packed by zlib in base64 (${hint})`;
const place = join(folder, "context.json");
const wrong: [string, string | undefined, string | undefined, string][] = [
  ["no context", undefined, messages, `missing DAGSTER_PIPES_CONTEXT: ${hint}`],
  ["nowhere to write", context, undefined, `missing DAGSTER_PIPES_MESSAGES: ${hint}`],
  ["a context not in base64", "{}", messages, unread],
  ["a context of no bytes", "", messages, unread],
  ["a context not packed", Buffer.from("{}").toString("base64"), messages, unread],
  ["a context cut short", context.slice(0, 20), messages, unread],
  ["a context that is no JSON", deflated("run_id: 1"), messages, unread],
  ["a context that is a number", deflated("7"), messages, unread],
  [
    "a context without data and path",
    packed({}),
    messages,
    "invalid DAGSTER_PIPES_CONTEXT: neither data nor path (Pipes of another version?)"
  ],
  [
    "no file of the context",
    packed({path: join(folder, "gone.json")}),
    messages,
    `missing file of DAGSTER_PIPES_CONTEXT: ${join(folder, "gone.json")}; launch the step from Dagster again`
  ],
  [
    "a damaged file of the context",
    packed({path: place}),
    messages,
    `damaged file of DAGSTER_PIPES_CONTEXT: ${place}; launch the step from Dagster again`
  ],
  [
    "a file of the context with nothing in it",
    packed({path: fileOf("null")}),
    messages,
    "invalid DAGSTER_PIPES_CONTEXT: missing run_id; launch the step from Dagster again"
  ],
  [
    "a context without a run",
    packed({data: {asset_keys: null}}),
    messages,
    "invalid DAGSTER_PIPES_CONTEXT: missing run_id; launch the step from Dagster again"
  ],
  [
    "messages not packed",
    context,
    '{"stdio": "stderr"}',
    `invalid DAGSTER_PIPES_MESSAGES: not JSON packed by zlib in base64 (${hint})`
  ],
  [
    "another kind of messages",
    context,
    packed({socket: "/run/dagster"}),
    "invalid DAGSTER_PIPES_MESSAGES: neither path nor stdio (Pipes of another version?)"
  ],
  [
    "another stream",
    context,
    packed({stdio: "stdin"}),
    "invalid DAGSTER_PIPES_MESSAGES: neither path nor stdio (Pipes of another version?)"
  ]
];

test.each(wrong)("%s is wrong use", (_, given, told, message) => {
  writeFileSync(place, '{"run_id": ');
  const open = () => openPipes({DAGSTER_PIPES_CONTEXT: given, DAGSTER_PIPES_MESSAGES: told});
  expect(open).toThrow(UsageError);
  expect(open).toThrow(message);
});

test("wrong use ends the command line with 2, before anything is done", async () => {
  expect(await assayRun(world, ["bronze"], {DAGSTER_PIPES_CONTEXT: context})).toEqual({
    code: 2,
    stdout: "",
    stderr: `assay: missing DAGSTER_PIPES_MESSAGES: ${hint}\n`
  });
  expect(await listRuns(openLake(world.config))).toEqual([]);
});

test("a step that Dagster starts tells it what was made and found, in a file and on stdout, and no password", async () => {
  const extras = {url: "http://127.0.0.1:3070/runs/0a1b2c3d-4e5f", pages: "https://shop.example"};
  const path = fileOf();
  const more = {extras, asset_keys: ["bronze/erp_loc_a101", "silver/erp_loc_a101"]};
  const first = await assayRun(world, ["bronze", "silver.erp_loc_a101"], {
    ...variables({path: fileOf(JSON.stringify({...asked, ...more}))}, {path})
  });
  expect([first.code, first.stdout]).toEqual([0, ""]);
  const [run] = await listRuns(openLake(world.config));
  expect(run!.orchestrator).toEqual({name: "Dagster", run: asked.run_id, url: extras.url});
  const text = readFileSync(path, "utf8");
  const told = messagesOf(text);
  expect(told.filter(({method}) => method !== "log").map(({method, params}) => [method, params])).toEqual([
    ["opened", {extras: {}}],
    [
      "report_asset_materialization",
      {
        asset_key: "bronze/erp_loc_a101",
        data_version: hex,
        metadata: {...made, reused: {type: "bool", raw_value: false}, ...schemaOf("cid", "cntry")}
      }
    ],
    checkOf("bronze/erp_loc_a101", "ledger", "ERROR", "rows: in 2, out 2"),
    checkOf("bronze/erp_loc_a101", "drift", "WARN", expect.any(String) as string),
    [
      "report_asset_materialization",
      expect.objectContaining({
        asset_key: "silver/erp_loc_a101",
        metadata: expect.objectContaining({
          "dagster/row_count": {type: "int", raw_value: 2},
          rejects: {type: "__infer__", raw_value: 0},
          corrections: {type: "__infer__", raw_value: 0},
          trust: {type: "url", raw_value: "https://shop.example/trust/reconciliation"}
        }) as object
      })
    ],
    checkOf("silver/erp_loc_a101", "ledger", "ERROR", "rows: in 2, out 2"),
    checkOf("silver/erp_loc_a101", "contract", "ERROR", "columns, rows and rules as promised"),
    ["report_custom_message", {payload: {run: {"assay/run": run!.id}}}],
    ["closed", {}]
  ]);
  expect(
    told.filter(({method}) => method === "log").map(({params}) => (params.message as string).split(":")[0])
  ).toEqual([
    "bronze crm_cust_info",
    "bronze crm_prd_info",
    "bronze crm_sales_details",
    "bronze erp_cust_az12",
    "bronze erp_loc_a101",
    "bronze erp_px_cat_g1v2",
    "silver erp_loc_a101"
  ]);

  writeFileSync(join(world.source, "source_erp/LOC_A101.csv"), "");
  const second = await assayRun(world, ["bronze"], variables({data: asked}, {stdio: "stdout"}));
  expect(second.code).toBe(1);
  const error = `${join(world.source, "source_erp/LOC_A101.csv")}`;
  const last = messagesOf(second.stdout).slice(-2);
  expect(last).toMatchObject([
    {
      method: "report_custom_message",
      params: {payload: {error: expect.stringContaining(error), retry: true}}
    },
    {
      method: "closed",
      params: {exception: {name: "Error", message: expect.stringContaining(error), stack: []}}
    }
  ]);
  expect((last[0]!.params.payload as {error: string}).error).toMatch(
    /\nnothing is published yet; when the cause is mended: re-execute the Dagster run from its failure \(what was made is kept\)$/
  );
  const {password} = new URL(world.environment.WAREHOUSE_URL!);
  expect(password.length).toBeGreaterThan(8);
  expect([text, second.stdout, second.stderr].filter((one) => one.includes(password))).toEqual([]);
});

const hex = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
const number = expect.any(Number) as number;
const made = {
  "dagster/row_count": {type: "int", raw_value: 2},
  bytes: {type: "int", raw_value: number},
  checksum: {type: "text", raw_value: hex},
  duration_seconds: {type: "__infer__", raw_value: number},
  peak_memory_bytes: {type: "int", raw_value: number},
  trust: {type: "url", raw_value: "https://shop.example/trust/reconciliation"}
};
const schemaOf = (...names: string[]) => ({
  "dagster/column_schema": {
    type: "table_schema",
    raw_value: {columns: names.map((name) => ({name, type: "VARCHAR"}))}
  }
});
const checkOf = (asset_key: string, check_name: string, severity: string, found: string) => [
  "report_asset_check",
  {
    asset_key,
    check_name,
    passed: true,
    severity,
    metadata: {found: {type: "text", raw_value: found}, failures: {type: "int", raw_value: 0}}
  }
];
