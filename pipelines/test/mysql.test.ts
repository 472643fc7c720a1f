import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {bikes, carryToGold, hasBikes, lines, openWorld, type World} from "./world.ts";
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
});
