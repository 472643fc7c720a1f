import {readFileSync} from "node:fs";
import {join} from "node:path";
import pg from "pg";
import {afterAll, beforeAll, describe, expect, inject, test} from "vitest";
import {parse} from "yaml";
import {sourcesYml} from "../4-warehouse/sources.ts";
import {readConfig} from "../config.ts";
import type {Tables} from "./world.ts";
import {openWorld, type World} from "./world.ts";

/* One definition of every measure: asked of DuckDB, of PostgreSQL and of the marts, it gives one number. */

type Measure = {name: string; agg: string; expr?: string};
type Metric = {
  name: string;
  type: string;
  type_params: {measure?: string; numerator?: string; denominator?: string};
  config: {meta: {format: string}};
};
type Semantics = {
  semantic_models: {
    model: string;
    dimensions: {name: string; type: string; expr?: string}[];
    measures: Measure[];
  }[];
  metrics: Metric[];
};

const {root} = readConfig({});
const read = (path: string) => readFileSync(join(root, path), "utf8");
const {
  semantic_models: [model],
  metrics
} = parse(read("dbt/models/semantic/sales.yml")) as Semantics;
const dimensions = model!.dimensions
  .filter(({type}) => type === "categorical")
  .map(({name, expr}) => expr ?? name);
const simple = metrics.filter(({type}) => type === "simple");
const ratios = metrics.filter(({type}) => type === "ratio");

/** The SQL of a simple metric, which both engines read. */
function sqlOf({type_params: {measure: wanted}}: Metric): string {
  const {name, agg, expr} = model!.measures.find((one) => one.name === wanted)!;
  const value = expr ?? name;
  const sql = {
    sum: `sum(${value})`,
    count: `count(${value})`,
    count_distinct: `count(distinct ${value})`,
    min: `min(${value})`,
    max: `max(${value})`
  }[agg];
  if (!sql) throw new Error(`unknown aggregation: ${agg}`);
  return sql;
}

/** All simple metrics by the members of a dimension, as exact text. */
function question(relation: string, by: string): string {
  const list = simple.map((metric) => `cast(${sqlOf(metric)} as varchar) as ${metric.name}`);
  return `select cast(${by} as varchar) as member, ${list.join(", ")} from ${relation} group by ${by}`;
}

type Answer = Record<string, string | null> & {member: string | null};

/** Rows by member, each number in one spelling, and the ratios of the numbers that both engines gave. */
function answers(rows: Answer[]): Map<string | null, Record<string, string | null>> {
  return new Map(
    rows.map(({member, ...values}) => [
      member,
      {
        ...Object.fromEntries(
          simple.map(({name, config}) => [name, spelled(values[name] ?? null, config.meta.format)])
        ),
        ...Object.fromEntries(ratios.map((metric) => [metric.name, ratioOf(metric, values)]))
      }
    ])
  );
}

function spelled(text: string | null, format: string): string | null {
  if (text === null) return null;
  expect(text).toMatch(format === "money" ? /^-?\d+\.\d\d$/ : /^\d+$/);
  return text;
}

function ratioOf({type_params: {numerator, denominator}}: Metric, values: Record<string, string | null>) {
  const [above, below] = [values[numerator!], values[denominator!]];
  return above == null || below == null || Number(below) === 0
    ? null
    : (Number(above) / Number(below)).toFixed(8);
}

/*
 * Cents that do not add up in binary, amounts near the limits of exact doubles, an unknown customer, an unknown
 * product, dates that are none, names in several scripts and spellings, empty and blank words.
 */
const hostile = {
  crm_cust_info: `
1,C1,Zoë,Ångström,S,F,2025-01-01
2,C2,李,小龍,M,M,2025-01-01
3,C3,"O""Neil, Jr.",é,,,2025-01-01
4,C4,é,Ω,s ,f,2025-01-01
5,C5,never,bought,S,M,2025-01-01
`,
  crm_prd_info: `
10,AC-HE-P1,Fahrrad 🚲 „Straße“,0.10,R,2024-01-01,
11,AC-HE-P1,Fahrrad 🚲 „Straße“,0.30,R,2025-02-01,
20,BK-RO-P2,Café,500.01,m ,2024-01-01,
30,BK-RO-P3,Café,,T,2024-01-01,
40,XX-XX-P4,'quoted'; -- x,1.01,,2024-01-01,
50,AC-HE-P5,"",2.02,S,2024-01-01,
`,
  crm_sales_details: `
SO1,P1,1,20250101,20250102,20250103,0.10,1,0.10
SO1,P1,1,20250101,20250102,20250103,0.20,1,0.20
SO1,P2,1,20250101,20250102,20250103,0.70,1,0.70
SO2,P2,2,20250101,20250102,20250103,9007199254740993.01,1,9007199254740993.01
SO3,P3,2,20250228,20250301,20250302,9007199254740993.01,1,9007199254740993.01
SO4,P3,3,20250301,20250302,20250303,0.01,1,0.01
SO4,P4,3,20250301,20250302,20250303,33.33,3,11.11
SO5,P4,99,20250302,20250303,20250304,0.07,7,0.01
SO6,P5,,20250302,20250303,20250304,1.15,1,1.15
SO7,P9,4,20250302,20250303,20250304,2.675,1,2.675
SO8,P1,4,0,20250303,20250304,1.005,1,1.005
SO8,P2,4,,,,1000000.05,1,1000000.05
SO9,P2,1,20250303,20250304,20250305,-5,1,5
SO10,P5,1,20250303,20250304,20250305,,,7.77
SO10,P5,1,20250303,20250304,20250305,10,3,
`,
  erp_cust_az12: `
NASC1,1980-01-01,Female
C3,1980-01-01,Male
`,
  erp_loc_a101: `
C-1,DE
C-2,中国
C-3,Côte d'Ivoire
C-4, Côte d'Ivoire
C-5,US
`,
  erp_px_cat_g1v2: `
AC_HE,Zubehör & mehr,"Helme, ""leicht""",Yes
BK_RO,Bikes,Road Bikes,No
`
} satisfies Tables;

let world: World;
let warehouse: pg.Client;
let schema: (name: string) => string;
beforeAll(async () => {
  world = openWorld(hostile);
  await world.refresh();
  warehouse = new pg.Client({connectionString: inject("warehouse")});
  await warehouse.connect();
  const {prefix} = world.config.warehouse;
  schema = (name) => `${prefix}${name}`;
});
afterAll(async () => {
  await warehouse?.end();
  world?.remove();
});

const inDuckdb = (by: string) => world.sql<Answer>(question("marts.sales", by));
const inPostgres = async (by: string) =>
  (await warehouse.query<Answer>(question(`${schema("marts")}.sales`, by))).rows;
const everything = "order_number is not null";
const total = async (sql: string) => Object.values((await world.sql<Record<string, string>>(sql))[0]!);

test("dbt's sources are those of the catalog", () => {
  expect(read("dbt/models/sources.yml")).toBe(sourcesYml());
});

describe("the file", () => {
  test("defines metrics of known kinds, each upon measures and metrics there are", () => {
    expect(model!.model).toBe("ref('sales')");
    expect(metrics.map(({name}) => name)).toEqual([
      "revenue",
      "orders",
      "customers",
      "quantity",
      "average_order_value",
      "margin",
      "margin_rate"
    ]);
    for (const metric of metrics) expect(["simple", "ratio"]).toContain(metric.type);
    for (const metric of simple) expect(sqlOf(metric)).toMatch(/^(sum|count|min|max)\(/);
    for (const {type_params} of ratios)
      for (const name of [type_params.numerator, type_params.denominator])
        expect(simple.map((one) => one.name)).toContain(name);
  });

  test("defines dimensions that the relation has", async () => {
    const columns = (await world.sql<{column_name: string}>("describe marts.sales")).map(
      (row) => row.column_name
    );
    expect(columns).toEqual(expect.arrayContaining(dimensions));
    expect(dimensions.length).toBeGreaterThan(9);
  });
});

describe("every metric is the same in DuckDB and in PostgreSQL", () => {
  test("the world is hostile enough", async () => {
    expect(await total("select sum(sales_amount)::varchar as r from marts.sales")).toEqual([
      "18014398510482040.32"
    ]);
    expect(await total("select sum(sales_amount::double)::varchar as r from marts.sales")).not.toEqual([
      "18014398510482040.32"
    ]);
    const counts = await world.sql(`select count(*) filter (customer_key is null)::integer as nobody,
      count(*) filter (order_date is null)::integer as never, count(*) filter (product_key is null)::integer as nothing,
      count(distinct country)::integer as countries, count(distinct product_name)::integer as names from marts.sales`);
    expect(counts).toEqual([{nobody: 2, never: 2, nothing: 1, countries: 4, names: 6}]);
  });

  test("over all lines", async () => {
    const [duckdb, postgres] = [answers(await inDuckdb(everything)), answers(await inPostgres(everything))];
    expect(postgres).toEqual(duckdb);
    expect(duckdb.size).toBe(1);
    expect(duckdb.get("true")).toMatchObject({revenue: "18014398510482040.32", orders: "10", customers: "4"});
  });

  for (const dimension of [...dimensions, "order_date", "customer_key", "product_number"])
    test(`by ${dimension}`, async () => {
      const [duckdb, postgres] = [answers(await inDuckdb(dimension)), answers(await inPostgres(dimension))];
      expect(duckdb.size).toBeGreaterThan(1);
      expect(postgres).toEqual(duckdb);
    });

  test("by two dimensions at once", async () => {
    const by = "concat_ws(' | ', country, product_name)";
    expect(answers(await inPostgres(by))).toEqual(answers(await inDuckdb(by)));
  });
});

describe("the marts agree with the metrics", () => {
  const cents = (rows: Record<string, string | null>[]) =>
    rows.map((row) => Object.values(row).join("|")).sort();

  test("daily_sales, by day: revenue, margin, quantity, orders, customers", async () => {
    const days = answers(await inDuckdb("order_date"));
    days.delete(null);
    const rows = await world.sql<Record<string, string>>(
      `select date_day, revenue_amount::varchar as revenue, quantity::varchar as quantity, margin_amount::varchar as margin,
        count_orders::varchar as orders, count_customers::varchar as customers
       from marts.daily_sales where count_lines > 0`
    );
    expect(rows.length).toBe(5);
    expect(
      cents(
        rows.map(({date_day, revenue, quantity, orders, customers, margin}) => ({
          date_day: date_day!,
          revenue: revenue!,
          quantity: quantity!,
          orders: orders!,
          customers: customers!,
          margin: margin!
        }))
      )
    ).toEqual(
      cents(
        [...days].map(([member, {revenue, quantity, orders, customers, margin}]) => ({
          date_day: member,
          revenue: revenue ?? "0.00",
          quantity: quantity ?? "0",
          orders: orders!,
          customers: customers!,
          margin: margin ?? "0.00"
        }))
      )
    );
  });

  test("products, by product number: revenue, quantity, orders, customers", async () => {
    const products = answers(await inDuckdb("product_number"));
    products.delete(null);
    const rows = await world.sql<Record<string, string>>(
      `select product_number, revenue_amount::varchar as revenue, quantity::varchar as quantity,
        count_orders::varchar as orders, count_customers::varchar as customers
       from marts.products where count_lines > 0`
    );
    expect(rows.length).toBe(5);
    expect(cents(rows)).toEqual(
      cents(
        [...products].map(([product_number, {revenue, quantity, orders, customers}]) => ({
          product_number,
          revenue: revenue ?? "0.00",
          quantity: quantity ?? "0",
          orders: orders!,
          customers: customers!
        }))
      )
    );
  });

  test("customers, by customer: revenue, quantity, orders", async () => {
    const customers = answers(await inDuckdb("customer_key"));
    customers.delete(null);
    const rows = await world.sql<Record<string, string>>(
      `select customer_key::varchar as customer_key, revenue_amount::varchar as revenue, quantity::varchar as quantity,
        count_orders::varchar as orders from marts.customers where count_lines > 0`
    );
    expect(rows.length).toBe(4);
    expect(cents(rows)).toEqual(
      cents(
        [...customers].map(([customer_key, {revenue, quantity, orders}]) => ({
          customer_key,
          revenue: revenue ?? "0.00",
          quantity: quantity ?? "0",
          orders: orders!
        }))
      )
    );
  });

  test("totals: what a mart leaves out is what the ledger says", async () => {
    const [{revenue}] = [answers(await inDuckdb(everything)).get("true")!] as [{revenue: string}];
    const lines = await world.sql<{
      table_name: string;
      amount_in: string;
      outside: string;
      amount_out: string;
    }>(
      `select table_name, amount_in::varchar as amount_in, outside::varchar as outside, amount_out::varchar as amount_out
       from assay.ledger where hop = 'warehouse → marts' and measure = 'revenue_amount' order by table_name`
    );
    expect(lines.map(({table_name}) => table_name)).toEqual([
      "customers",
      "daily_sales",
      "monthly_cohorts",
      "products"
    ]);
    for (const {table_name, amount_in, outside, amount_out} of lines) {
      expect([table_name, amount_in]).toEqual([table_name, revenue]);
      expect(await total(`select sum(revenue_amount)::varchar as r from marts.${table_name}`)).toEqual([
        amount_out
      ]);
      const left = {
        customers: "customer_key is null",
        daily_sales: "order_date is null",
        monthly_cohorts: "customer_key is null or order_date is null",
        products: "product_key is null"
      }[table_name]!;
      expect(await total(`select sum(sales_amount)::varchar as r from marts.sales where ${left}`)).toEqual([
        outside
      ]);
    }
  });

  test("the figures of the pages, for every period and span", async () => {
    const figures = await world.sql<Record<string, string>>("select * from extracts.figures");
    expect(figures.length).toBeGreaterThan(4);
    // doubles, as a chart draws them: fourteen digits are exact
    for (const {period, span, starts_on, ends_on, ...shown} of figures) {
      const relation = `(select * from marts.sales where order_date between date '${starts_on}' and date '${ends_on}') as sales`;
      const [row] = await world.sql<Answer>(question(relation, "'x'"));
      const expected = row ? answers([row]).get("x")! : {};
      for (const {name} of simple)
        expect([period, span, name, Number(shown[name]).toPrecision(14)]).toEqual([
          period,
          span,
          name,
          Number(expected[name] ?? 0).toPrecision(14)
        ]);
      for (const {name} of ratios)
        expect([period, span, name, shown[name] == null ? null : Number(shown[name]).toPrecision(8)]).toEqual(
          [period, span, name, expected[name] == null ? null : Number(expected[name]).toPrecision(8)]
        );
    }
  });
});
