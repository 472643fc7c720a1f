-- One record per period, dimension and member: revenue, margin, pieces and orders now, before and a year before.
with lines as (
  select
    sales.order_date,
    sales.order_number,
    sales.sales_amount,
    sales.margin_amount,
    sales.quantity,
    unnest([
      {dimension: 'category', member: sales.category},
      {dimension: 'subcategory', member: sales.subcategory},
      {dimension: 'product_name', member: sales.product_name},
      {dimension: 'country', member: sales.country},
      {dimension: 'product_line', member: sales.product_line},
      {dimension: 'weekday', member: sales.weekday}
    ], recursive := true)
  from marts.sales
  where sales.order_date is not null
),

daily as (
  select
    dimension,
    member,
    order_date,
    sum(sales_amount) as revenue,
    sum(margin_amount) as margin,
    sum(quantity) as quantity
  from lines
  group by all
),

totals as (
  select
    periods.period,
    periods.position,
    daily.dimension,
    daily.member,
    cast(coalesce(sum(revenue) filter (order_date between starts_on and ends_on), 0) as double) as revenue,
    cast(coalesce(sum(revenue) filter (order_date between previous_starts_on and previous_ends_on), 0) as double) as previous,
    cast(coalesce(sum(revenue) filter (order_date between last_year_starts_on and last_year_ends_on), 0) as double) as last_year,
    cast(coalesce(sum(margin) filter (order_date between starts_on and ends_on), 0) as double) as margin,
    cast(coalesce(sum(quantity) filter (order_date between starts_on and ends_on), 0) as bigint) as quantity,
    max(order_date) filter (where order_date <= ends_on) as last_order_on
  from daily
  cross join marts.periods as periods
  group by all
),

ranked as (
  select
    *,
    row_number() over (partition by period, dimension order by revenue desc, member) <= 25
    or row_number() over (
      partition by period, dimension
      order by greatest(abs(revenue - previous), abs(revenue - last_year)) desc, member
    ) <= 15 as is_named
  from totals
  where revenue <> 0 or previous <> 0 or last_year <> 0
)

-- the 25 largest members and the 15 that moved most by name, the rest as one
select
  period,
  dimension,
  case when is_named then member end as member,
  cast(sum(revenue) as double) as revenue,
  cast(sum(previous) as double) as previous,
  cast(sum(last_year) as double) as last_year,
  cast(sum(margin) as double) as margin,
  cast(sum(quantity) as bigint) as quantity,
  max(last_order_on) as last_order_on,
  cast(count(*) as integer) as members
from ranked
group by period, position, dimension, case when is_named then member end
order by position, dimension, revenue desc, member
