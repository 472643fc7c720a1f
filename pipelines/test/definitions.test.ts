import {describe, expect, test} from "vitest";
import {asReported, selectSql} from "../../src/components/semantic/select.ts";
import {definitionsOf} from "../semantic/definitions.ts";

/* dbt's semantic YAML, read or refused; and the SQL of a question. */

const yaml = `
semantic_models:
  - name: sales
    description: Lines.
    model: ref('sales')
    defaults: {agg_time_dimension: order_date}
    entities: [{name: sale, type: primary, expr: sale_key}]
    dimensions:
      - {name: order_date, type: time, label: Day, description: Day., type_params: {time_granularity: day}}
      - {name: land, type: categorical, label: Land, description: Land., expr: country}
    measures:
      - {name: amount, agg: sum, expr: sales_amount}
      - {name: reported, agg: sum}
      - {name: order_count, agg: count_distinct, expr: order_number}
metrics:
  - {name: revenue, label: R, description: R., type: simple, type_params: {measure: amount}, config: {meta: {format: money, as_reported: reported_revenue}}}
  - {name: reported_revenue, label: R, description: R., type: simple, type_params: {measure: reported}, config: {meta: {format: money, as_reported: reported_revenue}}}
  - {name: orders, label: O, description: O., type: simple, type_params: {measure: order_count}, config: {meta: {format: integer}}}
  - {name: value, label: V, description: V., type: ratio, type_params: {numerator: revenue, denominator: orders}, config: {meta: {format: money, as_reported: value}}}
`;
const definitions = definitionsOf([yaml]);

test("a question becomes one SQL text", () => {
  const question = {
    measures: ["value", "orders"],
    by: ["land"],
    grain: "month" as const,
    where: "true -- all"
  };
  expect(selectSql(definitions, question, {relation: "s.sales"})).toBe(`with lines as (
  select * from s.sales
  where (
  true -- all
  )
),

answer as (
  select
    cast(cast(date_trunc('month', cast(order_date as timestamp)) as date) as varchar) as "month",
    cast(country as varchar) as "land",
    cast(sum(sales_amount) as decimal(38, 2)) as "revenue",
    cast(count(distinct order_number) as bigint) as "orders"
  from lines
  group by 1, 2
)

select
  "month",
  "land",
  cast(cast("revenue" as varchar) as double precision) / nullif(cast(cast("orders" as varchar) as double precision), 0) as "value",
  "orders"
from answer
order by "month" collate "C" nulls last, "land" collate "C" nulls last`);
});

test("money has a reported reading, what is no money none", () => {
  expect(asReported(definitions, ["revenue", "orders", "reported_revenue"])).toEqual([
    "reported_revenue",
    "orders"
  ]);
});

describe("a question that cannot be answered says what there is", () => {
  const wrong: [string, Parameters<typeof selectSql>[1], string][] = [
    ["no measure", {measures: []}, "no measure (have revenue, reported_revenue, orders, value)"],
    [
      "a measure",
      {measures: ["profit"]},
      "unknown measure: profit (have revenue, reported_revenue, orders, value)"
    ],
    [
      "a dimension",
      {measures: ["orders"], by: ["country"]},
      "unknown dimension: country (have order_date, land)"
    ],
    [
      "a filter",
      {measures: ["orders"], filters: {country: []}},
      "unknown dimension: country (have order_date, land)"
    ],
    ["twice", {measures: ["orders", "orders"]}, "measure named twice: orders"],
    [
      "a grain",
      {measures: ["orders"], grain: "decade" as "day"},
      "unknown grain: decade (have day, week, month, quarter, year)"
    ],
    ["a day", {measures: ["orders"], from: "2013"}, "invalid day: 2013 (such as 2013-06-30)"]
  ];
  for (const [what, question, message] of wrong)
    test(what, () => expect(() => selectSql(definitions, question)).toThrow(message));
});

describe("what cannot be carried out is refused, by name", () => {
  const refused: [string, string, string, string][] = [
    [
      "another aggregation",
      "agg: sum, expr",
      "agg: median, expr",
      "measure amount: agg: median (have sum, count, count_distinct, min, max)"
    ],
    [
      "another kind of metric",
      "name: value, label: V, description: V., type: ratio",
      "name: value, label: V, description: V., type: derived",
      "metric value: type: derived (have simple, ratio)"
    ],
    [
      "a filter of a metric",
      "description: O.,",
      "description: O., filter: x > 1,",
      "metric orders: filter (have name, label, description, type, type_params, config)"
    ],
    [
      "a measure with more than a name",
      "{measure: amount}",
      "{measure: {name: amount, fill_nulls_with: 0}}",
      "metric revenue: type_params: measure (must be a text)"
    ],
    [
      "a measure there is not",
      "{measure: amount}",
      "{measure: amounts}",
      "metric revenue: measure: amounts (have amount, reported, order_count)"
    ],
    [
      "a measure over time",
      "agg: sum, expr",
      "agg: sum, non_additive_dimension: {name: order_date}, expr",
      "measure amount: non_additive_dimension (have"
    ],
    [
      "a ratio of ratios",
      "denominator: orders",
      "denominator: value",
      "metric value: denominator: value (have revenue, reported_revenue, orders)"
    ],
    [
      "a day of another grain",
      "time_granularity: day",
      "time_granularity: month",
      "dimension order_date: time_granularity: month (have day)"
    ],
    [
      "money with one reading",
      "{format: money, as_reported: value}",
      "{format: money}",
      "metric value: as_reported is missing"
    ],
    [
      "a reading of another kind",
      "as_reported: value",
      "as_reported: orders",
      "metric value: as_reported: orders (have revenue, reported_revenue, value)"
    ],
    [
      "a format there is not",
      "{format: integer}",
      "{format: number}",
      "metric orders: format: number (have integer)"
    ],
    ["one name for two things", "name: land", "name: orders", "orders (is defined twice)"],
    ["a second model", "metrics:", "  - {name: other}\nmetrics:", "2 semantic models (there must be one)"],
    [
      "a source",
      "ref('sales')",
      "source('gold', 'fct_sales')",
      "model: source('gold', 'fct_sales') (such as ref('sales'))"
    ]
  ];
  for (const [what, from, to, message] of refused)
    test(what, () => {
      expect(yaml).toContain(from);
      expect(() => definitionsOf([yaml.replace(from, to)])).toThrow(`dbt/models/semantic: `);
      expect(() => definitionsOf([yaml.replace(from, to)])).toThrow(message);
    });
});
