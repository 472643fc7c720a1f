import {readFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {type Definitions, selectSql} from "../../src/components/semantic/select.ts";
import {sourcesYml} from "../4-warehouse/sources.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {hostile} from "./hostile.ts";
import {openWorld, type World} from "./world.ts";

/* One definition of every measure: the marts and the figures of the pages give its number. */

const world: World = openWorld(hostile);
const {root} = world.config;
const defined = readDefinitions(root);
const keys = ["customer_key", "product_number"].map((name) => ({
  ...defined.dimensions[1]!,
  name,
  expr: name
}));
const definitions: Definitions = {...defined, dimensions: [...defined.dimensions, ...keys]};
const names = defined.measures.map(({name}) => name);

type Answer = Record<string, string | null>;

beforeAll(async () => void (await world.refresh()));
afterAll(() => world.remove());

/** All measures by the members of a dimension. */
async function inDuckdb(by: string): Promise<Map<string | null, Answer>> {
  const rows = await world.sql<Answer>(selectSql(definitions, {measures: names, by: [by]}));
  return new Map(rows.map((row) => [row[by]!, row]));
}
const total = async (sql: string) => Object.values((await world.sql<Record<string, string>>(sql))[0]!);

test("dbt's sources are those of the catalog", () => {
  expect(readFileSync(join(root, "dbt/models/sources.yml"), "utf8")).toBe(sourcesYml());
});

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

describe("the marts agree with the metrics", () => {
  const cents = (rows: Record<string, string | null>[]) =>
    rows.map((row) => Object.values(row).join("|")).sort();

  test("daily_sales, by day: revenue, margin, quantity, orders, customers", async () => {
    const days = await inDuckdb("order_date");
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
    const products = await inDuckdb("product_number");
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
    const customers = await inDuckdb("customer_key");
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
    const [revenue] = await total("select sum(sales_amount)::varchar as r from marts.sales");
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
      "product_months",
      "product_versions",
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
        product_months: "product_key is null or order_date is null",
        product_versions: "version_key is null",
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
    const measures = defined.measures.filter(({name}) => name in figures[0]!);
    expect(measures.length).toBeGreaterThan(7);
    // doubles, as a chart draws them: fourteen digits are exact
    for (const {period, span, starts_on, ends_on, ...shown} of figures) {
      const question = {measures: names, from: starts_on!, to: ends_on!};
      const [expected] = (await world.sql<Answer>(selectSql(definitions, question))) as [Answer];
      for (const {name} of measures.filter(({kind}) => kind === "simple"))
        expect([period, span, name, Number(shown[name]).toPrecision(14)]).toEqual([
          period,
          span,
          name,
          Number(expected[name] ?? 0).toPrecision(14)
        ]);
      for (const {name} of measures.filter(({kind}) => kind === "ratio"))
        expect([period, span, name, shown[name] == null ? null : Number(shown[name]).toPrecision(8)]).toEqual(
          [period, span, name, expected[name] == null ? null : Number(expected[name]).toPrecision(8)]
        );
    }
  });
});
