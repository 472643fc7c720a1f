-- One record per period, dimension and member: customers now, in the period before and a year before, and their money.
with bought as (
  select
    periods.period,
    periods.position,
    sales.customer_key,
    count(distinct sales.order_number) filter (where order_date between starts_on and ends_on) as orders,
    sum(sales.sales_amount) filter (where order_date between starts_on and ends_on) as revenue,
    bool_or(order_date between starts_on and ends_on) as is_now,
    bool_or(order_date between previous_starts_on and previous_ends_on) as was_previous,
    bool_or(order_date between last_year_starts_on and last_year_ends_on) as was_last_year
  from marts.sales as sales
  cross join marts.periods as periods
  where sales.customer_key is not null and sales.order_date <= periods.ends_on
  group by periods.period, periods.position, sales.customer_key
),

members as (
  select
    bought.period,
    bought.position,
    unnest([
      {dimension: 'country', member: coalesce(buyers.country, 'n/a')},
      {dimension: 'age_band', member: buyers.age_band}
    ], recursive := true),
    bought.orders,
    bought.revenue,
    bought.is_now,
    bought.was_previous,
    bought.was_last_year
  from bought
  join (from marts.customers where true) as buyers on buyers.customer_key = bought.customer_key
),

totals as (
  select
    period,
    position,
    dimension,
    member,
    count(*) filter (where is_now) as customers,
    count(*) filter (where was_previous) as previous,
    count(*) filter (where was_last_year) as last_year,
    sum(orders) as orders,
    cast(coalesce(sum(revenue), 0) as double) as revenue
  from members
  group by period, position, dimension, member
),

ranked as (
  select *, row_number() over (partition by period, dimension order by customers desc, member) <= 25 as is_named
  from totals
  where customers > 0 or previous > 0 or last_year > 0
)

-- the 25 with most customers by name, the rest as one
select
  period,
  dimension,
  case when is_named then member end as member,
  cast(sum(customers) as integer) as customers,
  cast(sum(previous) as integer) as previous,
  cast(sum(last_year) as integer) as last_year,
  cast(coalesce(sum(orders), 0) as integer) as orders,
  sum(revenue) as revenue,
  cast(count(*) as integer) as members
from ranked
group by period, position, dimension, case when is_named then member end
order by position, dimension, customers desc, member
