-- One record per cohort (the year of the first order, and All) and days since the first order: the share that had ordered
-- on a second day by then, after Kaplan and Meier. Who has not come back is watched until data through and is then
-- censored, never counted as lost. A cohort is told as long as 30 customers are still watched.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

watched as (
  select
    case when year(first_order_on) > year(last_day) - 5 then cast(year(first_order_on) as varchar) else 'earlier' end as cohort,
    coalesce(second_order_on <= last_day, false) as has_returned,
    least(second_order_on, last_day) - first_order_on as days,
    last_day - first_order_on as days_observed
  from (from marts.customers where true) as buyers
  cross join ends
  where first_order_on <= last_day
),

cohorts as (
  select 'All' as cohort, has_returned, days, days_observed from watched
  union all
  select cohort, has_returned, days, days_observed from watched
),

sizes as (
  select cohort, count(*) as customers, min(days_observed) as all_observed_days
  from cohorts
  group by cohort
),

moments as (
  select
    cohort,
    days,
    count(*) filter (where has_returned) as come_back,
    count(*) as leaving
  from cohorts
  group by cohort, days
),

-- who is censored on a day was still watched on it
risks as (
  select *, sum(leaving) over (partition by cohort order by days desc) as watched
  from moments
),

steps as (
  select
    *,
    product(1 - come_back / watched) over (partition by cohort order by days) as staying,
    sum(come_back / nullif(watched * (watched - come_back), 0)) over (partition by cohort order by days) as greenwood
  from risks
),

spans as (
  select coalesce(max(days), 0) as longest from moments
),

points as (
  select unnest(range(0, longest + 1, greatest(5, cast(ceil(longest / 600) * 5 as bigint)))) as day from spans
  union
  select day from (values (90), (180), (365), (730)) as told (day) join spans on day <= longest
),

told as (
  select
    cohort,
    day,
    cast(coalesce(sum(leaving) filter (where days > day), 0) as integer) as watched,
    cast(coalesce(sum(come_back) filter (where days <= day), 0) as integer) as returned,
    coalesce(max_by(staying, days) filter (where days <= day), 1) as staying,
    coalesce(max_by(greenwood, days) filter (where days <= day), 0) as greenwood
  from steps
  cross join points
  group by cohort, day
)

select
  told.cohort,
  cast(told.day as integer) as days,
  cast(sizes.customers as integer) as customers,
  cast(sizes.all_observed_days as integer) as all_observed_days,
  told.watched,
  told.returned,
  cast(sizes.customers - told.watched - told.returned as integer) as censored,
  round(1 - told.staying, 6) as share,
  round(1.96 * told.staying * sqrt(told.greenwood), 6) as margin
from told
join sizes on sizes.cohort = told.cohort
where told.watched >= 30
order by told.cohort <> 'All', told.cohort = 'earlier' desc, told.cohort, told.day
