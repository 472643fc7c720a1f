-- One record per product that has been silent far longer than its own rhythm, until the data end.
with dated as (
  select distinct product_number, product_name, category, order_date
  from marts.sales
  where order_date <= (select max(ends_on) from marts.periods) and product_number is not null
),

rhythm as (
  select
    product_number,
    product_name,
    category,
    cast(count(*) as integer) as sale_days,
    min(order_date) as first_order_on,
    max(order_date) as last_order_on,
    (select max(ends_on) from marts.periods) - max(order_date) as silent_days,
    cast(max(order_date) - min(order_date) as double) / nullif(count(*) - 1, 0) as usual_gap
  from dated
  group by product_number, product_name, category
),

-- ten sale days make a rhythm; ten usual gaps of silence end it
judged as (
  select *, sale_days >= 10 as has_rhythm, sale_days >= 10 and silent_days > 10 * usual_gap as is_stopped
  from rhythm
),

last_year as (
  select judged.product_number, sum(sales.sales_amount) as revenue
  from judged
  join marts.sales as sales
    on sales.product_number = judged.product_number
    and sales.order_date > judged.last_order_on - interval 1 year
  group by judged.product_number
),

-- one record stays even where nothing stopped
totals as (
  select
    cast(count(*) filter (has_rhythm) as integer) as judged_products,
    cast(count(*) filter (is_stopped) as integer) as stopped_products,
    cast(count(*) filter (not has_rhythm) as integer) as rare_products
  from judged
)

select
  product_name,
  category,
  last_order_on,
  cast(silent_days as integer) as silent_days,
  cast(usual_gap as decimal(9, 1)) as usual_gap,
  sale_days,
  cast(coalesce(last_year.revenue, 0) as decimal(38, 2)) as last_year_revenue,
  totals.judged_products,
  totals.stopped_products,
  totals.rare_products
from totals
left join judged on judged.is_stopped
left join last_year on last_year.product_number = judged.product_number
order by last_year_revenue desc, product_name
limit 200
