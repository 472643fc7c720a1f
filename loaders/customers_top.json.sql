-- One record per customer: the 25 with most money in all orders, by number and without any name.
select
  customer_key,
  customer_number,
  coalesce(country, 'n/a') as country,
  age_band,
  first_order_on,
  last_order_on,
  cast(count_orders as integer) as count_orders,
  cast(revenue_amount as double) as revenue_amount,
  recency_score,
  frequency_score,
  monetary_score
from (from marts.customers where true) as buyers
where count_lines > 0
order by revenue_amount desc, customer_key
limit 25
