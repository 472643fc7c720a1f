/** The SQL of a filtered question. Every select yields rows of the shape of the JSON extract of the same name. */

/** A text as an SQL literal. */
export function literal(text) {
  return `'${String(text).replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name) {
  return `"${String(name).replaceAll('"', '""')}"`;
}

/** The rows of the filters' members, as a condition; `except` leaves one dimension unfiltered. */
export function filtered(filters, except) {
  const parts = Object.entries(filters)
    .filter(([dimension]) => dimension !== except)
    .map(([dimension, members]) => `${identifier(dimension)} in (${members.map(literal).join(", ")})`);
  return parts.length ? parts.join(" and ") : "true";
}

/** As `daily.json`: one row per day of the data, zero where nothing was sold. */
export function dailySql({filters}) {
  return `with sold as (
  select
    order_date,
    sum(sales_amount) as revenue,
    sum(reported_sales_amount) as revenue_as_reported,
    count(distinct order_number) as orders
  from marts.sales
  where ${filtered(filters)}
  group by order_date
)
select
  cast(days.date_day as varchar) as day,
  cast(coalesce(sold.revenue, 0) as double) as revenue,
  cast(coalesce(sold.revenue_as_reported, 0) as double) as revenue_as_reported,
  cast(coalesce(sold.orders, 0) as double) as orders
from marts.daily_sales as days
left join sold on sold.order_date = days.date_day
order by day`;
}

/** As `months.json`: one row per month with sales up to data through. */
export function monthsSql({filters, through}) {
  return `select
  cast(cast(date_trunc('month', order_date) as date) as varchar) as month,
  last_day(any_value(order_date)) <= ${day(through)} as is_complete,
  cast(sum(sales_amount) as double) as revenue,
  cast(count(distinct order_number) as double) as orders,
  cast(count(distinct customer_key) as double) as customers,
  cast(sum(margin_amount) as double) as margin,
  cast(sum(reported_sales_amount) as double) as revenue_as_reported,
  cast(sum(reported_margin_amount) as double) as margin_as_reported
from marts.sales
where order_date <= ${day(through)}
  and order_date >= date_trunc('month', ${day(through)}) - interval '25 months'
  and ${filtered(filters)}
group by 1
order by 1`;
}

/** As `figures.json`: one row per span. */
export function figuresSql({spans, filters}) {
  return Object.entries(spans)
    .filter(([, span]) => span)
    .map(
      ([name, {from, to}]) => `select
  ${literal(name)} as span,
  ${literal(from)} as starts_on,
  ${literal(to)} as ends_on,
  cast(count(*) as double) as lines,
  cast(coalesce(sum(sales_amount), 0) as double) as revenue,
  cast(count(distinct order_number) as double) as orders,
  cast(count(distinct customer_key) as double) as customers,
  cast(coalesce(sum(quantity), 0) as double) as quantity,
  cast(sum(sales_amount) as double) / nullif(count(distinct order_number), 0) as average_order_value,
  cast(coalesce(sum(margin_amount), 0) as double) as margin,
  cast(sum(margin_amount) as double) / nullif(cast(sum(sales_amount) as double), 0) as margin_rate,
  cast(coalesce(sum(reported_sales_amount), 0) as double) as revenue_as_reported,
  cast(sum(reported_sales_amount) as double) / nullif(count(distinct order_number), 0) as average_order_value_as_reported,
  cast(coalesce(sum(reported_margin_amount), 0) as double) as margin_as_reported,
  cast(sum(reported_margin_amount) as double) / nullif(cast(sum(reported_sales_amount) as double), 0) as margin_rate_as_reported,
  cast(count(*) filter (sales_amount is distinct from reported_sales_amount) as double) as corrected_lines,
  cast(count(*) filter (is_cost_assumed) as double) as assumed_lines,
  cast((select count(*) from marts.sales where order_date is null and ${filtered(filters)}) as double) as undated_lines
from marts.sales
where ${within({from, to})} and ${filtered(filters)}`
    )
    .join("\nunion all\n");
}

/** As `leaders.json`: one row per dimension and member; a dimension's own filter does not hide its members. */
export function leadersSql({spans, filters, dimensions}) {
  const parts = dimensions.map((dimension) => `select * from (${leaders(dimension, spans, filters)})`);
  return `select * from (${parts.join("\nunion all\n")}) order by dimension, revenue desc, member`;
}

function leaders(dimension, spans, filters) {
  const amount = (column, span) =>
    span ? `coalesce(sum(${column}) filter (where ${within(span)}), 0)` : "0";
  const chosen = filters[dimension]?.length
    ? `member in (${filters[dimension].map(literal).join(", ")})`
    : "false";
  return `with totals as (
  select
    ${identifier(dimension)} as member,
    ${amount("sales_amount", spans.current)} as revenue,
    ${amount("sales_amount", spans.previous)} as previous,
    ${amount("sales_amount", spans.last_year)} as last_year,
    ${amount("margin_amount", spans.current)} as margin,
    ${amount("quantity", spans.current)} as quantity,
    max(order_date) filter (where order_date <= ${day(spans.current.to)}) as last_order_on
  from marts.sales
  where order_date is not null and ${filtered(filters, dimension)}
  group by 1
),
ranked as (
  select
    *,
    ${chosen}
      or row_number() over (order by revenue desc, member) <= 25
      or row_number() over (order by greatest(abs(revenue - previous), abs(revenue - last_year)) desc, member) <= 15 as is_named
  from totals
  where revenue <> 0 or previous <> 0 or last_year <> 0 or ${chosen}
)
select
  ${literal(dimension)} as dimension,
  case when is_named then member end as member,
  cast(sum(revenue) as double) as revenue,
  cast(sum(previous) as double) as previous,
  cast(sum(last_year) as double) as last_year,
  cast(sum(margin) as double) as margin,
  cast(sum(quantity) as double) as quantity,
  cast(max(last_order_on) as varchar) as last_order_on,
  cast(count(*) as double) as members
from ranked
group by case when is_named then member end`;
}

function within({from, to}) {
  return `order_date between ${day(from)} and ${day(to)}`;
}

function day(text) {
  return `date ${literal(text)}`;
}
