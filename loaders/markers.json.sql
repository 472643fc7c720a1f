-- One record per day or span that charts over time mark by themselves: changes of costs, and runs of days without a sale.
with versions as (
  select
    valid_from,
    cost,
    lag(cost) over (partition by product_number order by valid_from nulls first, product_key) as cost_before
  from gold.dim_products
  where product_number is not null
),

bounds as (
  select min(starts_on) as first_day, max(ends_on) as last_day from marts.periods
),

costs as (
  select
    valid_from as day,
    cast(null as date) as until,
    count(*) filter (where cost > cost_before) as raised,
    count(*) filter (where cost < cost_before) as lowered
  from versions
  cross join bounds
  where cost <> cost_before and valid_from between first_day and last_day
  group by valid_from
),

silent as (
  select date_day, date_day - cast(row_number() over (order by date_day) as integer) as island
  from marts.daily_sales
  cross join bounds
  where count_lines = 0 and date_day <= last_day
),

gaps as (
  select min(date_day) as day, max(date_day) as until, count(*) as days
  from silent
  group by island
  having count(*) >= 3
)

-- the largest of each kind, so that a chart stays readable
select * from (
  select
    'cost' as kind,
    day,
    until,
    'Cost of ' || (raised + lowered) || case when raised + lowered = 1 then ' product' else ' products' end || ' changed' as label,
    raised + lowered as weight
  from costs
  union all
  select 'gap', day, until, days || ' days without a sale', days from gaps
)
qualify row_number() over (partition by kind order by weight desc, day) <= 12
order by day, kind
