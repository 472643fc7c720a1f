-- One record per run of days without any sale, with the sales lines such a run would bring at the pace of the 28 days around it.
with days as (
  select
    date_day,
    count_lines,
    avg(count_lines) over (order by date_day rows between 14 preceding and 14 following) as pace
  from marts.daily_sales
  where date_day <= (select max(ends_on) from marts.periods)
),

silent as (
  select *, date_day - cast(row_number() over (order by date_day) as integer) as island
  from days
  where count_lines = 0
),

runs as (
  select
    min(date_day) as starts_on,
    max(date_day) as ends_on,
    cast(count(*) as integer) as days,
    cast(sum(pace) as decimal(18, 2)) as expected_lines
  from silent
  group by island
)

-- one record stays even where no day was silent
select
  totals.count_days,
  totals.count_all_lines,
  totals.expected_silent_days,
  runs.starts_on,
  runs.ends_on,
  coalesce(runs.days, 0) as days,
  runs.expected_lines,
  -- the chance of such silence if lines fell evenly at that pace
  exp(-runs.expected_lines) as chance
from (
  select
    cast(count(*) as integer) as count_days,
    cast(coalesce(sum(count_lines), 0) as bigint) as count_all_lines,
    -- silent days that chance alone would bring
    cast(sum(exp(-pace)) as decimal(18, 2)) as expected_silent_days
  from days
) as totals
left join runs on true
order by days desc, starts_on
limit 200
