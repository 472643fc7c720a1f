import {appendFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {byTable} from "../step.ts";
import {type Tables, tablesOfSteps} from "../parts.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {shop} from "./shop.ts";
import {carryToGold, lines, openWorld, type World} from "./world.ts";

const values = `sls_ord_num varchar(50), sls_prd_key varchar(50), sls_cust_id varchar(50), sls_order_dt varchar(50),
  sls_ship_dt varchar(50), sls_due_dt varchar(50), sls_sales varchar(50), sls_quantity varchar(50), sls_price varchar(50)`;

/** Lines whose order and product come again in other parts of the table. */
const insert = (from: number, count: number) =>
  `insert into crm_sales_details (sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity, sls_price)
   select concat('SO', seq % 23), elt(1 + seq % 3, 'HELMET', 'BIKE', 'GONE'), 1 + seq % 5, 20240101 + 100 * (seq % 12), 20250207, 20250212, 20 + seq % 7, 1, 20
   from seq_${from}_to_${from + count - 1}`;

describe.skipIf(lack)(`a large table made in parts ${lack ?? ""}`, () => {
  let server: MariaDb;
  const worlds: World[] = [];
  beforeAll(async () => {
    server = await startMariaDb();
    const files = openWorld({...shop, crm_sales_details: ""});
    await fillDatabase(server, "shop", files.source, {
      crm_sales_details: `id int unsigned not null auto_increment primary key, ${values}`
    });
    files.remove();
    await server.run("shop", insert(1, 40));
  });
  afterAll(async () => {
    for (const world of worlds) world.remove();
    await server?.stop();
  });

  const worldOf = (rows: number) => {
    const url = server.url("shop", {user: "reader", query: `?chunk-rows=${rows}`});
    const world = openWorld("", {variables: {SOURCE_URL: url}});
    worlds.push(world);
    return world;
  };
  const layers = ["silver.crm_sales_details", "gold.fct_sales", "gold.dim_customers", "gold.dim_products"];
  const goldOf = async (world: World, before: Tables = new Map()) => {
    const carry = carryToGold(
      world,
      async (results, engine) => {
        const rows: Record<string, string[]> = {};
        for (const name of layers)
          rows[name] = await lines(engine, `from ${name} select columns(lambda c: c <> '_row') order by all`);
        const ledger = results.flatMap(({facts}) => facts.ledger ?? []);
        return {rows, ledger, tables: tablesOfSteps(results)};
      },
      before
    );
    return carry;
  };

  test("whatever changes in it or in what it looks up, it is as if made in one", async () => {
    const change = fc.oneof(
      fc
        .record({from: fc.nat(300), count: fc.integer({min: 1, max: 25})})
        .map((o) => insert(o.from, o.count)),
      fc.nat(6).map((n) => `update crm_sales_details set sls_cust_id = ${n} where id % 7 = ${n}`),
      fc.nat(6).map((n) => `update crm_sales_details set sls_sales = 'x' where id % 7 = ${n}`),
      fc.nat(12).map((n) => `delete from crm_sales_details where id % 13 = ${n}`),
      fc
        .nat(6)
        .map(
          (n) =>
            `insert into crm_cust_info (cst_id, cst_key, cst_create_date) values ('${n}', 'AW${n}', '2025-02-02')`
        ),
      fc.nat(6).map((n) => `delete from crm_cust_info where cst_id = '${n}'`),
      fc.record({id: fc.integer({min: 30, max: 60}), month: fc.integer({min: 1, max: 12})}).map(
        ({id, month}) =>
          `insert into crm_prd_info (prd_id, prd_key, prd_nm, prd_cost, prd_start_dt)
           values ('${id}', '${id % 2 ? "AC-HE-HELMET" : "BK-RO-BIKE"}', 'New', ${id}, '2024-${String(month).padStart(2, "0")}-01')`
      ),
      fc.integer({min: 30, max: 60}).map((id) => `delete from crm_prd_info where prd_id = '${id}'`),
      fc.constant("update crm_prd_info set prd_cost = prd_cost + 1 where prd_key like 'BK%'")
    );
    const world = worldOf(10);
    let before = (await goldOf(world)).tables;
    await fc.assert(
      fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 3}), async (statements) => {
        await server.run("shop", ...statements);
        const parts = await goldOf(world, before);
        before = parts.tables;
        const whole = await goldOf(worldOf(1_000_000));
        expect(parts.rows).toEqual(whole.rows);
        expect(parts.ledger).toEqual(whole.ledger);
      }),
      {numRuns: 12}
    );
    expect(before.get("gold.fct_sales")!.length).toBeGreaterThan(3);
  });

  test("a new customer remakes the parts that know the customer, and no other", async () => {
    await server.run(
      "shop",
      "delete from crm_sales_details",
      insert(1, 40),
      "update crm_sales_details set sls_cust_id = 1, sls_ord_num = concat('A', lpad(id, 6, '0'))",
      "update crm_sales_details set sls_cust_id = 77 order by id limit 1"
    );
    const world = worldOf(10);
    const first = await goldOf(world);
    await server.run("shop", "insert into crm_cust_info (cst_id, cst_key) values ('77', 'AW77')");
    const second = await goldOf(world, first.tables);
    const keys = (tables: Tables) =>
      byTable([...tables.values()].flat())
        .get("gold.fct_sales")!
        .map(({key}) => key);
    const shared = keys(second.tables).filter((key) => keys(first.tables).includes(key));
    expect([keys(second.tables).length, shared.length]).toEqual([4, 3]);
  });
});

test("a large file comes in chunks; where it grew at its end, only the last is carried on again", async () => {
  const line = (n: number) =>
    `SO${String(n).padStart(6, "0")},HELMET,1,20250101,20250107,20250112,${n % 7},1,${n % 7}\n`;
  const many = Array.from({length: 500_000}, (_, n) => line(n + 1));
  const world = openWorld({...shop, crm_sales_details: many.join("")});
  const carry = () =>
    carryToGold(world, async (results, engine) => ({
      sums: await lines(
        engine,
        "select count(*), count(distinct sale_key), count(distinct _row), sum(sales_amount) from gold.fct_sales"
      ),
      rows: await lines(
        engine,
        "select _row, sls_ord_num from bronze.crm_sales_details where sls_ord_num in ('SO000001', 'SO245760', 'SO245761') order by 1"
      ),
      parts: results
        .flatMap((result) => result.objects)
        .filter((one) => ["silver", "gold"].includes(one.layer) && /sales/.test(one.table))
        .map(({layer, key}) => `${layer} ${key}`)
    }));
  const before = await carry();
  expect(before.sums).toEqual(["500000|500000|500000|1499998.00"]);
  expect(before.rows).toEqual(["0|SO000001", "245759|SO245760", "4294967296|SO245761"]);
  expect(before.parts).toHaveLength(6);
  appendFileSync(join(world.source, "source_crm/sales_details.csv"), line(500_001) + line(500_002));
  const after = await carry();
  expect(after.sums).toEqual(["500002|500002|500002|1500009.00"]);
  const shared = after.parts.filter((key) => before.parts.includes(key));
  expect(shared.map((key) => key.split(" ")[0])).toEqual(["silver", "silver", "gold", "gold"]);
  world.remove();
});
