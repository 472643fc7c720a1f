-- One record per day: what time charts draw.
select
  date_day as day,
  cast(revenue_amount as double) as revenue,
  cast(count_orders as integer) as orders
from marts.daily_sales
order by date_day
