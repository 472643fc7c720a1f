import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {query} from "../engine/duckdb.ts";
import {checksum} from "../lake/folder.ts";
import {getAll, openLake} from "../lake/lake.ts";
import {openS3Lake} from "../lake/s3.ts";
import type {Refreshed} from "../attempt.ts";
import {listReleases, writeRelease} from "../release.ts";
import {beginRun, listRuns, type Run, runnerOf} from "../run.ts";
import {shownAs} from "../stand-in.ts";
import {isWhole} from "../step.ts";
import {doctorWord} from "../words/doctor.ts";
import {withRelease} from "../words/sql.ts";
import {type Proxy, startProxy} from "./faulty.ts";
import {lackOf, type S3Server, startServer} from "./servers.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* What a bucket is asked for, counted by a proxy before a real server. */

describe.skipIf(lackOf("minio"))("requests", () => {
  const home = mkdtempSync(join(tmpdir(), "assay-requests-"));
  let server: S3Server;
  let proxy: Proxy;
  let world: World;
  let first: Refreshed;
  const opened: World[] = [];
  const openAnew = (prefix = "shop") => {
    const other = openWorld(shop, {variables: server.variables(prefix, {endpoint: proxy.endpoint})});
    opened.push(other);
    return other;
  };
  beforeAll(async () => {
    server = await startServer("minio");
    proxy = await startProxy(server.endpoint, () => undefined);
    world = openAnew();
    first = await world.refresh();
  });
  afterAll(async () => {
    for (const one of opened) one.remove();
    rmSync(home, {recursive: true, force: true});
    await proxy?.stop();
    await server?.stop();
  });

  /** The keys that `work` asked for, without what makes a name unique. */
  async function asked(work: () => Promise<unknown>): Promise<string[]> {
    proxy.asked.length = 0;
    await work();
    return proxy.asked.map((one) => one.replace("/lake/shop/", "").replace(/\/[^/]*$/, "")).sort();
  }
  const within = (n: number, most: number) => {
    expect(n).toBeGreaterThan(1);
    expect(n).toBeLessThanOrEqual(most);
  };
  const release = ["GET releases", "GET releases"];

  test.each([
    ["select sum(sales_amount)::varchar as r from gold.fct_sales", [{r: "1880.00"}], ["GET gold/fct_sales"]],
    ["select count(*)::int as n from dim_customers", [{n: 3}], ["GET gold/dim_customers"]],
    [
      "select sum(sales_amount)::varchar as r from Sales",
      [{r: "1880.00"}],
      [
        "GET gold/dim_customers",
        "GET gold/dim_dates",
        "GET gold/dim_products",
        "GET gold/fct_sales",
        "GET marts/customers"
      ]
    ],
    [
      "with a as (from bronze.crm_sales_details) select count(*)::int as n from a",
      [{n: 5}],
      ["GET bronze/crm_sales_details"]
    ],
    [
      "select count(*)::int as n from query_table('silver.crm_prd_info')",
      [{n: 2}],
      ["GET silver/crm_prd_info"]
    ],
    ["select count(*)::int as n from extracts.months", [{n: 3}], ["GET extracts/months.json"]],
    ["select count(*) > 0 as r from assay.ledger", [{r: true}], []],
    ["select count(*)::int as n from (select 1)", [{n: 1}], []],
    ["select status from assay.runs", [{status: "published"}], ["GET runs", "GET runs"]],
    ["select count(*)::int as n from assay.releases", [{n: 1}], release]
  ])("%s asks, with an empty cache, for no more than it reads", async (text, rows, objects) => {
    const other = openAnew();
    const keys = await asked(async () => expect(await other.sql(text)).toEqual(rows));
    expect(keys).toEqual([...objects, ...release].sort());
  });

  test("what was fetched once is not fetched again", async () => {
    const other = openAnew();
    for (const objects of [["GET gold/fct_sales"], []])
      expect(await asked(() => other.sql("select sum(sales_amount) from gold.fct_sales"))).toEqual([
        ...objects,
        ...release
      ]);
  });

  test("what is not fetched has its columns all the same", async () => {
    const columns = `select table_schema, table_name, column_name, data_type from information_schema.columns
      where table_schema in ('bronze', 'silver', 'gold', 'marts', 'extracts', 'assay') order by all`;
    const all = first.release.objects.filter(({key}) => /(parquet|json)$/.test(key)).map(shownAs);
    const everything = `from ${["assay.runs", "assay.releases", ...all].join(", ")}`;
    const whole = await withRelease(world.config, everything, (connection) => query(connection, columns));
    expect(whole.length).toBeGreaterThan(300);
    const other = openAnew();
    const keys = await asked(async () => expect(await other.sql(columns)).toEqual(whole));
    expect(keys).toEqual(release);
  });

  test("a query that reads what it does not name is asked again with everything there", async () => {
    for (const text of [
      "select sum(sales_amount)::varchar as r from query_table('gold.' || 'fct_sales')",
      "select sum(a.sales_amount)::varchar as r from gold.fct_sales a asof join (select 0 as k) b on a.sale_key is not null and a.quantity >= b.k"
    ])
      expect(await openAnew().sql(text), text).toEqual([{r: "1880.00"}]);
  });

  test("a query that names nothing that is there fails with DuckDB's words", async () => {
    const other = openAnew();
    const keys = await asked(async () =>
      expect(await failure(other.sql("select sales from gold.fct_sale"))).toMatch(
        /^Catalog Error: Table with name fct_sale does not exist!\nDid you mean "fct_sales"/
      )
    );
    expect(keys).toEqual(release);
  });

  test("a history reads several records at once, and old ones that name only their parent one by one", async () => {
    const {config} = openAnew("history");
    const lake = openLake(config);
    const runs: Run[] = [];
    for (let n = 0; n < 24; n++) {
      const run = await beginRun(lake, runnerOf("here"));
      const parent = runs.at(-1)?.id ?? null;
      runs.push(run);
      const release = {...first.release, id: run.id, parent};
      await writeRelease(lake, release);
      if (n < 4) {
        const old = {...release, earlier: undefined};
        await lake.write(`releases/${run.id}.json`, JSON.stringify(old));
        await lake.write(`runs/${run.id}.json`, JSON.stringify({...run, earlier: undefined}));
      }
    }
    const ids = runs.map(({id}) => id).reverse();
    await lake.write("releases/current.json", JSON.stringify({release: ids[0]}));
    proxy.atOnce = 0;
    expect((await listReleases(lake)).map(({id}) => id)).toEqual(ids);
    expect((await listRuns(lake)).map(({id}) => id)).toEqual(ids);
    expect((await listRuns(lake, 3)).map(({id}) => id)).toEqual(ids.slice(0, 3));
    within(proxy.atOnce, 8);
    await lake.remove(`releases/${ids[10]}.json`);
    expect((await listReleases(lake)).map(({id}) => id)).toEqual(ids.slice(0, 10));
  });

  test("many objects are looked for, fetched and sent a bounded number at once", async () => {
    const most = async (work: () => Promise<unknown>) => {
      proxy.atOnce = 0;
      await work();
      return proxy.atOnce;
    };
    const {config} = openAnew("many");
    const objects = await Promise.all(
      Array.from({length: 40}, async (_, n) => {
        const path = join(home, `object-${n}`);
        writeFileSync(path, `object ${n}`);
        const key = `gold/t/${(await checksum(path)).slice(0, 24)}.bin`;
        await openS3Lake(server.place("many", join(home, "written"))).put(key, path);
        return {...first.release.objects[0]!, key, bytes: `object ${n}`.length};
      })
    );
    within(await most(async () => expect(await isWhole(openLake(config), objects)).toBe(true)), 16);
    within(await most(() => getAll(openLake(config), objects)), 8);

    const path = join(home, "large");
    writeFileSync(path, Buffer.alloc(41 << 20, "large"));
    const key = `gold/t/${(await checksum(path)).slice(0, 24)}.bin`;
    const place = {...server.place("many", join(home, "sent")), endpoint: proxy.endpoint};
    within(await most(() => openS3Lake(place, {partSize: 5 << 20}).put(key, path)), 3);
    const read = openS3Lake(server.place("many", join(home, "read")));
    expect(await checksum(await read.get(key))).toBe(await checksum(path));
  });

  describe("doctor", () => {
    const lakeOf = async ({config}: World) => {
      const told: string[] = [];
      const log = console.log;
      console.log = (text: string) => void told.push(text);
      await doctorWord(config, {json: true}).finally(() => (console.log = log));
      const findings = JSON.parse(told[0]!) as {check: string; ok: boolean; found: string}[];
      return findings.find(({check}) => check === "lake")!;
    };
    const all = () => first.release.objects.length;
    const end = (read: number) =>
      `${all()} objects there with their sizes, ${read} read and as they were written`;

    test("looks for every object of a bucket, and reads those in the cache and four more", async () => {
      const other = openAnew();
      proxy.asked.length = 0;
      expect((await lakeOf(other)).found).toContain(end(4));
      const of = (verb: string) =>
        proxy.asked.filter((one) => one.startsWith(verb) && /\.(parquet|json|duckdb|blocks)$/.test(one));
      expect(of("HEAD")).toHaveLength(all());
      expect(of("GET").filter((one) => !one.includes("/releases/"))).toHaveLength(4);
      expect((await lakeOf(other)).found, "four in the cache, four more").toContain(end(8));
      expect((await lakeOf(world)).found, "all in the cache").toContain(end(all()));
    });

    test("reads everything of a folder", async () => {
      const folder = openWorld(shop);
      opened.push(folder);
      const {release} = await folder.refresh();
      const end = `${release.objects.length} objects as they were written`;
      expect((await lakeOf(folder)).found).toContain(end);
      const object = release.objects.find(({table}) => table === "fct_sales")!;
      const path = await openLake(folder.config).get(object.key);
      writeFileSync(path, Buffer.alloc(object.bytes));
      expect(await lakeOf(folder)).toEqual({
        check: "lake",
        ok: false,
        found: `damaged object: ${object.key}; npx assay refresh --verify removes it and makes it again`
      });
      rmSync(path);
      expect((await lakeOf(folder)).found).toBe(
        `missing object: ${object.key}; run npx assay refresh, which makes it again`
      );
    });

    test("names what is missing in a bucket, or cut short", async () => {
      const other = openAnew("short");
      const {release} = await other.refresh();
      const {key} = release.objects.find(({table}) => table === "fct_sales")!;
      await server.client.putObject("lake", `short/${key}`, "short");
      const damaged = `damaged object: ${key}; run npx assay refresh, which makes it again`;
      expect((await lakeOf(other)).found).toBe(damaged);
      await server.client.removeObject("lake", `short/${key}`);
      expect((await lakeOf(other)).found).toContain(`missing object: ${key}`);
      await other.refresh();
      expect(await lakeOf(other)).toMatchObject({ok: true});
    });
  });
});
