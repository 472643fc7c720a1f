-- One record per country and per age band: orders, their mean value with a 95 % interval, and the median.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

orders as (
  select order_number, customer_key, any_value(country) as country, any_value(age_band) as age_band, sum(sales_amount) as amount
  from marts.sales
  cross join ends
  where customer_key is not null and order_date <= last_day
  group by order_number, customer_key
),

named as (
  select
    unnest([{dimension: 'Country', member: country}, {dimension: 'Age', member: age_band}], recursive := true),
    cast(amount as double) as amount
  from orders
  where amount is not null
),

members as (
  select
    dimension,
    member,
    count(*) as orders,
    avg(amount) as mean_amount,
    1.96 * stddev_samp(amount) / sqrt(count(*)) as margin,
    median(amount) as median_amount
  from named
  group by dimension, member
),

-- one record stays even where no member has enough orders
totals as (
  select
    cast(count(*) as integer) as all_orders,
    cast(avg(cast(amount as double)) as decimal(38, 2)) as all_mean
  from orders
)

select
  members.dimension,
  members.member,
  cast(members.orders as integer) as orders,
  cast(members.mean_amount as decimal(38, 2)) as mean_amount,
  cast(members.margin as decimal(38, 2)) as margin,
  cast(members.median_amount as decimal(38, 2)) as median_amount,
  totals.all_orders,
  totals.all_mean
from totals
left join members on members.orders >= 30
order by members.dimension desc, members.mean_amount desc, members.member
limit 60
