-- One record per number of orders, five and more as one: customers, their money, and how many were watched for a year.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

buyers as (
  select
    least(count_orders, 5) as orders,
    revenue_amount,
    coalesce(first_order_on <= last_day - 365, false) as is_watched
  from marts.customers
  cross join ends
  where count_orders > 0
)

select
  cast(orders as integer) as orders,
  cast(count(*) as integer) as customers,
  cast(sum(revenue_amount) as decimal(38, 2)) as revenue,
  cast(count(*) filter (where is_watched) as integer) as watched_customers,
  cast(sum(revenue_amount) / count(*) as decimal(38, 2)) as revenue_per_customer
from buyers
group by orders
order by orders
