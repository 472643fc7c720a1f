import {literal} from "./sales-query.js";

/**
 * One row of a customer found by key or number, or none: what `marts.customers` tells, and for revenue, orders and recency
 * how many buyers have less, the median of all, and the buyers counted.
 */
export function customerSql(text) {
  const wanted = literal(text);
  return `with buyers as (
  select * from marts.customers where count_lines > 0
),
found as (
  select * from marts.customers
  where customer_number = ${wanted} or cast(customer_key as varchar) = ${wanted} or lower(customer_number) = lower(${wanted})
  order by customer_number is distinct from ${wanted}, customer_key
  limit 1
)
select
  found.customer_key,
  cast(found.customer_key as varchar) as key_text,
  found.customer_number,
  coalesce(found.country, 'n/a') as country,
  cast(found.first_order_on as varchar) as first_order_on,
  cast(found.last_order_on as varchar) as last_order_on,
  cast(found.recency_days as double) as recency_days,
  cast(found.count_orders as double) as count_orders,
  cast(found.count_lines as double) as count_lines,
  cast(found.revenue_amount as double) as revenue_amount,
  found.recency_score,
  found.frequency_score,
  found.monetary_score,
  cast((select count(*) from buyers) as double) as buyers,
  cast((select count(*) from buyers where revenue_amount < found.revenue_amount) as double) as less_revenue,
  cast((select count(*) from buyers where count_orders < found.count_orders) as double) as less_orders,
  cast((select count(*) from buyers where recency_days > found.recency_days) as double) as less_recent,
  cast((select median(revenue_amount) from buyers) as double) as median_revenue,
  cast((select median(count_orders) from buyers) as double) as median_orders,
  cast((select median(recency_days) from buyers) as double) as median_recency,
  cast((select max(ends_on) from marts.periods) as varchar) as through
from found`;
}

/** One row per order of a customer, oldest first; undated ones at the end. */
export function ordersSql(key) {
  return `select
  order_number,
  cast(min(order_date) as varchar) as order_date,
  cast(count(*) as double) as lines,
  cast(coalesce(sum(quantity), 0) as double) as quantity,
  cast(coalesce(sum(sales_amount), 0) as double) as revenue,
  cast(sum(margin_amount) as double) as margin,
  string_agg(distinct product_name, chr(10) order by product_name) as products,
  cast(count(*) filter (is_corrected) as double) as corrected_lines
from marts.sales
where customer_key = ${key}
group by order_number
order by min(order_date) nulls last, order_number`;
}

/** One row per value of a customer's sales lines that was corrected. */
export function correctionsSql(key) {
  return `select
  sales.order_number,
  cast(sales.order_date as varchar) as order_date,
  sales.product_name,
  corrections.column_name,
  corrections.source_value,
  corrections.corrected,
  corrections.rule
from assay.corrections as corrections
join marts.sales as sales on sales._row = corrections._row
where corrections.table_name = 'crm_sales_details' and sales.customer_key = ${key}
order by sales.order_date nulls last, sales.order_number, corrections.column_name`;
}

/** At most eight customers whose number holds a text. */
export function suggestionsSql(text) {
  return `select customer_number, cast(count_orders as double) as count_orders
from marts.customers
where contains(lower(customer_number), lower(${literal(text)})) or cast(customer_key as varchar) = ${literal(text)}
order by customer_number
limit 8`;
}

/** The rows of a customer, to be opened as SQL. */
export function rowsSql(key) {
  return `select order_date, order_number, product_name, category, quantity, unit_price, sales_amount, reported_sales_amount, is_corrected
from marts.sales
where customer_key = ${key}
order by order_date, order_number, product_name`;
}
