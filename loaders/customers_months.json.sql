-- One record per month of the last three years: customers who bought for the first time and those who had bought before.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

lines as (
  select
    cast(date_trunc('month', sales.order_date) as date) as month,
    sales.customer_key,
    sales.sales_amount,
    buyers.first_order_on >= date_trunc('month', sales.order_date) as is_new,
    ends.last_day
  from marts.sales as sales
  cross join ends
  join (from marts.customers where true) as buyers on buyers.customer_key = sales.customer_key
  where sales.order_date <= ends.last_day
    and sales.order_date >= date_trunc('month', ends.last_day) - interval '36 months'
),

months as (
  select cast(unnest(range(first_month, cast(last_month as timestamp) + interval '1 day', interval '1 month')) as date) as month
  from (select cast(min(month) as timestamp) as first_month, max(month) as last_month from lines)
)

select
  months.month,
  last_day(months.month) <= (select last_day from ends) as is_complete,
  cast(count(distinct customer_key) filter (where is_new) as integer) as new_customers,
  cast(count(distinct customer_key) filter (where not is_new) as integer) as returning_customers,
  cast(coalesce(sum(sales_amount), 0) as double) as revenue,
  cast(coalesce(sum(sales_amount) filter (where is_new), 0) as double) as new_revenue,
  cast(coalesce(sum(sales_amount) filter (where not is_new), 0) as double) as returning_revenue
from months
left join lines on lines.month = months.month
group by months.month
order by months.month
