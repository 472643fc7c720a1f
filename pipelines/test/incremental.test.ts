import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import type {ReadFrom} from "../release.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {shop} from "./shop.ts";
import {carryToBronze, carryToGold, lines, openWorld, type World} from "./world.ts";

const columns =
  "sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity, sls_price";
const declared = `sls_ord_num varchar(50) not null, sls_prd_key varchar(50) not null, sls_cust_id varchar(50),
  sls_order_dt varchar(50), sls_ship_dt varchar(50), sls_due_dt varchar(50), sls_sales varchar(50),
  sls_quantity varchar(50), sls_price varchar(50)`;

describe.skipIf(lack)(`what changed in MySQL is all that is read ${lack ?? ""}`, () => {
  let server: MariaDb;
  const worlds: World[] = [];
  beforeAll(async () => void (server = await startMariaDb()));
  afterAll(async () => {
    for (const world of worlds) world.remove();
    await server?.stop();
  });

  /** A database whose sales table is declared as given, without a row. */
  const database = async (name: string, sales: string) => {
    const files = openWorld({...shop, crm_sales_details: ""});
    await fillDatabase(server, name, files.source, {crm_sales_details: sales});
    files.remove();
  };
  const worldOf = (name: string, query = "?chunk-rows=10") => {
    const world = openWorld("", {variables: {SOURCE_URL: server.url(name, {user: "reader", query})}});
    worlds.push(world);
    return world;
  };
  const salesOf = (world: World, options = {}) =>
    carryToBronze(
      world,
      async (results, engine, context) => {
        const bronze = results.find(({step}) => step === "bronze crm_sales_details")!;
        return {
          rows: await lines(engine, `select ${columns} from bronze.crm_sales_details order by _row`),
          keys: bronze.objects.map(({key}) => key),
          read: bronze.facts.read as ReadFrom,
          reused: context.steps.filter((step) => step.reused).length
        };
      },
      options
    );
  const insert = (name: string, from: number, count: number) =>
    server.run(
      name,
      `insert into crm_sales_details (${columns})
       select concat('SO', lpad(seq, 6, '0')), elt(1 + seq % 2, 'HELMET', 'BIKE'), 1 + seq % 3, 20250101 + seq % 28,
         20250207, 20250212, 20 + seq % 7, 1, 20 from seq_${from}_to_${from + count - 1}`
    );

  const keys = {
    none: declared,
    text: `${declared}, primary key (sls_ord_num)`,
    composite: `${declared}, primary key (sls_prd_key, sls_ord_num)`,
    integer: `id bigint unsigned not null auto_increment primary key, ${declared}`,
    bytes: `u binary(16) not null primary key default unhex(replace(uuid(), '-', '')), ${declared}`,
    unique: `${declared}, unique (sls_ord_num), key (sls_prd_key)`
  };
  for (const [kind, sales] of Object.entries(keys))
    test(`whatever is done to a table with ${kind} as its key, the refresh after it is as a full one`, async () => {
      const name = `p_${kind}`;
      await database(name, sales);
      const world = worldOf(name);
      const change = fc.oneof(
        fc.record({from: fc.nat(400), count: fc.integer({min: 1, max: 45})}).map(
          ({from, count}) =>
            `insert ignore into crm_sales_details (${columns}) select concat('SO', lpad(seq, 6, '0')), elt(1 + seq % 2, 'HELMET', 'BIKE'),
              1 + seq % 3, 20250101 + seq % 28, 20250207, 20250212, 20 + seq % 7, 1, 20 from seq_${from}_to_${from + count}`
        ),
        fc
          .record({a: fc.nat(9), b: fc.nat(9)})
          .map(
            ({a, b}) => `update crm_sales_details set sls_sales = '${a}${b}' where sls_ord_num like '%${a}_'`
          ),
        fc
          .nat(9)
          .map(
            (a) =>
              `update crm_sales_details set sls_cust_id = nullif(sls_cust_id, '') where sls_ord_num like '%${a}'`
          ),
        fc
          .nat(9)
          .map(
            (a) =>
              `update crm_sales_details set sls_cust_id = coalesce(sls_cust_id, '') where sls_ord_num like '%${a}'`
          ),
        fc
          .nat(9)
          .map((a) => `update crm_sales_details set sls_cust_id = null where sls_ord_num like '%${a}'`),
        fc.nat(99).map((a) => `delete from crm_sales_details where sls_ord_num like '%${a}'`),
        fc
          .nat(9)
          .map(
            (a) =>
              `update ignore crm_sales_details set sls_ord_num = concat('SP', right(sls_ord_num, 6)) where sls_ord_num like 'SO%${a}'`
          ),
        fc.nat(99).map((a) => `delete from crm_sales_details where sls_ord_num > 'SO0000${a}'`)
      );
      await insert(name, 1, 60);
      await fc.assert(
        fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 4}), async (statements) => {
          await server.run(name, ...statements);
          const full = worldOf(name);
          expect((await salesOf(world)).rows).toEqual((await salesOf(full)).rows);
        }),
        {numRuns: 10}
      );
    });

  test("one changed row among ten chunks: one is read again, nine are shared", async () => {
    await database("share", keys.integer);
    await insert("share", 1, 100);
    const world = worldOf("share");
    const before = await salesOf(world);
    expect(before.keys).toHaveLength(10);
    await server.run("share", "update crm_sales_details set sls_sales = '7' where id = 55");
    const after = await salesOf(world);
    expect(after.keys.filter((key) => before.keys.includes(key))).toHaveLength(9);
    expect((await salesOf(world)).reused, "nothing changed").toBe(6);
  });

  const sly: [string, string][] = [
    ["the same change to two rows", "update crm_sales_details set sls_quantity = '3' where id in (2, 4)"],
    [
      "two rows that swap a value",
      "update crm_sales_details set sls_sales = if(sls_sales = '21', '22', '21') where sls_sales in ('21', '22')"
    ],
    [
      "a value that moves to the next column",
      "update crm_sales_details set sls_ship_dt = '', sls_due_dt = '20250207' where id = 3"
    ],
    ["null that becomes empty", "update crm_sales_details set sls_cust_id = '' where sls_cust_id is null"],
    [
      "two equal rows gone, two other equal rows come",
      "update crm_sales_details set sls_price = '1', sls_sales = '1', sls_ord_num = 'X', sls_prd_key = 'X' where id in (7, 8)"
    ],
    ["a trailing space", "update crm_sales_details set sls_prd_key = concat(sls_prd_key, ' ') where id = 9"],
    [
      "another case of a letter",
      "update crm_sales_details set sls_prd_key = lower(sls_prd_key) where id = 10"
    ],
    ["one row less, one more", "update crm_sales_details set id = 1000 where id = 1"]
  ];
  test.each(sly)("is seen: %s", async (what, statement) => {
    const name = `sly_${sly.findIndex(([one]) => one === what)}`;
    await database(name, keys.integer);
    await insert(name, 1, 10);
    await server.run(name, "update crm_sales_details set sls_cust_id = null where id = 5");
    const world = worldOf(name);
    const before = await salesOf(world);
    await server.run(name, statement);
    const after = await salesOf(world);
    expect(after.keys).not.toEqual(before.keys);
    expect(after.rows).toEqual((await salesOf(worldOf(name))).rows);
  });

  describe("a change cursor", () => {
    const cursor = `${keys.integer}, updated_at datetime(6) not null default current_timestamp(6) on update current_timestamp(6), key (updated_at)`;
    const query = "?chunk-rows=10&cursor=updated_at&lag=60&verify-every=4";

    test("tells which chunks to compare; what it cannot tell is found by every fourth refresh, or by --verify", async () => {
      await database("changed", cursor);
      await insert("changed", 1, 50);
      await server.run(
        "changed",
        "update crm_sales_details set updated_at = if(id = 50, '2025-01-01', '2024-01-01')"
      );
      const world = worldOf("changed", query);
      const first = await salesOf(world);
      expect(first.read.by).toBe("cursor");
      // changed at the very moment of the last one known; committed late; and at a moment that is no longer looked at
      await server.run(
        "changed",
        "update crm_sales_details set sls_sales = 1, updated_at = '2025-01-01' where id = 11",
        "update crm_sales_details set sls_sales = 2, updated_at = '2024-12-31 23:59:01' where id = 21",
        "update crm_sales_details set sls_sales = 3, updated_at = '2024-12-31 23:58:59' where id = 31"
      );
      const second = await salesOf(world);
      const sales = (rows: string[]) => [11, 21, 31].map((id) => rows[id - 1]!.split("|")[6]);
      expect(sales(second.rows)).toEqual(["1", "2", "23"]);
      expect(second.read.verified_at).toBe(first.read.verified_at);
      await server.run("changed", "delete from crm_sales_details where id = 35");
      expect((await salesOf(world)).rows, "a deleted row has no change time").toHaveLength(50);
      await salesOf(world);
      const verified = await salesOf(world);
      expect(verified.rows).toHaveLength(49);
      expect(sales(verified.rows)).toEqual(["1", "2", "3"]);
      expect(verified.read.verified_at > first.read.verified_at).toBe(true);
      await server.run("changed", "delete from crm_sales_details where id = 36");
      expect((await salesOf(world, {isVerified: true})).rows).toHaveLength(48);
    });

    test("a change time in the future does not hide what comes after", async () => {
      await database("future", cursor);
      await insert("future", 1, 20);
      await server.run("future", "update crm_sales_details set updated_at = '2099-01-01' where id = 1");
      const world = worldOf("future", query);
      await salesOf(world);
      await server.run("future", "update crm_sales_details set sls_sales = 5 where id = 15");
      expect((await salesOf(world)).rows[14]!.split("|")[6]).toBe("5");
    });

    test("a row without a change time is always compared", async () => {
      await database(
        "undated",
        cursor.replace("updated_at datetime(6) not null", "updated_at datetime(6) null")
      );
      await insert("undated", 1, 20);
      await server.run("undated", "update crm_sales_details set updated_at = null where id = 15");
      const world = worldOf("undated", query);
      await salesOf(world);
      await server.run(
        "undated",
        "update crm_sales_details set sls_sales = 5, updated_at = null where id = 15"
      );
      expect((await salesOf(world)).rows[14]!.split("|")[6]).toBe("5");
    });
  });

  test("several connections read one moment, whatever is written meanwhile", async () => {
    await database("many", keys.integer);
    await insert("many", 1, 400);
    await server.run("mysql", "grant lock tables on many.* to reader@'%'");
    const world = worldOf("many", "?chunk-rows=10&connections=4");
    let isWriting = true;
    // every row has the same value at every moment
    const writer = (async () => {
      for (let n = 0; isWriting; n++)
        await server.run("many", `update crm_sales_details set sls_price = '${n}'`);
    })();
    const {rows} = await salesOf(world).finally(() => (isWriting = false));
    await writer;
    expect(rows).toHaveLength(400);
    expect(new Set(rows.map((row) => row.split("|")[8])).size).toBe(1);
  });

  test("a refresh after changes carries the same gold as a full one", async () => {
    await database("gold", keys.composite);
    await insert("gold", 1, 100);
    const world = worldOf("gold");
    const gold = (one: World) =>
      carryToGold(one, (_, engine) =>
        lines(engine, "select * exclude (_row) from gold.fct_sales order by all")
      );
    await gold(world);
    await server.run(
      "gold",
      "update crm_sales_details set sls_sales = 'x' where sls_ord_num like '%3'",
      "delete from crm_sales_details where sls_ord_num like '%7'",
      "insert into crm_sales_details select 'SO000003', 'BIKEX', 1, 20250301, 20250301, 20250301, 1, 1, 1"
    );
    expect(await gold(world)).toEqual(await gold(worldOf("gold")));
  });
});
