-- One record per month around the day the youngest category was first sold: orders with and without it.
with launches as (
  select category, min(order_date) as launched_on, sum(sales_amount) as revenue
  from marts.sales
  where order_date is not null and category <> 'n/a'
  group by category
),

-- a launch is a first sale at least half a year after the shop's own
launch as (
  select max(launched_on) as launched_on
  from launches
  where launched_on >= (select min(launched_on) from launches) + interval 182 day
),

launched as (
  select launches.category, launches.launched_on
  from launches
  join launch using (launched_on)
),

orders as (
  select
    sales.order_number,
    min(sales.order_date) as order_date,
    bool_or(launched.category is not null) as has_launched,
    sum(sales_amount) as revenue,
    coalesce(sum(sales_amount) filter (launched.category is not null), 0) as launched_revenue
  from marts.sales as sales
  left join launched on launched.category = sales.category
  where sales.order_date is not null
  group by sales.order_number
)

select
  cast(date_trunc('month', orders.order_date) as date) as month,
  launch.launched_on,
  (select string_agg(category, ' and ' order by category) from launched) as categories,
  cast(datediff('month', launch.launched_on, orders.order_date) as integer) as months_since,
  cast(count(*) filter (has_launched) as integer) as orders_with,
  cast(count(*) filter (not has_launched) as integer) as orders_without,
  cast(sum(revenue) as decimal(38, 2)) as revenue,
  cast(sum(launched_revenue) as decimal(38, 2)) as launched_revenue,
  last_day(min(orders.order_date)) <= (select max(ends_on) from marts.periods) as is_complete
from orders
join launch on launch.launched_on is not null
group by all
order by month
