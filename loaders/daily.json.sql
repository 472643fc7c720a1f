-- One record per day: what time charts draw.
select
  date_day as day,
  cast(revenue_amount as double) as revenue,
  cast(count_orders as integer) as orders,
  cast(count_customers as integer) as customers,
  cast(quantity as integer) as quantity,
  cast(margin_amount as double) as margin
from marts.daily_sales
order by date_day
