import {spawn} from "node:child_process";
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {AxeBuilder} from "@axe-core/playwright";
import pg from "pg";
import type {Browser, Locator, Page} from "playwright-core";
import {afterAll, afterEach, beforeAll, expect, test} from "vitest";
import {freePort} from "../draft/front.ts";
import {draftLake, draftSchemas, findDraft} from "../draft/place.ts";
import type {Note} from "../draft/tell.ts";
import {query, withEngine} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import type {Release} from "../release.ts";
import {showRelease} from "../views.ts";
import {openBrowser} from "./browser.ts";
import {openBuilt} from "./built.ts";
import {assay, copyProject} from "./project.ts";
import {shop} from "./shop.ts";
import {edit as editFile, openWorld, type World} from "./world.ts";

/* npm start of a project of its own: files are edited as an editor saves them, and the preview and its pages are asked. */

let world: World;
let project: string;
let url: string;
let preview: {said: () => string; stop: () => Promise<number | null>};
let browser: Browser;
let page: Page;

beforeAll(async () => {
  world = openWorld(shop);
  project = copyProject(join(world.folder, "project"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  preview = start(port);
  await until("the site is served", () => preview.said().includes(`the site is at ${url}`), 120_000);
  browser = await openBrowser();
  page = await (await browser.newContext()).newPage();
  await page.goto(`${url}/trust/reconciliation`);
  await page.locator("h1").waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await preview?.stop();
  world?.remove();
});

const silver = () => join(project, "pipelines/2-silver/crm_sales_details.sql");
const edits: (() => void)[] = [];
const edit = (path: string, change: (text: string) => string) => edits.push(editFile(path, change));
const undo = () => edits.splice(0).forEach((one) => one());
const note = () => page.locator(".draft-note");

/** Waits until a page has what was saved: the Framework misses a save while it opens a page, until the next one. */
async function shows(path: string, what: Locator): Promise<void> {
  let saved = Date.now();
  const isShown = async () => {
    if (Date.now() - saved > 20_000) {
      saved = Date.now();
      utimesSync(path, new Date(), new Date());
    }
    return (await what.count()) > 0;
  };
  await until("what was saved is shown", isShown, 90_000);
}

afterEach(async () => {
  if (!edits.length) return;
  undo();
  await untilStatus("published");
});

test("without an edit nothing is said", async () => {
  expect((await told()).status).toBe("published");
  expect(await note().isHidden()).toBe(true);
});

test("an edit of silver changes gold in the draft, and nothing that is published", async () => {
  const before = await warehouse("select sum(sales_amount)::text as n from gold.fct_sales");
  edit(silver(), (text) => text.replace("given_sales <> expected_sales)", "false)"));
  const draft = await untilStatus("draft");
  // SO3: 25 was corrected to 1 × 20
  const sums = "select sum(sales_amount)::varchar as gold from gold.fct_sales";
  expect(await inDraft(sums)).toEqual([{gold: "1885.00"}]);
  expect(await world.sql(sums)).toEqual([{gold: "1880.00"}]);
  expect(await inDraft("select sum(revenue_amount)::varchar as n from marts.daily_sales")).toEqual([
    {n: "985.00"}
  ]);
  expect(await warehouse("select sum(sales_amount)::text as n from gold.fct_sales")).toEqual(before);
  expect(draft.edited).toEqual(["pipelines/2-silver/crm_sales_details.sql"]);
  expect(draft.made.map(({step}) => step)).toContain("silver crm_sales_details");
  expect(draft.made.map(({step}) => step)).not.toContain("silver crm_prd_info");
  const {tables, measures} = draft.changes!;
  expect(tables.find(({table}) => table === "gold.fct_sales")).toEqual({
    table: "gold.fct_sales",
    before: 5,
    after: 5,
    differ: 1
  });
  expect(measures.find(({label}) => label === "Revenue")).toMatchObject({
    before: "1880.00",
    after: "1885.00"
  });
  await note()
    .filter({hasText: "silver crm_sales_details edited · not published · 1 row of gold differs · Revenue +5"})
    .waitFor();
  const served = (await (await fetch(`${url}/_file/data/release.json`)).json()) as {sums: {revenue: number}};
  expect(served.sums.revenue).toBe(1885);

  undo();
  await untilStatus("published");
  await expect.poll(() => note().isHidden()).toBe(true);
  expect(await draftRelease()).toBeUndefined();
});

test("what the shop says of itself shows at once; what is wrong in it is told and not shown", async () => {
  const overview = await page.context().newPage();
  await overview.goto(`${url}/`);
  const revenue = overview.locator("[data-figure=revenue] h2");
  const marker = overview.locator(".markers li", {hasText: "New price list"});
  await revenue.waitFor();
  expect(await revenue.textContent()).not.toContain("€");
  expect(await marker.count()).toBe(0);

  const fields = join(project, "src/shop.yml");
  edit(fields, () => "currency: EUR\nlocale: de\n");
  await shows(fields, revenue.filter({hasText: "Revenue (€)"}));

  const events = join(project, "src/events.csv");
  try {
    writeFileSync(events, "day,label\n2025-02-15,New price list\n");
    await shows(events, marker.filter({hasText: "15 Feb 2025"}));
    writeFileSync(events, "day,label\n2025-02-30,New price list\n");
    await until("the bad day is told", () =>
      preview.said().includes("src/events.csv: line 2: invalid day: 2025-02-30")
    );
    expect(await marker.count()).toBe(1);
  } finally {
    rmSync(events);
  }
  await marker.waitFor({state: "detached"});
  await overview.close();
});

test("an edit during a run begins it anew: the latest counts", async () => {
  edit(silver(), (text) => text.replace("'sign removed'", "'without its sign'"));
  await untilStatus("running");
  edit(silver(), (text) => text.replace("given_sales <> expected_sales)", "false)"));
  await untilStatus("draft");
  expect(await inDraft("select sum(sales_amount)::varchar as gold from gold.fct_sales")).toEqual([
    {gold: "1885.00"}
  ]);
  edits.reverse();
});

test("an edit that fails names its rows, and the page keeps what it showed", async () => {
  const before = await (await fetch(`${url}/_file/data/daily.json`)).text();
  edit(silver(), (text) =>
    text.replace("when sales is not null then 'quantity × price'", "when sales is not null then null")
  );
  const {error} = await untilStatus("failed");
  expect(error!.step).toBe("silver crm_sales_details");
  expect(error!.message).toMatch(/sls_sales changes without a rule \(row 3: 25 became 20[.]00\)/);
  await note().filter({hasText: "draft failed at silver crm_sales_details"}).waitFor();
  await note().filter({hasText: "the page shows the last good release"}).waitFor();
  expect(await (await fetch(`${url}/_file/data/daily.json`)).text()).toBe(before);
  undo();
  await untilStatus("published");
});

test("an edit of a mart runs that model and its tests alone; a failing test shows its rows", async () => {
  // no other model is built on it
  const mart = join(project, "dbt/models/marts/monthly_cohorts.sql");
  const yml = join(project, "dbt/models/marts/products.yml");
  edit(mart, (text) => `${text}\n-- another word\n`);
  const draft = await untilStatus("draft");
  expect(draft.made.map(({step}) => step)).toContain("marts (dbt)");
  expect(draft.made.map(({step}) => step).filter((step) => /^(silver|gold) /.test(step))).toEqual([]);
  const ran = JSON.parse(
    readFileSync(join(world.config.home, "draft/files/dbt/target/run_results.json"), "utf8")
  ) as {results: {unique_id: string}[]};
  expect(ran.results.map(({unique_id: id}) => id).filter((id) => id.startsWith("model."))).toEqual([
    "model.assay.monthly_cohorts"
  ]);
  expect(ran.results.length).toBeLessThan(12);
  expect(draft.changes).toEqual({tables: [], measures: []});
  undo();
  await untilStatus("published");

  edit(yml, (text) =>
    text.replace("data_tests: [", "data_tests: [{accepted_values: {arguments: {values: [AC]}}}, ")
  );
  const {error} = await untilStatus("failed");
  expect(error!.step).toBe("marts (dbt)");
  expect(error!.checks).toHaveLength(1);
  expect(error!.checks[0]!.name).toContain("accepted_values_products");
  expect(error!.checks[0]!.rows.length).toBeGreaterThan(0);
  await note().locator("summary").click();
  await note().locator(".draft-table tbody tr").first().waitFor();
  const {violations} = await new AxeBuilder({page}).include(".draft-note").analyze();
  expect(violations.filter(({impact}) => impact === "serious" || impact === "critical")).toEqual([]);
  await note().locator("summary").click();
  undo();
  await untilStatus("published");
});

test("a metric added in YAML appears in semantic.json", async () => {
  const metric = `metrics:
  - name: revenue_again
    label: Revenue again
    description: Revenue by another name.
    type: ratio
    type_params: {numerator: revenue, denominator: orders}
    config: {meta: {format: money, as_reported: revenue_again}}
`;
  edit(join(project, "dbt/models/semantic/sales.yml"), (text) => text.replace("metrics:\n", metric));
  const draft = await untilStatus("draft");
  // 1,880 in 4 orders
  expect(draft.changes!.measures).toEqual([
    {label: "Revenue again", format: "money", before: null, after: "470.0"}
  ]);
  const {measures} = (await (await fetch(`${url}/_file/data/semantic.json`)).json()) as {
    measures: {name: string}[];
  };
  expect(measures.map(({name}) => name)).toContain("revenue_again");
  undo();
  await untilStatus("published");
});

test("an edited extract shows what its SQL says now; a page that is edited reloads by itself", async () => {
  const loader = join(project, "loaders/reasons.json.sql");
  // of each try its own, as the result of an earlier one is found again
  edit(loader, (text) => `${text.replace(/;\s*$/, "")} -- ${Date.now()}\n`);
  expect((await untilStatus("draft")).made.map(({step}) => step)).toEqual(["extract reasons.json"]);
  undo();
  await untilStatus("published");
  const path = join(project, "src/trust/reconciliation.md");
  edit(path, (text) => `${text}\n\nedited just now\n`);
  await shows(path, page.getByText("edited just now"));
  undo();
  await page.getByText("edited just now").waitFor({state: "detached"});
});

test("a refresh from another terminal publishes the edit, and the draft is gone", async () => {
  edit(silver(), (text) => text.replace("given_sales <> expected_sales)", "false)"));
  const {release} = await untilStatus("draft");
  edits.length = 0;
  const refreshed = await assay(project, ["refresh"], environment());
  expect(refreshed).toMatchObject({code: 0});
  await until("the new release is shown", async () => {
    const now = await told();
    return now.status === "published" && now.release !== release;
  });
  expect(await world.sql("select sum(sales_amount)::varchar as n from gold.fct_sales")).toEqual([
    {n: "1885.00"}
  ]);
});

test("a stop leaves nothing behind", async () => {
  edit(join(project, "dbt/models/marts/products.sql"), (text) => `${text}\n-- another word\n`);
  await untilStatus("draft");
  expect(await schemas()).toHaveLength(2);
  edits.length = 0;
  expect(await preview.stop()).toBe(0);
  expect(await schemas()).toEqual([]);
  expect(existsSync(join(world.config.home, "draft/files"))).toBe(false);
  expect(existsSync(join(project, "src/.observablehq/cache/data"))).toBe(false);
});

test("what a killed preview left goes with gc", async () => {
  const {marts} = draftSchemas(world.config, {schema: (name) => prefix() + name});
  await warehouse(`create schema ${marts}; create table ${marts}.left as select 1`);
  mkdirSync(draftLake(world.config), {recursive: true});
  expect(await assay(project, ["gc", "--keep", "10"], environment())).toMatchObject({code: 0});
  expect(await schemas()).toEqual([]);
  expect(existsSync(join(world.config.home, "draft/files"))).toBe(false);
});

test("a built site has nothing of it", async () => {
  const built = await openBuilt();
  await built.close();
  const files = readdirSync(join(built.project, "dist"), {recursive: true, withFileTypes: true});
  const texts = files.filter((one) => one.isFile() && /[.](html|js|css)$/.test(one.name));
  const found = texts.filter((one) =>
    /_draft|draft-note/.test(readFileSync(join(one.parentPath, one.name), "utf8"))
  );
  expect(texts.length).toBeGreaterThan(10);
  expect(found.map(({name}) => name)).toEqual([]);
}, 300_000);

function environment(): Record<string, string> {
  return {...world.environment, OBSERVABLE_TELEMETRY_DISABLE: "true"};
}

/** `assay start` of the project. */
function start(port: number): typeof preview {
  const {PATH = "", HOME = "", LANG = ""} = process.env;
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "pipelines/cli.ts", "start", "--port", String(port)],
    {
      cwd: project,
      env: {PATH, HOME, LANG, ...environment()},
      stdio: ["ignore", "pipe", "pipe"]
    }
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    said: () => said,
    stop() {
      child.kill("SIGTERM");
      return ended;
    }
  };
}

/** What the preview tells now. */
async function told(): Promise<Note> {
  const stop = new AbortController();
  const response = await fetch(`${url}/_draft`, {signal: stop.signal});
  const reader = response.body!.getReader();
  const {value} = await reader.read();
  stop.abort();
  const [first] = new TextDecoder().decode(value).split("\n\n");
  return JSON.parse(first!.replace(/^data: /, "")) as Note;
}

async function untilStatus(status: Note["status"]): Promise<Note> {
  let last: Note | undefined;
  await until(`a draft is ${status}`, async () => {
    last = await told();
    return last.status === status;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}\n${preview.said().slice(-2000)}`);
  });
  return last!;
}

async function until(what: string, is: () => boolean | Promise<boolean>, most = 45_000): Promise<void> {
  const began = Date.now();
  while (!(await is())) {
    if (Date.now() - began > most) throw new Error(`in vain until ${what}\n${preview.said().slice(-2000)}`);
    await sleep(100);
  }
}

function draftRelease(): Promise<Release | undefined> {
  return findDraft(openLake({...world.config, draft: draftLake(world.config)}));
}

/** Rows of a query over the draft. */
async function inDraft(text: string): Promise<unknown[]> {
  const release = (await draftRelease())!;
  const lake = openLake({...world.config, draft: draftLake(world.config)});
  return withEngine(world.config.memory, async ({connection}) => {
    await showRelease(connection, lake, release);
    return query(connection, text);
  });
}

/** Rows of a query over the stable views of the warehouse, which are named without their prefix. */
async function warehouse(text: string): Promise<unknown[]> {
  const place = new URL(world.environment.WAREHOUSE_URL!);
  place.searchParams.delete("prefix");
  const client = new pg.Client({connectionString: place.href});
  await client.connect();
  try {
    return (await client.query(text.replace("gold.", `${prefix()}gold.`))).rows as unknown[];
  } finally {
    await client.end();
  }
}

function prefix(): string {
  return new URL(world.environment.WAREHOUSE_URL!).searchParams.get("prefix")!;
}

/** The draft's schemas in the warehouse. */
async function schemas(): Promise<unknown[]> {
  return warehouse(
    `select nspname from pg_namespace where starts_with(nspname, '${prefix()}draft_') and nspname !~ 'failures'`
  );
}
