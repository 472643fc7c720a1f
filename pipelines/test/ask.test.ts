import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import fc from "fast-check";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {selectSql} from "../../src/components/semantic/select.ts";
import {type LedgerLine, toCents} from "../ledger.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {assay as assayOf, copyProject} from "./project.ts";
import {shop} from "./shop.ts";
import {carryToGold, lines, openWorld, type World} from "./world.ts";

/* `assay ask`, in processes of its own; and what the two readings of money differ by. */

const folder = mkdtempSync(join(tmpdir(), "assay-ask-"));
const project = copyProject(join(folder, "project"));
let world: World;
beforeAll(async () => {
  world = openWorld({
    ...shop,
    // a second version of the bike, newer than its lines, and one line of the helmet older than its first
    crm_prd_info: `${shop.crm_prd_info}21,BK-RO-BIKE,Bike,600,R,2025-06-01,\n`,
    crm_sales_details: `${shop.crm_sales_details}SO5,HELMET,1,20231231,20240107,20240112,x,1,\n`
  });
  await world.refresh();
});
afterAll(() => {
  world.remove();
  rmSync(folder, {recursive: true, force: true});
});

const asked = (...args: string[]) => assayOf(project, ["ask", ...args], world.environment);
const csv = async (...args: string[]) => {
  const {code, stdout, stderr} = await asked(...args, "--format", "csv");
  expect({code, stderr}).toEqual({code: 0, stderr: ""});
  return stdout.trim().split("\n");
};

describe("lake and warehouse answer alike", () => {
  const questions: [string[], string[]][] = [
    [
      ["revenue,orders,average_order_value", "--by", "category"],
      ["category,revenue,orders,average_order_value", "Accessories,80.00,4,20", "Bikes,1800.00,2,900"]
    ],
    [
      [
        "revenue,revenue_as_reported",
        "--grain",
        "month",
        "--by",
        "country",
        "--where",
        "category = 'Accessories'"
      ],
      [
        "month,country,revenue,revenue_as_reported",
        "2023-12-01,Germany,,",
        "2025-01-01,Germany,20.00,20.00",
        "2025-02-01,United States,40.00,40.00",
        "2025-03-01,United States,20.00,25.00"
      ]
    ],
    [
      ["revenue,orders,margin,cost", "--as-reported"],
      ["revenue_as_reported,orders,margin_as_reported,cost", "1885.00,5,845.00,1050.00"]
    ],
    [
      [
        "cost,cost_today,margin,margin_today,margin_rate,margin_today_rate",
        "--by",
        "category,is_cost_assumed"
      ],
      [
        "category,is_cost_assumed,cost,cost_today,margin,margin_today,margin_rate,margin_today_rate",
        "Accessories,false,40.00,40.00,40.00,40.00,0.5,0.5",
        "Accessories,true,10.00,10.00,,,,",
        "Bikes,false,1000.00,1200.00,800.00,600.00,0.4444444444444444,0.3333333333333333"
      ]
    ]
  ];
  for (const [args, expected] of questions)
    test(args.join(" "), async () => {
      expect(await csv(...args)).toEqual(expected);
      expect(await csv(...args, "--engine", "warehouse")).toEqual(expected);
    });
});

test("a warehouse that lags behind, or knows no such function, says so", async () => {
  const where = "strftime(order_date, '%Y') = '2025'";
  expect(await csv("revenue", "--where", where)).toEqual(["revenue", "980.00"]);
  const unknown = await asked("revenue", "--where", where, "--engine", "warehouse");
  expect(unknown).toMatchObject({code: 1, stdout: ""});
  expect(unknown.stderr).toMatch(
    /^assay: warehouse postgres:.*: function strftime\(date, unknown\) does not exist\n$/
  );
  const other = {
    ...world.environment,
    WAREHOUSE_URL: world.environment.WAREHOUSE_URL!.replace("prefix=", "prefix=no_")
  };
  const {code, stderr} = await assayOf(project, ["ask", "revenue", "--engine", "warehouse"], other);
  expect(code).toBe(1);
  expect(stderr).toContain(': relation "no_');
});

test("as JSON, and what there is to ask", async () => {
  const {stdout} = await asked("revenue,customers", "--json");
  expect(JSON.parse(stdout)).toEqual([{revenue: 1880, customers: 2}]);
  const offered = await csv();
  expect(offered).toContain('revenue,measure,"Money of the sales lines, as corrected."');
  expect(offered).toContain("country,dimension,Country of the customer.");
});

describe("what cannot be asked is wrong use", () => {
  test.each([
    [["revenu"], "assay: unknown measure: revenu (have revenue, orders,"],
    [["revenue", "--by", "land"], "assay: unknown dimension: land (have order_date, country,"],
    [["revenue", "--grain", "decade"], "Allowed choices are day, week, month, quarter, year."],
    [["revenue", "--engine", "spark"], "Allowed choices are lake, warehouse."],
    [["revenue", "--where", "land = 'Peru'"], 'assay: Binder Error: Referenced column "land" not found'],
    [["revenue", "--where", ""], "assay: invalid predicate: "],
    [
      ["revenue", "--where", "true) union all (select 1"],
      "assay: invalid predicate: true) union all (select 1"
    ],
    [
      ["revenue", "--where", "true; drop table marts.sales"],
      "assay: invalid predicate: true; drop table marts.sales"
    ],
    [
      ["revenue", "--where", "pg_terminate_backend(1)", "--engine", "warehouse"],
      "Function with name pg_terminate_backend does not exist"
    ],
    [
      ["revenue", "--where", "exists (from read_text('/etc/hostname'))"],
      "file system operations are disabled by configuration"
    ]
  ])("%j", async (args, message) => {
    const {code, stdout, stderr} = await asked(...args);
    expect({code, stdout}).toEqual({code: 2, stdout: ""});
    expect(stderr).toContain(message);
  });
});

test("the versions of products say what the change of cost makes of the margin", async () => {
  expect(
    await world.sql(`select product_key::int as version, count_lines::int as lines, cost_amount::varchar as cost,
      current_cost_amount::varchar as today, margin_difference_amount::varchar as difference,
      assumed_lines::int as assumed, assumed_cost_amount::varchar as assumed_cost from marts.product_versions order by 1`)
  ).toEqual([
    {
      ...{version: 10, lines: 4, cost: "50.00", today: "50.00", difference: "0.00"},
      ...{assumed: 1, assumed_cost: "10.00"}
    },
    {
      ...{version: 20, lines: 2, cost: "1000.00", today: "1200.00", difference: "-200.00"},
      ...{assumed: 0, assumed_cost: "0.00"}
    },
    {
      ...{version: 21, lines: 0, cost: "0.00", today: "0.00", difference: "0.00"},
      ...{assumed: 0, assumed_cost: "0.00"}
    }
  ]);
});

/*
 * Corrected less reported is what the corrections add. The pipeline needs no check of its own for it: the ledger has
 * `in + corrected = out` from the source's text to silver with the change of each row under its rule, and gold's two
 * amounts equal silver's row by row.
 */
const someSales = fc.array(
  fc.record({
    order: fc.constantFrom("", "SO1", "SO2"),
    date: fc.constantFrom("20250101", "0", "x"),
    sales: fc.constantFrom(
      "",
      "0",
      "-5",
      "10",
      "12.345",
      ".10",
      "x",
      "9007199254740993.01",
      "99999999999999999"
    ),
    quantity: fc.constantFrom("", "0", "-1", "1", "3", "x", "2147483647"),
    price: fc.constantFrom("", "0", "-10", "3.333", "10", "0.01", "x")
  }),
  {maxLength: 15}
);

test("corrected less reported equals the corrections of the ledger by rule, in any shop", async () => {
  const definitions = readDefinitions(world.config.root);
  const measured = selectSql(
    definitions,
    {measures: ["revenue", "revenue_as_reported"]},
    {relation: "gold.fct_sales"}
  );
  const corrections = "corrections.crm_sales_details where column_name = 'sls_sales'";
  const difference =
    "sum(cast(coalesce(sales_amount, 0) as decimal(38, 2)) - coalesce(reported_sales_amount, 0))";
  await fc.assert(
    fc.asyncProperty(someSales, async (sales) => {
      const details = sales.map(
        ({order, date, sales, quantity, price}) =>
          `${order},P,1,${date},20250102,20250103,${sales},${quantity},${price}\n`
      );
      const any = openWorld({crm_sales_details: details.join("")});
      try {
        await carryToGold(any, async (results, engine) => {
          const byRule = await lines(
            engine,
            `select rule, ${difference} from gold.fct_sales left join (select _row, rule from ${corrections}) using (_row)
             group by 1 having rule is not null or ${difference} <> 0 order by 1`
          );
          expect(byRule).toEqual(
            await lines(engine, `select rule, sum(change) from ${corrections} group by 1 order by 1`)
          );
          const [both] = await lines(engine, measured);
          const [corrected, reported] = both!.split("|").map((text) => toCents(text.replace("∅", "0")));
          const line = (results.flatMap((one) => one.facts.ledger ?? []) as LedgerLine[]).find(
            ({hop, measure}) => hop === "bronze → silver" && measure === "sls_sales"
          )!;
          expect(corrected! - reported!).toBe(toCents(line.corrected));
          expect(byRule.map((text) => [text.split("|")[0], toCents(text.split("|")[1]!)])).toEqual(
            Object.entries(line.reasons.corrected!).map(([rule, amount]) => [rule, toCents(amount)])
          );
        });
      } finally {
        any.remove();
      }
    }),
    {numRuns: 30}
  );
});
