-- One record per period and product, the largest first, with its rank and the revenue up to it. Of more than 300
-- products only every so many-th, and the outermost margins; the others, and lines without a known product, as one.
with daily as (
  select
    product_number,
    any_value(product_name) as product_name,
    any_value(category) as category,
    any_value(subcategory) as subcategory,
    order_date,
    sum(sales_amount) as revenue,
    sum(margin_amount) as margin,
    sum(quantity) as quantity
  from marts.sales
  where order_date is not null
  group by product_number, order_date
),

totals as (
  select
    periods.period,
    periods.position,
    product_number,
    coalesce(any_value(product_name), 'n/a') as product_name,
    any_value(category) as category,
    any_value(subcategory) as subcategory,
    coalesce(sum(revenue) filter (order_date between starts_on and ends_on), 0) as revenue,
    sum(margin) filter (order_date between starts_on and ends_on) as margin,
    coalesce(sum(quantity) filter (order_date between starts_on and ends_on), 0) as quantity,
    coalesce(sum(revenue) filter (order_date between previous_starts_on and previous_ends_on), 0) as previous,
    coalesce(sum(revenue) filter (order_date between last_year_starts_on and last_year_ends_on), 0) as last_year,
    count(*) filter (order_date between starts_on and ends_on) as days
  from daily
  cross join marts.periods as periods
  group by periods.period, periods.position, product_number
),

ranked as (
  select
    *,
    row_number() over by_revenue as place,
    sum(revenue) over (by_revenue rows unbounded preceding) as cumulative,
    sum(revenue) over (partition by period) as total,
    count(product_number) over (partition by period) as products,
    row_number() over (partition by period order by cast(margin as double) / nullif(cast(revenue as double), 0)) as margin_place
  from totals
  where days > 0
  window by_revenue as (partition by period order by product_number is null, revenue desc, product_number)
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
  period,
  any_value(product_number) filter (is_named) as product_number,
  any_value(product_name) filter (is_named) as product_name,
  any_value(category) filter (is_named) as category,
  any_value(subcategory) filter (is_named) as subcategory,
  case when is_named then place end as place,
  cast(any_value(cumulative) filter (is_named) as double) as cumulative,
  cast(sum(revenue) as double) as revenue,
  cast(sum(margin) as double) as margin,
  cast(sum(quantity) as double) as quantity,
  cast(sum(previous) as double) as previous,
  cast(sum(last_year) as double) as last_year,
  cast(count(product_number) as integer) as members
from named
group by period, position, case when is_named then place end
order by position, place nulls last
