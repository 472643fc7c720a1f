-- One record per country and days since the first order: how many came back by then, of those observed that long.
with firsts as (
  select
    customer_key,
    country,
    min(order_date) as first_on,
    min(case when place = 2 then order_date end) as second_on
  from (
    select
      customer_key,
      country,
      order_date,
      dense_rank() over (partition by customer_key order by order_date) as place
    from marts.sales
    where customer_key is not null and order_date <= (select max(ends_on) from marts.periods)
  )
  group by customer_key, country
),

observed as (
  select
    *,
    second_on - first_on as days_to_return,
    (select max(ends_on) from marts.periods) - first_on as days_observed
  from firsts
),

windows as (
  select unnest([30, 60, 90, 120, 180, 240, 300, 365, 450, 540, 630, 730]) as days
),

counted as (
  select
    windows.days,
    case when grouping(country) = 1 then 'All' else country end as country,
    cast(count(*) as integer) as customers,
    cast(count(*) filter (days_to_return <= windows.days) as integer) as returned
  from observed
  -- whoever was not observed for the whole window is not counted, neither as lost nor as returned
  join windows on observed.days_observed >= windows.days
  group by grouping sets ((windows.days), (windows.days, country))
),

-- one record stays even where nobody was observed long enough
totals as (
  select cast(count(*) as integer) as all_customers
  from firsts
)

select
  days,
  country,
  customers,
  returned,
  cast(returned as double) / customers as share,
  totals.all_customers
from totals
left join counted on counted.customers >= 30
order by country <> 'All', country, days
