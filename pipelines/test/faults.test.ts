import {spawn} from "node:child_process";
import {once} from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterEach, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {type Refreshed} from "../attempt.ts";
import {refresh} from "../refresh.ts";
import {listRuns} from "../run.ts";
import {openEmbedded} from "../warehouse/embedded.ts";
import {hash} from "../step.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, start, type World} from "./world.ts";

let world: World;
afterEach(() => world?.remove());

const contents = ({release}: Refreshed) =>
  release.objects.map((one) => `${one.layer}.${one.table} ${one.content}`).sort();

test("killed at any instant, the next refresh finishes with the same result", async () => {
  const undisturbed = openWorld(shop);
  const expected = contents(await undisturbed.refresh());
  undisturbed.remove();

  world = openWorld(shop);
  await world.refresh();
  const sales = join(world.source, "source_crm/sales_details.csv");
  const before = readFileSync(sales, "utf8");
  // instants spread over start, lake, warehouse, dbt and publication
  for (const [attempt, instant] of [700, 1300, 1800, 2500, 3800, 5500].entries()) {
    writeFileSync(sales, `${before}SO9,HELMET,1,20250401,20250407,20250412,${attempt},1,${attempt}\n`);
    const child = start(world, "refresh");
    await Promise.race([sleep(instant), once(child, "exit")]);
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    // whatever was reached, a whole release is readable
    expect(await world.sql("select count(*)::int as n from gold.fct_sales")).toHaveLength(1);
  }
  writeFileSync(sales, before);
  const again = await world.refresh();
  expect(contents(again)).toEqual(expected);
  expect(await world.sql("select sum(sales_amount)::varchar as r from gold.fct_sales")).toEqual([
    {r: "1880.00"}
  ]);
  const statuses = (await listRuns(openLake(world.config))).map((run) => run.status);
  expect(statuses).toContain("interrupted");
}, 400_000);

test("a second refresh is refused and says who holds the lock; --wait waits", async () => {
  world = openWorld(shop);
  const first = start(world, "refresh");
  for (let i = 0; !existsSync(join(world.config.home, "lock.json")) && i < 100; i++) await sleep(100);
  await sleep(200);
  const message = await failure(world.refresh());
  expect(message).toMatch(
    new RegExp(
      `^${world.config.home} is in use by refresh \\(process ${first.pid}\\) since .*; wait for it with --wait$`
    )
  );
  const waited = await refresh(world.config, {progress: silent, wait: true});
  expect(["published", "unchanged"]).toContain(waited.run.status);
});

test("a warehouse out of reach: the lake keeps what was made, the message hides the password", async () => {
  world = openWorld(shop);
  const url = "postgres://someone:secret@127.0.0.1:1/shop";
  const config = {...world.config, warehouse: {kind: "postgres" as const, url, prefix: ""}};
  const message = await failure(refresh(config, {progress: silent}));
  expect(message).toMatch(
    /^cannot reach warehouse postgres:\/\/someone:\*\*\*@127\.0\.0\.1:1\/shop: .*ECONNREFUSED/
  );
  const [run] = await listRuns(openLake(config));
  expect(run).toMatchObject({status: "failed"});
  expect(run!.steps.map((step) => step.step)).toContain("gold fct_sales");
  expect(
    (await world.refresh()).run.steps
      .filter((step) => !step.reused)
      .map((step) => step.step)
      .slice(0, 2)
  ).toEqual(["warehouse gold", "marts (dbt)"]);
});

test("a file that changes while it is read stops the refresh", async () => {
  world = openWorld({
    ...shop,
    crm_sales_details: "SO1,HELMET,1,20250101,20250107,20250112,20,1,20\n".repeat(50_000)
  });
  const sales = join(world.source, "source_crm/sales_details.csv");
  const writer = setInterval(
    () => appendFileSync(sales, "SO1,HELMET,1,20250101,20250107,20250112,20,1,20\n"),
    5
  );
  const message = await failure(world.refresh()).finally(() => clearInterval(writer));
  expect(message).toContain(
    "the file changed while it was read; run the refresh again when its writer is done"
  );
});

test("the embedded server outlives a killed owner, is adopted, and works in a root-only folder", async () => {
  const home = mkdtempSync(join(tmpdir(), "assay-home-"));
  chmodSync(home, 0o700);
  const config = {...readConfig({}), home};
  const owner = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", "warehouse"], {
    cwd: config.root,
    env: {...process.env, ASSAY_HOME: home, WAREHOUSE_URL: ""}
  });
  const url = await new Promise<string>((resolve) =>
    owner.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()))
  );
  owner.kill("SIGKILL");
  await once(owner, "exit");
  const adopted = await openEmbedded(config, silent);
  expect(adopted.url).toBe(url);
  await (await openEmbedded(config, silent)).stop();
  expect((await openEmbedded(config, silent)).url, "a second opening leaves it up").toBe(url);
  await adopted.stop();
  const again = await openEmbedded(config, silent);
  expect(again.url.replace(/:\d+\//, "/")).toBe(url.replace(/:\d+\//, "/"));
  await again.stop();
  rmSync(home, {recursive: true});
  rmSync(`/var/lib/assay/${hash(home).slice(0, 16)}`, {recursive: true, force: true});
});
