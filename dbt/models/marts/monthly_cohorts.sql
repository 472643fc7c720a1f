-- One row per month of a customer's first order and months since then.
with lines as (
  select * from {{ source('gold', 'fct_sales') }}
),

dated as (
  select
    customer_key,
    order_number,
    date_trunc('month', order_date)::date as order_month,
    sum(sales_amount) as sales_amount
  from lines
  where order_date is not null and customer_key is not null
  group by customer_key, order_number, date_trunc('month', order_date)
),

firsts as (
  select customer_key, min(order_month) as cohort_month
  from dated
  group by customer_key
),

sizes as (
  select cohort_month, count(*) as cohort_size
  from firsts
  group by cohort_month
),

aged as (
  select
    firsts.cohort_month,
    dated.order_month,
    dated.customer_key,
    dated.order_number,
    dated.sales_amount
  from dated
  join firsts on firsts.customer_key = dated.customer_key
),

customers as (
  select cohort_month, order_month, count(*) as count_customers, sum(sales_amount) as revenue_amount
  from (
    select cohort_month, order_month, customer_key, sum(sales_amount) as sales_amount
    from aged
    group by cohort_month, order_month, customer_key
  ) as customers_of_months
  group by cohort_month, order_month
),

orders as (
  select cohort_month, order_month, count(*) as count_orders
  from (select distinct cohort_month, order_month, order_number from aged) as orders_of_months
  group by cohort_month, order_month
)

select
  customers.cohort_month::date as cohort_month,
  (
    (extract(year from customers.order_month) - extract(year from customers.cohort_month)) * 12
    + extract(month from customers.order_month) - extract(month from customers.cohort_month)
  )::integer as months_since,
  sizes.cohort_size::bigint as cohort_size,
  customers.count_customers::bigint as count_customers,
  orders.count_orders::bigint as count_orders,
  coalesce(customers.revenue_amount, 0)::numeric(38, 2) as revenue_amount
from customers
join sizes on sizes.cohort_month = customers.cohort_month
join orders on orders.cohort_month = customers.cohort_month and orders.order_month = customers.order_month
