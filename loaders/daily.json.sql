-- One record per day of the last ten years of data: what time charts draw.
select
  date_day as day,
  cast(revenue_amount as double) as revenue,
  cast(count_orders as integer) as orders,
  cast(count_customers as integer) as customers,
  cast(quantity as integer) as quantity,
  cast(margin_amount as double) as margin
from marts.daily_sales
where date_day > (select max(date_day) from marts.daily_sales) - 3653
order by date_day
