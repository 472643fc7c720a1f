-- One record per day of the last ten years of data: what time charts draw.
select
  date_day as day,
  cast(revenue_amount as double) as revenue,
  cast(reported_revenue_amount as double) as revenue_as_reported,
  cast(count_orders as integer) as orders
from marts.daily_sales
where date_day > (select max(date_day) from marts.daily_sales) - 3653
order by date_day
