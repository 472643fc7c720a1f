-- One record per month of waiting between two days with an order of the same customer: how many waits ended in it.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

days as (
  select distinct customer_key, order_date
  from marts.sales
  cross join ends
  where customer_key is not null and order_date <= last_day
),

waits as (
  select
    customer_key,
    order_date - lag(order_date) over (partition by customer_key order by order_date) as days_between,
    row_number() over (partition by customer_key order by order_date) as place
  from days
),

ended as (
  select * from waits where days_between is not null
),

-- one record stays even where nobody ordered twice
totals as (
  select
    (select cast(count(distinct customer_key) as integer) from days) as all_customers,
    cast(count(*) as integer) as waits,
    cast(count(distinct customer_key) as integer) as customers,
    cast(quantile_disc(days_between, 0.25) as integer) as lower_quartile,
    cast(quantile_disc(days_between, 0.5) as integer) as middle,
    cast(quantile_disc(days_between, 0.75) as integer) as upper_quartile,
    cast(quantile_disc(days_between, 0.5) filter (where place = 2) as integer) as middle_first,
    cast(quantile_disc(days_between, 0.5) filter (where place > 2) as integer) as middle_later
  from ended
),

months as (
  select cast((days_between - 1) // 30 as integer) as month, count(*) as counted
  from ended
  group by 1
)

select
  months.month * 30 + 1 as from_day,
  months.month * 30 + 30 as to_day,
  cast(months.counted as integer) as counted,
  totals.*
from totals
left join months on true
order by months.month
limit 200
