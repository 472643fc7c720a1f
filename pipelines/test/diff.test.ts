import {join} from "node:path";
import fc from "fast-check";
import {afterAll, beforeAll, expect, test} from "vitest";
import type {Diff, Side} from "../diff/diff.ts";
import {findDiff, makeDiff} from "../diff/find.ts";
import {openLake} from "../lake/lake.ts";
import {fromCents, toCents} from "../ledger.ts";
import {plan} from "../plan.ts";
import {silent} from "../progress.ts";
import type {Release} from "../release.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {shop} from "./shop.ts";
import {carryToGold, edit, openWorld, type World, writeSource} from "./world.ts";

/* A world whose source and rules change: what moved is told with its reasons, and the parts sum to the whole. */

let world: World;
let first: Release;
beforeAll(async () => {
  world = openWorld(
    {...shop, crm_sales_details: `${shop.crm_sales_details},BIKE,1,20250301,20250307,20250312,7,1,7\n`},
    {isEditable: true}
  );
  first = (await world.refresh()).release;
});
afterAll(() => world.remove());

const sales = () => join(world.source, "source_crm/sales_details.csv");
const products = () => join(world.source, "source_crm/prd_info.csv");
const silver = (table: string) => join(world.config.root, `pipelines/2-silver/${table}.sql`);
const partsOf = (diff: Diff, measure: string) =>
  Object.fromEntries(
    diff.measures.find((one) => one.measure === measure)!.parts.map(({reason, change}) => [reason, change])
  );
const rowsOf = (diff: Diff, table: string) => {
  const {added, removed, changed} = diff.tables.find((one) => one.table === table)!;
  return [added, removed, changed];
};

test("every kind of change has its reason, and the parts sum to the whole", async () => {
  const undo = [
    edit(
      sales(),
      (text) =>
        text
          .replace("SO2,HELMET,2,20250215,20250217,20250222,40,2,20\n", "") // deleted
          .replace(
            "SO1,BIKE,1,20250101,20250107,20250112,900,1,900",
            "SO1,BIKE,1,20250101,20250107,20250112,950,1,900"
          ) // reported 50 more, corrected back
          .replace(
            "SO3,HELMET,2,20250301,20250307,20250312,25,1,20",
            "SO3,HELMET,2,20250301,20250307,20250312,30,1,30"
          ) // reported 5 more, no longer corrected
          .replace(/^,BIKE,1/m, "SO8,BIKE,1") // refused for want of a number, and late
          .concat("SO9,HELMET,3,20250401,20250407,20250412,20,1,20\n") // new
          .concat("SO7,BIKE,3,20250110,20250117,20250122,11,1,11\n") // late
    ),
    edit(products(), (text) => text.replace("Helmet,10,R", "Helmet,12,R"))
  ];
  const {release} = await world.refresh();
  const diff = await findDiff(world.config, openLake(world.config), first, release);
  expect(partsOf(diff, "revenue")).toEqual({
    "new rows": "20",
    "late rows": "18",
    "changed rows": "55",
    "deleted rows": "-40",
    corrections: "-45"
  });
  expect(partsOf(diff, "orders")).toEqual({"new rows": "1", "late rows": "2", "deleted rows": "-1"});
  expect(partsOf(diff, "customers")).toEqual({"new rows": "1"});
  expect(partsOf(diff, "cost")).toMatchObject({"changed rows": "4", "deleted rows": "-20"});
  expect(rowsOf(diff, "fct_sales")).toEqual([3, 1, 3]);
  expect(rowsOf(diff, "dim_products")).toEqual([0, 0, 1]);
  expect(diff.measures.filter(({unexplained}) => unexplained !== "0")).toEqual([]);
  for (const one of undo) one();
});

test("a plan tells what an edited rule would do, and publishes nothing", async () => {
  await world.refresh();
  const undo = edit(silver("crm_sales_details"), (sql) =>
    sql.replace(
      "'missing order number' end",
      "'missing order number' when sls_ord_num = 'SO2' then 'refused on trial' end"
    )
  );
  const {diff, steps, error, pages, release} = await plan(world.config, {progress: silent});
  undo();
  expect(error).toBe(null);
  expect(partsOf(diff!, "revenue")).toEqual({"newly refused": "-40"});
  expect(rowsOf(diff!, "fct_sales")).toEqual([0, 1, 0]);
  expect(diff!.rules).toEqual(["pipelines/2-silver/crm_sales_details.sql"]);
  expect(steps.slice(0, 2)).toEqual([
    {step: "silver crm_sales_details", why: "pipelines/2-silver/crm_sales_details.sql: edited"},
    {step: "gold dim_dates", why: "what it reads is another"}
  ]);
  expect(pages).toContainEqual({
    page: "/trust/reconciliation",
    title: "Does it add up?",
    extract: "ledger.json",
    charts: expect.arrayContaining(["ledgerMatrix"])
  });
  expect((await world.refresh()).release.id).toBe(release);
});

test("a plan tells a changed rule, a changed measure, and why nothing would be published", async () => {
  const cost = edit(silver("crm_prd_info"), (sql) =>
    sql
      .replace("coalesce(reported_cost, 0)", "reported_cost * 2")
      .replace("when cost_text is null then 'missing cost'", "when true then 'doubled'")
  );
  const doubled = await plan(world.config, {progress: silent});
  cost();
  expect(doubled.error).toBe(null);
  expect(partsOf(doubled.diff!, "cost")).toEqual({"rule changes": "1040"});
  expect(partsOf(doubled.diff!, "revenue")).toEqual({});

  const measure = edit(join(world.config.root, "dbt/models/semantic/sales.yml"), (yml) =>
    yml.replace("name: quantity, agg: sum,", "name: quantity, agg: sum, expr: quantity * 2,")
  );
  const defined = await plan(world.config, {progress: silent});
  measure();
  expect(partsOf(defined.diff!, "quantity")).toEqual({"definition changes": "6"});
  expect(defined.diff!.measures.filter(({unexplained}) => unexplained !== "0")).toEqual([]);

  const undo = edit(silver("crm_sales_details"), (sql) =>
    sql.replace("sales as sls_sales,", "sales + 1 as sls_sales,")
  );
  const wrong = await plan(world.config, {progress: silent});
  undo();
  expect([wrong.diff, wrong.error]).toEqual([
    null,
    expect.stringContaining("sls_sales changes without a rule")
  ]);
  expect(await plan(world.config, {progress: silent})).toMatchObject({steps: [], diff: null, error: null});
});

/** A line of a shop of three products, two of which are known, with amounts that are right or not. */
const line = fc.record({
  order: fc.constantFrom("SO1", "SO2", "SO3", ""),
  product: fc.constantFrom("HELMET", "BIKE", "NONE"),
  customer: fc.constantFrom("1", "2", "9"),
  day: fc.constantFrom("20250101", "20250301", "0"),
  sales: fc.constantFrom("10", "20.5", "-3", "", "x"),
  quantity: fc.constantFrom("1", "2", "0"),
  price: fc.constantFrom("10", "10.25", "")
});
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;
const shopOf = (lines: Line[], cost: number) => ({
  ...shop,
  crm_prd_info: `10,AC-HE-HELMET,Helmet,${cost},R,2024-01-01,\n20,BK-RO-BIKE,Bike,500,R,2024-01-01,\n`,
  crm_sales_details: lines
    .map(
      (one) =>
        `${one.order},${one.product},${one.customer},${one.day},20250307,20250312,${one.sales},${one.quantity},${one.price}\n`
    )
    .join("")
});

test(
  "whatever changes between two shops, no cent of any measure stays unexplained",
  {timeout: 300_000},
  async () => {
    const definitions = readDefinitions(world.config.root);
    const additive = definitions.measures.filter(
      (one) => one.kind === "simple" && one.agg !== "min" && one.agg !== "max"
    );
    const side = async (lines: Line[], cost: number): Promise<Side> => {
      writeSource(world.source, shopOf(lines, cost));
      const made = await carryToGold(world, async (results) => results.flatMap((result) => result.objects));
      // the same customers as ever, so their mart is that of the first release
      const objects = [...made, ...first.objects.filter(({layer}) => layer === "marts")];
      return {...first, objects, measures: {definition: "", values: {}}, rules: {}};
    };
    const some = fc.array(line, {maxLength: 8});
    await fc.assert(
      fc.asyncProperty(some, some, some, fc.constantFrom(10, 12), async (both, gone, come, cost) => {
        const before = await side([...both, ...gone], 10);
        const after = await side([...come, ...both], cost);
        const {measures} = await makeDiff(world.config, openLake(world.config), before, after);
        expect(measures.filter(({unexplained}) => unexplained !== "0")).toEqual([]);
        for (const {name} of additive) {
          const {before: old, after: now, parts} = measures.find(({measure}) => measure === name)!;
          const sum = parts.reduce((total, {change}) => total + toCents(change), 0n);
          expect(fromCents(sum)).toBe(fromCents(toCents(now ?? "0") - toCents(old ?? "0")));
        }
      }),
      {numRuns: 25}
    );
  }
);
