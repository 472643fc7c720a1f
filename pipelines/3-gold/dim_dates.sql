-- One row per day from the first to the last order date. Day 0 is 0001-01-01, a Monday.
with span as (
  select min(sls_order_dt) as first_day, max(sls_order_dt) as last_day
  from silver.crm_sales_details
),

digits as (
  select digit from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as d (digit)
),

numbers as (
  select
    cast(a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit + 10000 * e.digit + 100000 * f.digit as integer) as n
  from digits as a
  cross join digits as b
  cross join digits as c
  cross join digits as d
  cross join digits as e
  cross join digits as f
),

days as (
  select
    date '0001-01-01' + numbers.n as date_day,
    numbers.n % 7 as day_of_week
  from numbers
  cross join span
  where date '0001-01-01' + numbers.n >= span.first_day
    and date '0001-01-01' + numbers.n <= span.last_day
)

select
  date_day,
  cast(extract(year from date_day) as integer) as calendar_year,
  cast(extract(quarter from date_day) as integer) as calendar_quarter,
  cast(extract(month from date_day) as integer) as calendar_month,
  case extract(month from date_day)
    when 1 then 'January'
    when 2 then 'February'
    when 3 then 'March'
    when 4 then 'April'
    when 5 then 'May'
    when 6 then 'June'
    when 7 then 'July'
    when 8 then 'August'
    when 9 then 'September'
    when 10 then 'October'
    when 11 then 'November'
    when 12 then 'December'
  end as month_name,
  cast(extract(week from date_day) as integer) as iso_week,
  case day_of_week
    when 0 then 'Monday'
    when 1 then 'Tuesday'
    when 2 then 'Wednesday'
    when 3 then 'Thursday'
    when 4 then 'Friday'
    when 5 then 'Saturday'
    when 6 then 'Sunday'
  end as weekday,
  day_of_week >= 5 as is_weekend
from days
