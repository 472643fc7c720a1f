import {filtered, literal} from "./sales-query.js";

/** The SQL of products in a filtered question or of a chosen one, over the browser's DuckDB. */

/** As `products_sold.json`: one row per product that sold in the span, with its rank and the revenue up to it. */
export function productsSql({spans, filters}) {
  const amount = (column, span, none = "0") =>
    span ? `coalesce(sum(${column}) filter (where ${within(span)}), 0)` : none;
  return `with totals as (
  select
    product_number,
    any_value(product_name) as product_name,
    any_value(category) as category,
    any_value(subcategory) as subcategory,
    ${amount("sales_amount", spans.current)} as revenue,
    sum(margin_amount) filter (where ${within(spans.current)}) as margin,
    ${amount("quantity", spans.current)} as quantity,
    ${amount("sales_amount", spans.previous)} as previous,
    ${amount("sales_amount", spans.last_year)} as last_year,
    count(*) filter (where ${within(spans.current)}) as lines
  from marts.sales
  where order_date is not null and ${filtered(filters)}
  group by product_number
),

ranked as (
  select
    *,
    row_number() over by_revenue as place,
    sum(revenue) over (by_revenue rows unbounded preceding) as cumulative,
    sum(revenue) over () as total,
    count(product_number) over () as products,
    row_number() over (order by cast(margin as double) / nullif(cast(revenue as double), 0)) as margin_place
  from totals
  where lines > 0
  window by_revenue as (order by product_number is null, revenue desc, product_number)
),

named as (
  select
    *,
    product_number is not null
    and (
      place <= 300
      or place % greatest(1, products // 200) = 0
      or place = products
      or 0.8 * total between cumulative - revenue and cumulative
      or margin_place <= 10
      or margin_place > products - 10
    ) as is_named
  from ranked
)

select
  any_value(product_number) filter (where is_named) as product_number,
  any_value(product_name) filter (where is_named) as product_name,
  any_value(category) filter (where is_named) as category,
  any_value(subcategory) filter (where is_named) as subcategory,
  cast(case when is_named then place end as double) as place,
  cast(any_value(cumulative) filter (where is_named) as double) as cumulative,
  cast(sum(revenue) as double) as revenue,
  cast(sum(margin) as double) as margin,
  cast(sum(quantity) as double) as quantity,
  cast(sum(previous) as double) as previous,
  cast(sum(last_year) as double) as last_year,
  cast(count(product_number) as double) as members
from named
group by case when is_named then place end
order by place nulls last`;
}

/** As `products_steps.json`, of one product. */
export function stepsSql(number) {
  const one = `product_number = ${literal(number)}`;
  return `with prices as (
  select month_on, list_price, lag(list_price) over (order by month_on) as earlier
  from marts.product_months
  where ${one} and list_price is not null
),
steps as (
  select 'price' as kind, month_on as starts_on, list_price as value from prices where list_price is distinct from earlier
  union all
  select 'cost', valid_from, cost from marts.product_versions where ${one}
),
span as (
  select min(month_on) as first_month, max(month_on) as last_month from marts.product_months where ${one}
),
named as (
  select product_name from marts.products where ${one}
)
select
  ${literal(number)} as product_number,
  named.product_name,
  steps.kind,
  cast(steps.starts_on as varchar) as starts_on,
  cast(steps.value as double) as value,
  cast(span.first_month as varchar) as first_month,
  cast(last_day(span.last_month) as varchar) as last_day
from steps cross join span cross join named
order by kind, starts_on`;
}

function within({from, to}) {
  return `order_date between date ${literal(from)} and date ${literal(to)}`;
}
