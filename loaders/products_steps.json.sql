-- One record per step of price or cost of the 20 products that sold most in the last twelve months.
with sold as (
  select product_number, any_value(product_name) as product_name, sum(sales_amount) as revenue
  from marts.sales
  where product_number is not null
    and order_date > (select max(ends_on) from marts.periods) - interval 1 year
  group by product_number
  order by revenue desc, product_number
  limit 20
),

prices as (
  select product_number, month_on, list_price, lag(list_price) over (partition by product_number order by month_on) as earlier
  from marts.product_months
  where list_price is not null
),

steps as (
  select product_number, 'price' as kind, month_on as starts_on, list_price as value
  from prices
  where list_price is distinct from earlier
  union all
  select product_number, 'cost', valid_from, cost
  from marts.product_versions
),

spans as (
  select product_number, min(month_on) as first_month, max(month_on) as last_month
  from marts.product_months
  group by product_number
)

select
  sold.product_number,
  sold.product_name,
  steps.kind,
  cast(steps.starts_on as varchar) as starts_on,
  cast(steps.value as double) as value,
  cast(spans.first_month as varchar) as first_month,
  cast(last_day(spans.last_month) as varchar) as last_day
from sold
join steps on steps.product_number = sold.product_number
join spans on spans.product_number = sold.product_number
order by sold.revenue desc, sold.product_number, steps.kind, steps.starts_on
