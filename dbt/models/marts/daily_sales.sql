-- One row per calendar day of the span of order dates; a day without sales is zero.
with days as (
  select date_day from {{ source('gold', 'dim_dates') }}
),

lines as not materialized (
  select * from {{ source('gold', 'fct_sales') }}
),

daily as (
  select
    order_date,
    sum(sales_amount) as revenue_amount,
    sum(reported_sales_amount) as reported_revenue_amount,
    sum(cost_amount) as cost_amount,
    sum(sales_amount) filter (where cost_amount is not null) - sum(cost_amount) filter (where sales_amount is not null)
      as margin_amount,
    sum(quantity) as quantity,
    count(*) as count_lines,
    count(*) filter (where is_corrected) as count_corrected_lines
  from lines
  where order_date is not null
  group by order_date
),

orders as (
  select order_date, count(*) as count_orders
  from (select distinct order_date, order_number from lines where order_date is not null) as orders_of_days
  group by order_date
),

customers as (
  select order_date, count(*) as count_customers
  from (
    select distinct order_date, customer_key from lines where order_date is not null and customer_key is not null
  ) as customers_of_days
  group by order_date
)

select
  days.date_day,
  coalesce(daily.revenue_amount, 0)::numeric(38, 2) as revenue_amount,
  coalesce(daily.reported_revenue_amount, 0)::numeric(38, 2) as reported_revenue_amount,
  coalesce(daily.cost_amount, 0)::numeric(38, 2) as cost_amount,
  coalesce(daily.margin_amount, 0)::numeric(38, 2) as margin_amount,
  coalesce(daily.quantity, 0)::bigint as quantity,
  coalesce(orders.count_orders, 0)::bigint as count_orders,
  coalesce(customers.count_customers, 0)::bigint as count_customers,
  coalesce(daily.count_lines, 0)::bigint as count_lines,
  coalesce(daily.count_corrected_lines, 0)::bigint as count_corrected_lines
from days
left join daily on daily.order_date = days.date_day
left join orders on orders.order_date = days.date_day
left join customers on customers.order_date = days.date_day
