import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {join} from "node:path";
import {contentOfTable} from "../step.ts";
import {
  bikes,
  carryToBronze,
  carryToGold,
  hasBikes,
  lines,
  openWorld,
  type World,
  writeSource
} from "./world.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {shop} from "./shop.ts";

describe.skipIf(lack)(`a MySQL source ${lack ?? ""}`, () => {
  let server: MariaDb;
  beforeAll(async () => void (server = await startMariaDb()));
  afterAll(() => server?.stop());

  const worldOf = (database: string, query = "", user = "reader"): World =>
    openWorld("", {variables: {SOURCE_URL: server.url(database, {user, query})}});
  const contentsOf = (world: World, columns = "* exclude (_row)") =>
    carryToGold(world, (_, engine) => lines(engine, `select ${columns} from gold.fct_sales order by all`));

  const shopFolder = () => {
    const folder = join(server.folder, "shop");
    writeSource(folder, shop);
    return folder;
  };
  const contentOf = (world: World, table: string) =>
    carryToBronze(world, async (results) =>
      contentOfTable(results.find(({step}) => step === `bronze ${table}`)!.objects)
    );

  test("tables with and without keys, text, integer and composite, give the gold of the same folder", async () => {
    const files = openWorld(shop);
    const expected = await contentsOf(files);
    await fillDatabase(server, "shop", files.source);
    await fillDatabase(server, "keyed", files.source, {
      crm_prd_info:
        "prd_id int unsigned not null primary key, prd_key varchar(50), prd_nm varchar(50), prd_cost decimal(10, 2), prd_line varchar(50), prd_start_dt varchar(50), prd_end_dt varchar(50)",
      erp_px_cat_g1v2:
        "id varchar(50) not null primary key, cat varchar(50), subcat varchar(50), maintenance varchar(50)"
    });
    for (const database of ["shop", "keyed"]) {
      const world = worldOf(database);
      expect(await contentsOf(world)).toEqual(expected);
      world.remove();
    }
    expect(expected).toHaveLength(5);
    files.remove();
  });

  test.skipIf(!hasBikes)("the real data set: every table row for row as from the folder", async () => {
    await fillDatabase(server, "bikes", bikes);
    const [files, tables] = [openWorld(bikes), worldOf("bikes")];
    const all = (world: World) =>
      carryToGold(world, async (results, engine) => {
        const objects = results.flatMap((result) => result.objects);
        const found: Record<string, unknown> = {};
        for (const {layer, table} of objects.filter((one) =>
          ["bronze", "silver", "gold"].includes(one.layer)
        ))
          found[`${layer}.${table}`] = await lines(
            engine,
            `select count(*), md5(string_agg(t::varchar, '|' order by t::varchar)) from (select * from ${layer}.${table}) t`
          );
        const ledger = results.flatMap((result) => result.facts.ledger ?? []);
        return {found, ledger: ledger.map(({from_table: _, ...line}) => line)};
      });
    expect(await all(tables)).toEqual(await all(files));
    files.remove();
    tables.remove();
  });

  test("every type of MySQL arrives as text, at its extremes", async () => {
    const types = {
      a_bigint: ["bigint unsigned", "18446744073709551615", "18446744073709551615"],
      b_bigint: ["bigint", "-9223372036854775808", "-9223372036854775808"],
      c_decimal: [
        "decimal(65, 30)",
        "-99999999999999999999999999999999999.999999999999999999999999999999",
        "-99999999999999999999999999999999999.999999999999999999999999999999"
      ],
      d_date: ["date", "'0000-00-00'", "0000-00-00"],
      e_date: ["date", "'2024-00-00'", "2024-00-00"],
      f_datetime: ["datetime(6)", "'9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"],
      g_timestamp: ["timestamp(6) null", "'2038-01-19 03:14:07.999999'", "2038-01-19 03:14:07.999999"],
      h_time: ["time(6)", "'-838:59:59.999999'", "-838:59:59.999999"],
      i_time: ["time", "'838:59:59'", "838:59:59"],
      j_bit: [
        "bit(64)",
        "b'1111111111111111111111111111111111111111111111111111111111111111'",
        "18446744073709551615"
      ],
      k_bit: ["bit(1)", "b'0'", "0"],
      l_json: [
        "json",
        `'{"n": 12345678901234567890123, "x": [1e400, "é"]}'`,
        '{"n": 12345678901234567890123, "x": [1e400, "é"]}'
      ],
      m_blob: ["longblob", "x'00FF0A22'", "0x00FF0A22"],
      n_blob: ["blob", "''", "0x"],
      o_binary: ["binary(4)", "x'01'", "0x01000000"],
      p_enum: ["enum('small', 'größe')", "'größe'", "größe"],
      q_set: ["set('a', 'b', 'c')", "'c,a'", "a,c"],
      r_year: ["year", "2155", "2155"],
      s_text: ["varchar(20) character set utf8mb4", "'😀 e\u0301'", "😀 e\u0301"],
      t_text: ["varchar(20) character set latin1", "'Müller'", "Müller"],
      u_text: ["varchar(20)", "''", ""],
      v_text: ["varchar(20)", "null", "∅"],
      w_float: ["float", "16777216", "16777216"],
      x_float: ["float", "3.14", "3.14"],
      y_double: ["double", "1.7976931348623157e308", "1.7976931348623157e308"],
      z_generated: ["int as (length(u_text) + 7) stored", "default", "7"],
      za_text: ["text", "'a\\0b\n\"c\",\\\\'", 'a\0b\n"c",\\'],
      zb_long: ["longtext", "repeat('ß', 100000)", "ß".repeat(100_000)],
      zc_bin: ["varchar(20) collate utf8mb4_bin", "'A'", "A"],
      zd_point: ["point", "point(1, 2)", "0x000000000101000000000000000000F03F0000000000000040"]
    } as const;
    await fillDatabase(server, "types", shopFolder());
    const [columns, values] = [Object.keys(types), Object.values(types)];
    await server.run(
      "types",
      `alter table crm_prd_info ${Object.entries(types)
        .map(([name, [type]]) => `add ${name} ${type}`)
        .join(", ")}`,
      `update crm_prd_info set ${Object.entries(types)
        .map(([name, [, value]]) => `${name} = ${value}`)
        .join(", ")} where prd_id = 10`,
      "alter table crm_cust_info modify cst_create_date date",
      "update crm_cust_info set cst_create_date = '0000-00-00' where cst_id = 1",
      "update crm_cust_info set cst_create_date = '2024-00-00' where cst_id = 2"
    );
    const world = worldOf("types");
    await carryToGold(world, async (_, engine) => {
      const [row] = await lines(
        engine,
        `select ${columns.map((name) => `coalesce(${name}, '∅')`).join(" || chr(1) || ")} from bronze.crm_prd_info where prd_id = '10'`
      );
      expect(row!.split("\u0001")).toEqual(values.map(([, , text]) => text));
      const nulls = `select count(*) from bronze.crm_prd_info where prd_id = '20' and ${columns
        .filter((name) => name !== "z_generated")
        .map((name) => `${name} is null`)
        .join(" and ")}`;
      expect(await lines(engine, nulls)).toEqual(["1"]);
      expect(
        await lines(
          engine,
          "select cst_id, cst_create_date, cst_create_date_rule from silver.crm_cust_info order by 1"
        )
      ).toEqual(["1|∅|not a date", "2|∅|not a date", "3|2025-01-01|∅"]);
    });
    // what changes in any of them is seen
    for (const name of columns.filter((name) => !["v_text", "z_generated"].includes(name))) {
      const before = await contentOf(world, "crm_prd_info");
      await server.run("types", `update crm_prd_info set ${name} = null where prd_id = 10`);
      expect(await contentOf(world, "crm_prd_info"), name).not.toBe(before);
    }
    world.remove();
  });

  test("columns of several charsets and collations, with JSON and points among them, are compared", async () => {
    await fillDatabase(server, "old", shopFolder());
    await server.run(
      "old",
      "alter table crm_prd_info convert to character set latin1",
      "alter table crm_prd_info add j json, add p point, add b varchar(20) collate latin1_bin default 'é', add u varchar(20) character set utf8mb4 default '😀'",
      `update crm_prd_info set j = '{"a": "é"}'`
    );
    const world = worldOf("old");
    const before = await contentOf(world, "crm_prd_info");
    for (const change of ["j = '[]'", "p = point(1, 2)", "b = 'É'", "u = 'x'", "prd_nm = 'Bär'"]) {
      await server.run("old", `update crm_prd_info set ${change} where prd_id = 10`);
      expect(await contentOf(world, "crm_prd_info"), change).not.toBe(before);
    }
    await carryToBronze(world, async (_, engine) => {
      const sql = "select prd_nm, j, b, u from bronze.crm_prd_info where prd_id = '10'";
      expect(await lines(engine, sql)).toEqual(["Bär|[]|É|x"]);
    });
    world.remove();
  });

  test("a NUL character, which PostgreSQL cannot hold, and pieces beyond 32 bits are published", async () => {
    await fillDatabase(server, "odd", shopFolder());
    await server.run(
      "odd",
      "update crm_cust_info set cst_firstname = 'A\\0nn' where cst_id = 1",
      "update crm_prd_info set prd_nm = 'Hel\\0met' where prd_id = 10",
      "update crm_sales_details set sls_quantity = 2147483647, sls_price = 0.01, sls_sales = 21474836.47 where sls_ord_num in ('SO1', 'SO2')"
    );
    const world = worldOf("odd");
    const {run} = await world.refresh();
    expect(run.status).toBe("published");
    expect(
      await world.sql(
        "select cst_firstname = 'A' || chr(0) || 'nn' as is_kept from bronze.crm_cust_info where cst_id = '1'"
      )
    ).toEqual([{is_kept: true}]);
    expect(await world.sql("select first_name from gold.dim_customers where customer_key = 1")).toEqual([
      {first_name: "A\ufffdnn"}
    ]);
    expect(await world.sql("select sum(quantity)::varchar as n from gold.fct_sales")).toEqual([
      {n: "6442450943"}
    ]);
    world.remove();
  });

  test("many small parts that share orders are made within the usual memory", async () => {
    const files = openWorld(shop);
    await fillDatabase(server, "mixed", files.source, {
      crm_sales_details: `sls_ord_num varchar(50), sls_prd_key varchar(50), sls_cust_id varchar(50), sls_order_dt varchar(50),
        sls_ship_dt varchar(50), sls_due_dt varchar(50), sls_sales varchar(50), sls_quantity varchar(50), sls_price varchar(50),
        primary key (sls_prd_key, sls_ord_num)`
    });
    files.remove();
    await server.run(
      "mixed",
      `insert into crm_sales_details select concat('SP', seq % 10007), concat('P', seq), 1, 20250101, 20250107, 20250112, 20, 1, 20 from seq_1_to_30000`
    );
    const world = worldOf("mixed", "?chunk-rows=500");
    await carryToGold(world, async (results, engine) => {
      expect(results.find(({step}) => step === "gold fct_sales")!.objects.length).toBeGreaterThan(50);
      expect(await lines(engine, "select count(*), count(distinct sale_key) from gold.fct_sales")).toEqual([
        "30005|30005"
      ]);
    });
    world.remove();
  });
});
