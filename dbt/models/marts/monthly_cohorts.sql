-- One row per month of a customer's first order and months since then.
with lines as (
  select * from {{ source('gold', 'fct_sales') }}
),

dated as (
  select
    customer_key,
    order_number,
    sales_amount,
    date_trunc('month', order_date)::date as order_month
  from lines
  where order_date is not null and customer_key is not null
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
    (extract(year from dated.order_month) - extract(year from firsts.cohort_month)) * 12
      + extract(month from dated.order_month) - extract(month from firsts.cohort_month) as months_since,
    dated.customer_key,
    dated.order_number,
    dated.sales_amount
  from dated
  join firsts on firsts.customer_key = dated.customer_key
)

select
  aged.cohort_month::date as cohort_month,
  aged.months_since::integer as months_since,
  sizes.cohort_size::bigint as cohort_size,
  count(distinct aged.customer_key)::bigint as count_customers,
  count(distinct aged.order_number)::bigint as count_orders,
  coalesce(sum(aged.sales_amount), 0)::numeric(38, 2) as revenue_amount
from aged
join sizes on sizes.cohort_month = aged.cohort_month
group by aged.cohort_month, aged.months_since, sizes.cohort_size
