-- The latest complete day of each fact table: the last day whose lines are at least half the median of the same
-- weekday in the four weeks before it (a day with fewer than two such days before it is taken as complete).
with daily as (
  select order_date as day, count(*) as lines
  from gold.fct_sales
  where order_date is not null
  group by order_date
),

compared as (
  select
    daily.day,
    daily.lines,
    count(earlier.day) as days_before,
    median(earlier.lines) as usual
  from daily
  left join daily as earlier
    on earlier.day in (daily.day - 7, daily.day - 14, daily.day - 21, daily.day - 28)
  group by daily.day, daily.lines
)

select 'fct_sales' as table_name, max(day) as data_through
from compared
where days_before < 2 or lines >= usual / 2
