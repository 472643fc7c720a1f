import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {gold, sources} from "../catalog.ts";
import {readConfig} from "../config.ts";
import {ask, openMysql} from "../source/mysql/connect.ts";
import {simulate} from "../source/simulate.ts";
import {simulateInto} from "../source/simulate/database.ts";
import type {Day} from "../source/simulate/live.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {assay} from "./project.ts";
import {bikes, carryToGold, failure, hasBikes, lines, openWorld, type World} from "./world.ts";

/* A simulated shop in a real MariaDB: filled, refused, living on, read. Its last day is 2026-06-30. */

describe.skipIf(lack)(`a simulated shop in MySQL ${lack ?? ""}`, () => {
  let server: MariaDb;
  beforeAll(async () => void (server = await startMariaDb()));
  afterAll(() => server?.stop());

  const create = (database: string) =>
    server.run("mysql", `create database ${database} character set utf8mb4`);
  const into = (database: string, wish: Partial<Parameters<typeof simulateInto>[1]>) =>
    simulateInto(server.place(database), {seed: 1, ...wish});
  const values = async (database: string, sql: string) =>
    (await server.run(database, sql)).map((row) =>
      Object.values(row)
        .map((value) => value ?? "∅")
        .join("|")
    );
  const tablesOf = (database: string) => values(database, "show tables");
  /** Rows of every table and a hash of the catalog's columns. */
  const contentsOf = async (database: string) => {
    const found: Record<string, string> = {};
    for (const {name, columns} of sources) {
      const texts = columns.map((column) => `coalesce(hex(cast(${column} as char)), 'null')`).join(", ");
      const [row] = await values(
        database,
        `select count(*), coalesce(sum(crc32(concat_ws(',', ${texts}))), 0) from ${name}`
      );
      found[name] = row!;
    }
    return found;
  };
  const worldOf = (database: string): World =>
    openWorld("", {today: "2026-12-31", variables: {SOURCE_URL: server.url(database)}});
  /** Rows of every silver and gold table and a hash of them. */
  const silverAndGold = (world: World) =>
    carryToGold(world, async (_, engine) => {
      const found: Record<string, unknown> = {};
      const tables = [...sources.map(({name}) => `silver.${name}`), ...gold.map(({name}) => `gold.${name}`)];
      for (const table of tables)
        found[table] = await lines(
          engine,
          `select count(*), md5(string_agg(t::varchar, '|' order by t::varchar))
           from (select columns(c -> c <> '_row') from ${table}) t`
        );
      return found;
    });

  const inShort = ({day, ...counts}: Day) =>
    `${day}: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(", ")}`;

  describe("filling", () => {
    test("gives the rows of the folder, null apart from empty, and the gold of it", async () => {
      const folder = mkdtempSync(join(tmpdir(), "assay-simulate-"));
      const shop = join(folder, "shop");
      await simulate({to: shop, lines: 3000, seed: 1});
      await fillDatabase(server, "copied", shop);
      await create("filled");
      expect(await into("filled", {lines: 3000})).toEqual([]);
      expect(await tablesOf("filled")).toEqual(sources.map(({name}) => name));
      expect(await contentsOf("filled")).toEqual(await contentsOf("copied"));
      const [files, tables] = [openWorld(shop, {today: "2026-12-31"}), worldOf("filled")];
      expect(await silverAndGold(tables)).toEqual(await silverAndGold(files));
      for (const world of [files, tables]) world.remove();
      rmSync(folder, {recursive: true});
    });

    test("declares tables as a shop would", async () => {
      const keys = `select concat_ws(' ', table_name, non_unique, group_concat(column_name order by seq_in_index))
        from information_schema.statistics where table_schema = database() group by table_name, index_name, non_unique
        order by table_name, non_unique, index_name`;
      expect(await values("filled", keys)).toEqual([
        "crm_cust_info 0 id",
        "crm_cust_info 1 updated_at",
        "crm_prd_info 0 prd_id",
        "crm_sales_details 0 id",
        "crm_sales_details 1 sls_ord_num",
        "crm_sales_details 1 updated_at",
        "erp_cust_az12 0 cid",
        "erp_px_cat_g1v2 0 id"
      ]);
    });

    test("refuses a database that has the tables, and leaves them alone", async () => {
      const before = await contentsOf("filled");
      expect(await failure(into("filled", {lines: 10}))).toBe(
        `mysql://root@127.0.0.1:${server.port}/filled has a shop already; to let it live on, add --days 3; to begin another, drop it by hand: drop table crm_cust_info, crm_prd_info, crm_sales_details, erp_cust_az12, erp_loc_a101, erp_px_cat_g1v2`
      );
      expect(await contentsOf("filled")).toEqual(before);
    });

    test("refuses a database that has some of the tables, and leaves them alone", async () => {
      await create("part");
      await server.run("part", "create table CRM_CUST_INFO (mine int)", "create table other (id int)");
      expect(await failure(into("part", {}))).toBe(
        `mysql://root@127.0.0.1:${server.port}/part has CRM_CUST_INFO but not crm_prd_info, crm_sales_details, erp_cust_az12, erp_loc_a101, erp_px_cat_g1v2; to make a shop, name an empty database or drop by hand: drop table CRM_CUST_INFO`
      );
      expect(await tablesOf("part")).toEqual(["CRM_CUST_INFO", "other"]);
    });

    test("that was cut off shows none of the tables, and is done anew by the next", async () => {
      await create("cut");
      const filling = failure(into("cut", {lines: 60_000}));
      const isFilling = `select id from information_schema.processlist
        where db = 'cut' and info like 'insert into \`assay_unfinished_crm_sales_details%'`;
      let found: string[] = [];
      while (!found.length) found = await values("mysql", isFilling);
      await server.run("mysql", `kill ${found[0]}`);
      expect(await filling).toMatch(/^source mysql:\/\/root@127.0.0.1:\d+\/cut: cannot fill/);
      expect(await tablesOf("cut")).toEqual(sources.map(({name}) => `assay_unfinished_${name}`));
      await into("cut", {lines: 100});
      expect(await tablesOf("cut")).toEqual(sources.map(({name}) => name));
      expect(await values("cut", "select count(*) from crm_sales_details")).toEqual(["100"]);
    });

    test("is done by one at a time", async () => {
      await create("twice");
      const other = await openMysql(server.place("twice"));
      await ask(other, "select get_lock(concat('assay simulate ', left(md5('twice'), 16)), 0)");
      expect(await failure(into("twice", {lines: 10}))).toBe(
        `another simulation is at work on mysql://root@127.0.0.1:${server.port}/twice; wait until it is done, then run again`
      );
      await other.close();
      await into("twice", {lines: 10});
    });
  });

  test("the command line says what it did; without a URL it takes the database of SOURCE_URL", async () => {
    await create("typed_in");
    const simulate = (...args: string[]) =>
      assay(readConfig({}).root, ["simulate", "--into", ...args], {SOURCE_URL: server.url("typed_in")});
    const first = await simulate(server.url("typed_in"), "--lines", "100", "--days", "1");
    expect(first).toMatchObject({code: 0, stdout: ""});
    expect(first.stderr.replace(/ +/g, " ").split("\n")).toEqual([
      expect.stringMatching(/^✓ simulate mysql:\/\/root@127.0.0.1:\d+\/typed_in 100 rows \d+\.\d s/),
      "✓ 2026-07-01 2 orders, 9 lines, 1 late, 0 corrected, 0 deleted, 0 price changes, 1 new customer",
      ""
    ]);
    expect(await simulate("--days", "1")).toEqual({
      code: 0,
      stdout: "",
      stderr:
        "✓ 2026-07-02  2 orders, 8 lines, 0 late, 0 corrected, 0 deleted, 1 price change, 0 new customers\n"
    });
    expect(await simulate()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^assay: mysql:.* has a shop already/)
    });
  });

  describe("living on", () => {
    test("needs a shop, orders with a date, and tables that know transactions", async () => {
      await create("empty");
      expect(await failure(into("empty", {days: 1}))).toBe(
        `no shop in mysql://root@127.0.0.1:${server.port}/empty that could live on; to make one first, add --lines 100000`
      );
      await into("empty", {lines: 0});
      expect(await failure(into("empty", {days: 1}))).toBe(
        `no dated orders in mysql://root@127.0.0.1:${server.port}/empty: --days goes on from the last one (sls_order_dt and sls_ship_dt as YYYYMMDD)`
      );
      await server.run("empty", "alter table erp_loc_a101 engine = myisam");
      expect(await failure(into("empty", {days: 1}))).toBe(
        `erp_loc_a101 in mysql://root@127.0.0.1:${server.port}/empty knows no transactions, a day could stay half done; alter table \`erp_loc_a101\` engine = innodb`
      );
    });

    test("adds orders, late ones, corrections, deletions, customers and prices, as it says", async () => {
      await create("lived");
      const days = await into("lived", {lines: 20_000, days: 5});
      expect(days.map(inShort)).toEqual([
        "2026-07-01: 13 orders, 32 lines, 1 late, 2 customers, 2 corrected, 0 deleted, 0 prices",
        "2026-07-02: 20 orders, 45 lines, 1 late, 8 customers, 2 corrected, 1 deleted, 1 prices",
        "2026-07-03: 19 orders, 36 lines, 1 late, 5 customers, 2 corrected, 0 deleted, 0 prices",
        "2026-07-04: 21 orders, 50 lines, 1 late, 4 customers, 2 corrected, 0 deleted, 0 prices",
        "2026-07-05: 16 orders, 32 lines, 1 late, 4 customers, 2 corrected, 1 deleted, 0 prices"
      ]);
      const count = (sql: string) => values("lived", `select count(*), ${sql}`);
      expect({
        "new lines": await count(
          "min(sls_ord_num), max(sls_ord_num), min(nullif(sls_order_dt, '0')), max(sls_order_dt) from crm_sales_details where id > 20000"
        ),
        "late lines": await count(
          "min(sls_order_dt), max(sls_order_dt) from crm_sales_details where id > 20000 and sls_order_dt between '1' and '20260630'"
        ),
        "old lines": await count("min(id), max(id) from crm_sales_details where id <= 20000"),
        "new customers": await count(
          "min(cst_key), max(cst_key), min(cst_create_date), max(cst_create_date) from crm_cust_info where cst_create_date between '2026-07-01' and '2026-07-05'"
        ),
        "with a birth date or gender": await count(
          "max(cid) from erp_cust_az12 join crm_cust_info on replace(cid, 'NAS', '') = cst_key where cst_create_date between '2026-07-01' and '2026-07-05'"
        ),
        "with a country": await count(
          "max(cid) from erp_loc_a101 join crm_cust_info on replace(cid, '-', '') = cst_key where cst_create_date between '2026-07-01' and '2026-07-05'"
        ),
        "new prices": await values(
          "lived",
          `select concat_ws('|', old.prd_key, old.prd_id, old.prd_cost, old.prd_end_dt, new.prd_id, new.prd_cost, new.prd_start_dt, coalesce(new.prd_end_dt, 'open'))
           from crm_prd_info new join crm_prd_info old using (prd_key)
           where new.prd_start_dt > '2026-07-01' and old.prd_end_dt = new.prd_start_dt - interval 1 day order by new.prd_id`
        )
      }).toEqual({
        "new lines": ["195|SO10010001|SO10010094|20260617|20260705"],
        "late lines": ["9|20260617|20260628"],
        "old lines": ["19997|1|20000"],
        "new customers": ["23|CU00015000|CU00015022|2026-07-01|2026-07-05"],
        "with a birth date or gender": ["23|NASCU00015022"],
        "with a country": ["23|CU-00015022"],
        "new prices": ["CO-SA-IN-157-B|210|22.52|2026-07-01|257|22.97|2026-07-02|open"]
      });
    });

    test("corrects lines of the last weeks, some of them wrongly", async () => {
      await create("unlived");
      await into("unlived", {lines: 20_000});
      const changed = `select id, o.sls_order_dt, concat(o.sls_quantity, ' × ', o.sls_price, ' = ', o.sls_sales),
          concat(n.sls_quantity, ' × ', n.sls_price, ' = ', coalesce(n.sls_sales, '∅'))
        from lived.crm_sales_details n join crm_sales_details o using (id)
        where not (n.sls_quantity <=> o.sls_quantity and n.sls_price <=> o.sls_price and n.sls_sales <=> o.sls_sales)
        order by id`;
      expect(await values("unlived", changed)).toEqual([
        "19337|20260612|2 × 15.45 = 30.90|3 × 15.45 = 46.35",
        "19338|20260612|5 × 16.50 = 82.50|5 × 14.85 = 74.25",
        "19391|20260613|1 × 733.99 = 733.99|2 × 733.99 = 1467.98",
        "19457|20260615|1 × 117.99 = 117.99|1 × 106.19 = 106.19",
        "19503|20260616|1 × 123.99 = 123.99|1 × 111.59 = 111.59",
        "19623|20260620|1 × 111.99 = 111.99|1 × 111.99 = 116.99",
        "19881|20260627|1 × 98.99 = 98.99|2 × 98.99 = 197.98",
        "19909|20260628|1 × 98.99 = 98.99|2 × 98.99 = 197.98"
      ]);
      const deleted = `select count(*), count(distinct sls_ord_num), min(sls_order_dt) from crm_sales_details o
        where not exists (select 1 from lived.crm_sales_details n where n.id = o.id)`;
      expect(await values("unlived", deleted)).toEqual(["3|2|20260616"]);
    });

    test("is the same for the same rows and seed, at once or day by day, and another for another seed", async () => {
      for (const database of ["again", "apart", "other"]) await create(database);
      await into("again", {lines: 20_000, days: 5});
      await into("apart", {lines: 20_000, days: 1});
      await into("apart", {days: 3});
      await into("apart", {days: 1});
      const expected = await contentsOf("lived");
      expect(await contentsOf("again")).toEqual(expected);
      expect(await contentsOf("apart")).toEqual(expected);
      await into("other", {lines: 20_000});
      await into("other", {days: 5, seed: 2});
      expect((await contentsOf("other")).crm_sales_details).not.toEqual(expected.crm_sales_details);
    });

    test("keeps whole days when it is cut off", async () => {
      await create("stopped");
      await into("stopped", {lines: 20_000});
      const living = failure(into("stopped", {days: 300}));
      const isLiving = `select id from information_schema.processlist where db = 'stopped' and id <> connection_id()
        and (select max(sls_order_dt) from stopped.crm_sales_details where sls_order_dt < '2099') > '20260701'`;
      let found: string[] = [];
      while (!found.length) found = await values("mysql", isLiving);
      await server.run("mysql", `kill ${found[0]}`);
      expect(await living).toMatch(/^source mysql:\/\/root@127.0.0.1:\d+\/stopped: /);
      const [last] = await values(
        "stopped",
        "select max(sls_order_dt) from crm_sales_details where sls_order_dt < '2099'"
      );
      await create("whole");
      await into("whole", {
        lines: 20_000,
        days: Number(last!.slice(6)) + (last!.startsWith("202608") ? 31 : 0)
      });
      expect(await contentsOf("stopped")).toEqual(await contentsOf("whole"));
    });

    test("adds up in a refresh, and what is read of the changes equals all that is there", async () => {
      await create("changing");
      await into("changing", {lines: 5000});
      const world = worldOf("changing");
      await world.refresh();
      await into("changing", {days: 3});
      const {release} = await world.refresh();
      expect(release.data_through.whole).toBe("2026-07-03");
      const fresh = worldOf("changing");
      expect(await silverAndGold(world)).toEqual(await silverAndGold(fresh));
      for (const one of [world, fresh]) one.remove();
    });

    test.skipIf(!hasBikes)("the real data set, in columns of text and in typed ones", async () => {
      await fillDatabase(server, "bikes", bikes);
      await fillDatabase(server, "typed", bikes, {
        crm_sales_details:
          "sls_ord_num varchar(50), sls_prd_key varchar(50), sls_cust_id int, sls_order_dt int, sls_ship_dt int, sls_due_dt int, sls_sales int, sls_quantity int, sls_price int",
        crm_prd_info:
          "prd_id int, prd_key varchar(50), prd_nm varchar(50), prd_cost int, prd_line varchar(50), prd_start_dt date, prd_end_dt date",
        crm_cust_info:
          "cst_id int, cst_key varchar(50), cst_firstname varchar(50), cst_lastname varchar(50), cst_marital_status varchar(50), cst_gndr varchar(50), cst_create_date date"
      });
      const days = await into("bikes", {days: 3});
      expect(days.map(inShort)).toEqual([
        "2014-01-29: 21 orders, 49 lines, 1 late, 4 customers, 4 corrected, 0 deleted, 1 prices",
        "2014-01-30: 32 orders, 70 lines, 1 late, 10 customers, 4 corrected, 1 deleted, 1 prices",
        "2014-01-31: 32 orders, 79 lines, 1 late, 9 customers, 4 corrected, 0 deleted, 1 prices"
      ]);
      expect(await into("typed", {days: 3})).toEqual(days);
      expect(await contentsOf("typed")).toEqual(await contentsOf("bikes"));
      const world = worldOf("bikes");
      const rows = await carryToGold(world, (_, engine) =>
        lines(
          engine,
          "select order_date, count(distinct order_number), count(*), count(customer_key), count(product_key), sum(sales_amount) from gold.fct_sales where order_date > '2014-01-28' group by all order by all"
        )
      );
      expect(rows).toEqual([
        "2014-01-29|21|47|47|47|1027.00",
        "2014-01-30|32|66|66|66|1338.00",
        "2014-01-31|32|73|73|73|1825.00"
      ]);
      world.remove();
    });
  });
});
