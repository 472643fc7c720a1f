import {afterAll, beforeAll, expect, test} from "vitest";
import {bikes, hasBikes, openWorld, type World} from "./world.ts";

/* The real data set; its figures were computed a second time by an independent program that follows the same rules. */

const world: World | undefined = hasBikes ? openWorld(bikes) : undefined;
if (!world) test.skip(`the real data set is not at ${bikes}`, () => {});

(world ? beforeAll : () => {})(async () => void (await world!.refresh()));
afterAll(() => world?.remove());

const asks = (title: string, sql: string, expected: Record<string, unknown>[]) =>
  world && test(title, async () => expect(await world.sql(sql)).toEqual(expected));

asks(
  "rows of every layer",
  `select layer, cast(sum(rows) as integer) as rows from assay.objects where layer in ('bronze', 'silver', 'gold', 'rejects', 'corrections')
   group by 1 order by 1`,
  [
    {layer: "bronze", rows: 116294},
    {layer: "corrections", rows: 272},
    {layer: "gold", rows: 80406},
    {layer: "rejects", rows: 10},
    {layer: "silver", rows: 116284}
  ]
);

asks(
  "rejects by reason",
  "select table_name, reason, count(*)::int as n from assay.rejects group by all order by all",
  [
    {table_name: "crm_cust_info", reason: "missing customer id", n: 4},
    {table_name: "crm_cust_info", reason: "superseded by a later record", n: 6}
  ]
);

asks(
  "corrections by rule",
  "select column_name, rule, count(*)::int as n, sum(change)::varchar as change from assay.corrections group by all order by all",
  [
    {column_name: "bdate", rule: "after today", n: 16, change: null},
    {column_name: "prd_cost", rule: "missing cost", n: 2, change: "0.00"},
    {column_name: "prd_end_dt", rule: "ends the day before the next version", n: 102, change: null},
    {column_name: "prd_end_dt", rule: "the newest version is open", n: 98, change: null},
    {column_name: "sls_order_dt", rule: "not a date", n: 19, change: null},
    {column_name: "sls_price", rule: "sales ÷ quantity", n: 12, change: "5193.00"},
    {column_name: "sls_sales", rule: "quantity × price", n: 23, change: "748.00"}
  ]
);

asks(
  "money to the cent",
  `select count(*)::int as lines, sum(sales_amount)::varchar as sales, sum(reported_sales_amount)::varchar as reported,
     sum(cost_amount)::varchar as cost, sum(current_cost_amount)::varchar as current_cost, sum(quantity)::int as pieces
   from gold.fct_sales`,
  [
    {
      lines: 60398,
      sales: "29356250.00",
      reported: "29355502.00",
      cost: "16966416.00",
      current_cost: "17670493.00",
      pieces: 60423
    }
  ]
);

asks(
  "as corrected less as reported is what the corrections add, by country",
  `with readings as (
     select country, sum(coalesce(sales_amount, 0)) - sum(coalesce(reported_sales_amount, 0)) as difference
     from marts.sales group by 1
   ),
   corrections as (
     select country, sum(change) as change from assay.corrections
     join gold.fct_sales using (_row) join marts.sales using (sale_key)
     where corrections.table_name = 'crm_sales_details' and column_name = 'sls_sales' group by 1
   )
   select country, difference::varchar as difference, coalesce(change, 0)::varchar as change
   from readings left join corrections using (country) where difference <> 0 or change is not null order by 1`,
  [
    {country: "Australia", difference: "181.00", change: "181.00"},
    {country: "Canada", difference: "117.00", change: "117.00"},
    {country: "France", difference: "-10.00", change: "-10.00"},
    {country: "Germany", difference: "59.00", change: "59.00"},
    {country: "United Kingdom", difference: "48.00", change: "48.00"},
    {country: "United States", difference: "353.00", change: "353.00"}
  ]
);

asks(
  "cost at the order date and today, by product version",
  `select count(*)::int as versions, sum(count_lines)::int as lines, sum(cost_amount)::varchar as cost,
     sum(current_cost_amount)::varchar as today, sum(margin_difference_amount)::varchar as difference,
     sum(assumed_lines)::int as assumed_lines, sum(assumed_cost_amount)::varchar as assumed_cost from marts.product_versions`,
  [
    {
      versions: 397,
      lines: 60398,
      cost: "16966416.00",
      today: "17670493.00",
      difference: "-704077.00",
      assumed_lines: 18410,
      assumed_cost: "5153715.00"
    }
  ]
);

asks(
  "revenue by year",
  "select year(order_date)::int as year, sum(sales_amount)::int as sales from gold.fct_sales group by 1 order by 1 nulls last",
  [
    {year: 2010, sales: 43419},
    {year: 2011, sales: 7075088},
    {year: 2012, sales: 5842231},
    {year: 2013, sales: 16344878},
    {year: 2014, sales: 45642},
    {year: null, sales: 4992}
  ]
);

asks(
  "customers, product versions and numbers",
  `select (select count(*)::int from gold.dim_customers) as customers, count(*)::int as versions,
     count(distinct product_number)::int as products, (count(*) filter (is_current))::int as newest from gold.dim_products`,
  [{customers: 18484, versions: 397, products: 295, newest: 295}]
);

asks("the data reach to the latest complete day", "from assay.data_through", [
  {table_name: "fct_sales", data_through: "2014-01-28"}
]);

asks(
  "every line of the ledger is explained, and only what stopped selling is told",
  `select (select count(*)::int from assay.ledger where unexplained <> 0 or mismatched_rows <> 0) as unexplained,
     (select string_agg(name) from assay.checks where status <> 'pass') as not_passed,
     (select count(*) > 40 from assay.checks) as were_checked`,
  [{unexplained: 0, not_passed: "stopped_fct_sales_category", were_checked: true}]
);

asks(
  "every way to the revenue is the same",
  `select (select sum(revenue_amount)::varchar from marts.customers) as by_customer,
     (select sum(revenue_amount)::varchar from marts.products) as by_product,
     (select sum(revenue_amount)::varchar from marts.daily_sales) as by_day,
     (select sum(sales_amount)::varchar from marts.sales) as by_line`,
  [{by_customer: "29356250.00", by_product: "29356250.00", by_day: "29351258.00", by_line: "29356250.00"}]
);
