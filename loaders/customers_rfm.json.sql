-- One record per scores now and a year before: how many customers. Scores are fifths of all buyers, 5 is best; a year
-- before they are those of the orders until then, ranked the same way; null for who had not bought yet.
with ends as (
  select max(ends_on) as last_day, cast(max(ends_on) - interval '1 year' as date) as day_before from marts.periods
),

bought as (
  select
    customer_key,
    max(order_date) as last_order_on,
    count(distinct order_number) as count_orders,
    coalesce(sum(sales_amount), 0) as revenue_amount
  from marts.sales
  cross join ends
  where customer_key is not null and order_date <= day_before
  group by customer_key
),

scored as (
  select
    customer_key,
    6 - ntile(5) over (order by last_order_on desc, customer_key) as recency,
    ntile(5) over (order by count_orders, revenue_amount, customer_key) as frequency
  from bought
)

select
  cast(buyers.recency_score as integer) as recency,
  cast(buyers.frequency_score as integer) as frequency,
  cast(scored.recency as integer) as recency_before,
  cast(scored.frequency as integer) as frequency_before,
  cast(count(*) as integer) as customers,
  cast(sum(buyers.revenue_amount) as double) as revenue
from (from marts.customers where true) as buyers
left join scored on scored.customer_key = buyers.customer_key
where buyers.recency_score is not null
group by all
order by all
