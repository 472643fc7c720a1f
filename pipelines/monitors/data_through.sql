-- What the data go through, and the days after it that 3-gold/data_through.sql left out as incomplete; never news.
with later as (
  select watched.day, sum(watched.amount) as rows
  from watched
  cross join monitor
  where watched.day > monitor.data_through
  group by watched.day
),

totals as (
  select count(*) as days, coalesce(sum(rows), 0) as rows, min(day) as first_day, max(day) as last_day
  from later
)

select
  'days after it' as subject,
  cast(totals.days as double) as value,
  null as low,
  null as high,
  true as is_known,
  'complete through ' || in_words(monitor.data_through) || case
    when totals.days = 0 then '; no later day was left out'
    when totals.days = 1 then '; ' || in_words(totals.first_day) || ' with ' || counted(totals.rows)
      || ' rows was left out as incomplete'
    else '; ' || totals.days || ' days from ' || in_words(totals.first_day) || ' to ' || in_words(totals.last_day)
      || ' with ' || counted(totals.rows) || ' rows were left out as incomplete'
  end as words
from totals
cross join monitor
where monitor.data_through is not null
