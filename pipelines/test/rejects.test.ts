import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {withEngine} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {findLeft, findWaiting} from "../rejects/history.ts";
import {listReleases, type Release} from "../release.ts";
import {shop} from "./shop.ts";
import {edit, openWorld, type World} from "./world.ts";

/* What is refused waits; after its row or its rule is mended the next refresh takes it in, and says what became of it. */

let world: World;
const releases: Release[] = [];
beforeAll(async () => {
  world = openWorld(
    {
      ...shop,
      crm_cust_info: `${shop.crm_cust_info}2,AW2,Old,B,M,M,2024-01-01\n,AW6,Eve,E,S,F,2025-01-02\n`,
      crm_sales_details: `${shop.crm_sales_details},HELMET,1,20250301,20250307,20250312,20,1,20\n,BIKE,1,20250301,20250307,20250312,900,1,900\n`
    },
    {isEditable: true}
  );
  await publish();
});
afterAll(() => world.remove());

const publish = async () => releases.push((await world.refresh()).release);
const customers = () => join(world.source, "source_crm/cust_info.csv");
const sales = () => join(world.source, "source_crm/sales_details.csv");
const asked = async <T>(find: typeof findWaiting | typeof findLeft): Promise<T[]> => {
  const lake = openLake(world.config);
  const known = await listReleases(lake);
  return withEngine("400MB", async ({connection}) => (await find(connection, lake, known)) as T[]);
};
const waiting = async () =>
  (await asked<{table_name: string; key: string; reason: string; since: string}>(findWaiting)).map(
    ({table_name, key, reason, since}) =>
      `${table_name} ${key || "no key"} ${reason} ${releases.findIndex(({id}) => id === since)}`
  );
const left = async () =>
  (
    await asked<{record: string; since: string; until: string; left_in: string; became: string}>(findLeft)
  ).map(
    ({record, since, until, left_in, became}) =>
      `${Object.values(JSON.parse(record) as object)[3]} ${[since, until, left_in].map((id) => releases.findIndex((one) => one.id === id)).join("-")} ${became}`
  );

test("rows wait since the release that first refused them, wherever they stand", async () => {
  edit(customers(), (text) => text.replace("\n1,AW1", "\n7,AW7,Fay,F,S,F,2025-01-01\n1,AW1"));
  await publish();
  expect(await waiting()).toEqual([
    "crm_cust_info no key missing customer id 0",
    "crm_cust_info 2 superseded by a later record 0",
    "crm_cust_info no key missing customer id 0",
    "crm_sales_details /HELMET missing order number 0",
    "crm_sales_details /BIKE missing order number 0"
  ]);
  expect(await left()).toEqual([]);
});

test("a mended row and a mended rule take rows in; one that is gone is said to be gone", async () => {
  edit(customers(), (text) => text.replace(",AW4,No", "4,AW4,No").replace(",AW6,Eve,E,S,F,2025-01-02\n", ""));
  edit(join(world.config.root, "pipelines/2-silver/crm_sales_details.sql"), (sql) =>
    sql
      .replace("coalesce(sls_ord_num, '') = ''", "coalesce(sls_ord_num, '') = '' and sls_prd_key = 'BIKE'")
      .replace("\n  sls_ord_num,\n", "\n  coalesce(sls_ord_num, 'unknown') as sls_ord_num,\n")
  );
  await publish();
  expect(await waiting()).toEqual([
    "crm_cust_info 2 superseded by a later record 0",
    "crm_sales_details /BIKE missing order number 0"
  ]);
  expect((await left()).sort()).toEqual(
    [
      "Eve 0-1-2 gone from the source",
      "1 0-1-2 taken in: the rule was changed",
      "No 0-1-2 taken in: the source row was mended"
    ].sort()
  );
  expect(await world.sql("select count(*)::int as n from gold.dim_customers where customer_key = 4")).toEqual(
    [{n: 1}]
  );
});

test("a row that comes back into the refused waits anew", async () => {
  edit(sales(), (text) => text.replace(",BIKE,1,20250301,20250307,20250312,900,1,900\n", ""));
  await publish();
  expect(await waiting()).toEqual(["crm_cust_info 2 superseded by a later record 0"]);
  edit(sales(), (text) => `${text},BIKE,1,20250301,20250307,20250312,900,1,900\n`);
  await publish();
  expect(await waiting()).toEqual([
    "crm_cust_info 2 superseded by a later record 0",
    "crm_sales_details /BIKE missing order number 4"
  ]);
  expect((await left())[0]).toBe("1 0-2-3 gone from the source");
});
