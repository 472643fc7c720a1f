import {expect, test} from "vitest";
import {badgeOf} from "../../src/components/badge.js";
import {coverageOf} from "../5-site/coverage.ts";
import {ledgerLine} from "../ledger.ts";
import {definitionsOf} from "../semantic/definitions.ts";

/* Which checks stand behind a measure, and what a badge says of it. */

const definitions = definitionsOf([
  `
semantic_models:
  - name: sales
    model: ref('sales')
    defaults: {agg_time_dimension: order_date}
    dimensions:
      - {name: order_date, type: time, label: Day, description: Day., type_params: {time_granularity: day}}
    measures:
      - {name: sales_amount, agg: sum}
      - {name: cost_amount, agg: sum}
      - {name: twice, agg: sum, expr: sales_amount * 2}
      - {name: order_count, agg: count_distinct, expr: order_number}
metrics:
  - {name: revenue, label: R, description: R., type: simple, type_params: {measure: sales_amount}, config: {meta: {format: money, as_reported: revenue}}}
  - {name: cost, label: C, description: C., type: simple, type_params: {measure: cost_amount}, config: {meta: {format: money, as_reported: cost}}}
  - {name: twice, label: T, description: T., type: simple, type_params: {measure: twice}, config: {meta: {format: money, as_reported: twice}}}
  - {name: orders, label: O, description: O., type: simple, type_params: {measure: order_count}, config: {meta: {format: integer}}}
  - {name: average, label: A, description: A., type: ratio, type_params: {numerator: cost, denominator: orders}, config: {meta: {format: money, as_reported: average}}}
`
]);
const check = (name: string, status = "pass") => ({
  name,
  kind: "dbt test",
  status,
  failures: 0,
  description: ""
});
const coverage = coverageOf(
  {
    ledger: [
      ledgerLine("bronze → silver", "crm_sales_details", "crm_sales_details", "rows", {
        in: "5",
        out: "3",
        rejected: {"missing order number": "2"}
      }),
      ledgerLine("silver → gold", "crm_sales_details", "fct_sales", "sales_amount", {in: "7", out: "7"})
    ],
    checks: [
      check("source_not_null_gold_fct_sales_order_number", "warn"),
      check("source_not_null_gold_fct_sales_cost_amount_today"),
      check("not_null_sales_cost_amount")
    ]
  },
  {
    edges: [
      ["gold.fct_sales.sales_amount", "marts.sales.sales_amount", "value"],
      ["gold.fct_sales.order_date", "marts.sales.sales_amount", "condition"],
      ["gold.fct_sales.cost_amount", "marts.sales.cost_amount", "value"],
      ["gold.fct_sales.order_number", "marts.sales.order_number", "value"]
    ]
  },
  definitions
);

test("a measure is covered by the ledger and the tests of its own columns, and by nothing else", () => {
  const warns = ["source_not_null_gold_fct_sales_order_number"];
  expect(coverage).toEqual({
    measures: {
      revenue: {ledger: 1, tests: 0, open: [], wrong: []},
      cost: {ledger: 0, tests: 0, open: ["gold.fct_sales.cost_amount"], wrong: []},
      twice: {ledger: 0, tests: 0, open: ["sales_amount * 2"], wrong: []},
      orders: {ledger: 0, tests: 1, open: [], wrong: warns},
      average: {ledger: 0, tests: 1, open: ["gold.fct_sales.cost_amount"], wrong: warns}
    },
    refused: 2
  });
});

test("a badge has words only where something applies to the selection", () => {
  const question = {period: "12m", reading: "corrected"};
  const current = {
    lines: 312,
    corrected_lines: 4,
    undated_lines: 1,
    revenue: 118,
    revenue_as_reported: 100
  };
  const words = (key: string, changes = {}, asked = {}) =>
    badgeOf(key, {current: {...current, ...changes}, question: {...question, ...asked}, coverage});
  expect(words("revenue")).toEqual({
    words: ["4 of 312 lines corrected, +18"],
    notes: [
      "Behind it: 1 ledger line, 0 tests",
      "1 line without an order date is in no period",
      "2 source rows refused or superseded, of any day, in no figure"
    ],
    mark: "good"
  });
  expect(words("revenue", {corrected_lines: 0}).words).toEqual([]);
  expect(words("revenue", {lines: 0}).words).toEqual([]);
  expect(words("revenue", {}, {reading: "reported"}).words).toEqual([]);
  expect(words("revenue", {corrected_lines: 0}, {period: "all"}).words).toEqual([
    "1 line without an order date is in no period"
  ]);
  expect(words("orders")).toMatchObject({
    words: ["source_not_null_gold_fct_sales_order_number does not pass"],
    mark: "wrong"
  });
  expect(words("cost")).toMatchObject({words: [], mark: "open"});
  expect(words("unknown")).toMatchObject({words: [], mark: "open"});
});
