-- One row per day: its orders and its new buyers, as spans of consecutive numbers.
with numbers as (
  select unnest(range(1096)) as day_number
),

calendar as (
  select
    day_number,
    date '2023-07-01' + cast(day_number as integer) as day
  from numbers
),

weighed as (
  select
    day_number,
    day,
    (year(day) - 2023) * 12 + month(day) - 7 as month,
    (1000 + day_number * 3 // 2)
    * [70, 74, 92, 112, 130, 140, 134, 120, 100, 86, 92, 138][month(day)]
    * [100, 94, 95, 100, 114, 132, 120][isodow(day)]
    * (90 + pick('weather', day_number, 21))
    * case
      when month(day) = 11 and isodow(day) = 5 and day(day) > 22 then 20
      when month(day) = 12 and day(day) > 23 then 6
      else 10
    end as weight
  from calendar
),

summed as (
  select
    *,
    sum(weight) over (order by day_number) as weight_until,
    sum(weight) over () as weight_total
  from weighed
),

shared as (
  select
    day_number,
    day,
    month,
    orders,
    buyers,
    orders * (weight_until - weight) // weight_total as first_order,
    orders * weight_until // weight_total as next_order
  from summed
  cross join shop
),

-- new buyers come at half again the average rate at first, at half of it in the end
grown as (
  select
    *,
    2 * cast(orders as hugeint) * orders as whole,
    buyers * first_order * (3 * orders - first_order) as part_before,
    buyers * next_order * (3 * orders - next_order) as part_until
  from shared
),

acquired as (
  select
    *,
    coalesce((part_before + whole - 1) // whole, 0) as first_buyer,
    coalesce((part_until + whole - 1) // whole, 0) as next_buyer
  from grown
)

select
  day,
  cast(month as integer) as month,
  cast(first_order as bigint) as first_order,
  cast(next_order as bigint) as next_order,
  cast(first_buyer as bigint) as first_buyer,
  cast(next_buyer as bigint) as next_buyer
from acquired
order by day_number
