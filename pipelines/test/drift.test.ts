import {writeFileSync} from "node:fs";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {driftOf} from "../source/drift.ts";
import {findTable, sources} from "../catalog.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {shop} from "./shop.ts";
import {carryToBronze, failure, lines, openWorld, type World} from "./world.ts";

const table = findTable(sources, "erp_loc_a101");
const shape = (columns: string, key = "") => ({
  columns: columns.split(", ").map((column) => {
    const [name, ...type] = column.split(" ");
    return {name: name!, type: type.join(" ")};
  }),
  key: key ? key.split(", ") : []
});

test.each([
  ["nothing", "cid int, cntry char(5)", "cid int, cntry char(5)", []],
  [
    "a column appears",
    "cid int, cntry char(5)",
    "cid int, cntry char(5), zip text",
    ["zip is not in the catalog: kept in bronze, not used further", "zip text is new"]
  ],
  ["a column goes", "cid int, cntry char(5), zip text", "cid int, cntry char(5)", ["zip is gone"]],
  [
    "a column is renamed",
    "cid int, cntry char(5), zip text",
    "cid int, cntry char(5), plz text",
    [
      "plz is not in the catalog: kept in bronze, not used further",
      "zip is gone, plz is new and of the same type: perhaps renamed",
      "plz text is new"
    ]
  ],
  [
    "columns are reordered",
    "cid int, cntry char(5)",
    "cntry char(5), cid int",
    ["columns have another order"]
  ],
  [
    "types become wider",
    "cid int(11), cntry char(5)",
    "cid bigint(20), cntry varchar(50)",
    ["cid was int(11), is bigint(20): wider", "cntry was char(5), is varchar(50): wider"]
  ],
  [
    "types become narrower",
    "cid decimal(10,2), cntry text",
    "cid decimal(10,1), cntry varchar(50)",
    [
      "cid was decimal(10,2), is decimal(10,1): narrower, the source may have cut values",
      "cntry was text, is varchar(50): narrower, the source may have cut values"
    ]
  ],
  [
    "types become others",
    "cid int, cntry text",
    "cid int unsigned, cntry date",
    ["cid was int, is int unsigned: another kind of value", "cntry was text, is date: another kind of value"]
  ]
])("what a release says when %s", (_, before, now, expected) => {
  expect(driftOf(table, shape(now), shape(before))).toEqual(expected);
});

test("what a release says when the key is another", () => {
  const columns = "cid int, cntry text";
  expect(driftOf(table, shape(columns, "cid, cntry"), shape(columns, "cid"))).toEqual([
    "key was (cid), is (cid, cntry): chunks cut and read anew"
  ]);
});

test("a file whose columns moved and grew: by name in bronze, on record in the release", async () => {
  const world = openWorld(shop);
  await world.refresh();
  writeFileSync(`${world.source}/source_erp/LOC_A101.csv`, "CNTRY,ZIP,CID\nDE,80331,AW-1\nUS,,AW-2\n");
  const {release} = await world.refresh();
  expect(release.source.drift).toEqual({
    erp_loc_a101: [
      "zip is not in the catalog: kept in bronze, not used further",
      "zip is new",
      "columns have another order"
    ]
  });
  expect(await world.sql("select cid, cntry, zip from bronze.erp_loc_a101 order by 1")).toEqual([
    {cid: "AW-1", cntry: "DE", zip: "80331"},
    {cid: "AW-2", cntry: "US", zip: null}
  ]);
  world.remove();
});

describe.skipIf(lack)(`a MySQL table that changes ${lack ?? ""}`, () => {
  let server: MariaDb;
  let world: World;
  const alter = (...statements: string[]) =>
    server.run("shop", ...statements.map((statement) => `alter table ${statement}`));

  beforeAll(async () => {
    server = await startMariaDb();
    const files = openWorld(shop);
    await fillDatabase(server, "shop", files.source, {
      erp_px_cat_g1v2:
        "id varchar(20) primary key, cat varchar(20), subcat varchar(20), maintenance varchar(20)"
    });
    files.remove();
    world = openWorld("", {variables: {SOURCE_URL: server.url("shop", {user: "reader"})}});
  });
  afterAll(async () => {
    world?.remove();
    await server?.stop();
  });

  test("is taken as it is now, and the release says what changed; the next says nothing", async () => {
    const first = (await world.refresh()).release;
    expect(first.source.drift).toEqual({});
    await alter(
      "crm_prd_info add weight double first",
      "crm_prd_info modify prd_cost decimal(12, 3)",
      "erp_cust_az12 modify gen text",
      "erp_loc_a101 modify cid varchar(10) after cntry",
      "erp_px_cat_g1v2 drop primary key, add primary key (cat, id)"
    );
    const second = (await world.refresh()).release;
    expect(second.source.drift).toEqual({
      crm_prd_info: [
        "weight is not in the catalog: kept in bronze, not used further",
        "weight double is new",
        "prd_cost was varchar(100), is decimal(12,3): another kind of value"
      ],
      erp_cust_az12: ["gen was varchar(100), is text: wider"],
      erp_loc_a101: [
        "cid was varchar(100), is varchar(10): narrower, the source may have cut values",
        "columns have another order"
      ],
      erp_px_cat_g1v2: ["key was (id), is (cat, id): chunks cut and read anew"]
    });
    expect(
      await world.sql("select product_name, cost::varchar as cost from gold.dim_products order by 1")
    ).toEqual([
      {product_name: "Bike", cost: "500.00"},
      {product_name: "Helmet", cost: "10.00"}
    ]);
    await server.run("shop", "insert into erp_loc_a101 (cid, cntry) values ('AW-3', 'FR')");
    const third = (await world.refresh()).release;
    expect(third.id).not.toBe(second.id);
    expect(third.source.drift).toEqual({
      crm_prd_info: ["weight is not in the catalog: kept in bronze, not used further"]
    });
  });

  test("a column that was renamed or dropped stops the refresh, and the message says which", async () => {
    const stop = () => failure(carryToBronze(world, async () => {}));
    await alter("erp_cust_az12 rename column gen to sex");
    expect(await stop()).toBe(
      "bronze erp_cust_az12: column gen is missing (have cid, bdate, sex); if it was renamed to sex, name it back, or teach catalog.ts"
    );
    await alter("erp_cust_az12 drop column sex");
    expect(await stop()).toBe(
      "bronze erp_cust_az12: column gen is missing (have cid, bdate); expected by catalog.ts"
    );
    await alter("erp_cust_az12 add column GEN varchar(20)");
    await carryToBronze(world, async (_, engine) => {
      expect(await lines(engine, "select cid, gen from bronze.erp_cust_az12 order by 1")).toEqual([
        "NASAW1|∅",
        "NASAW3|∅"
      ]);
    });
    await server.run("shop", "drop table erp_loc_a101");
    expect(await stop()).toBe(
      `bronze erp_loc_a101: missing table in mysql://reader@127.0.0.1:${server.port}/shop (have crm_cust_info, crm_prd_info, crm_sales_details, erp_cust_az12, erp_px_cat_g1v2); expected by catalog.ts, and seen only by who may read it: grant select on \`shop\`.* to 'reader'@'%'`
    );
  });
});
