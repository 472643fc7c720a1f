-- How long before data through a table's rows end, against the usual gaps between its days; and whether it ended later
-- in the release before.
with dated as (
  select distinct day
  from watched
  where day is not null
),

gaps as (
  select day, day - lag(day) over (order by day) as gap
  from dated
),

rhythm as (
  select max(day) as last_day, count(*) as days, median(gap) as usual, mad(gap) as spread, 10 * avg(gap) as longest
  from gaps
),

earlier as (
  select date '1970-01-01' + cast(value as integer) as last_day
  from profile
  where position = 1 and measure = 'last_day'
)

select
  'last day' as subject,
  cast(monitor.data_through - rhythm.last_day as double) as value,
  null as low,
  expected_high(rhythm.usual, rhythm.spread, greatest(rhythm.longest, 7)) as high,
  rhythm.days >= 10 as is_known,
  'rows up to ' || in_words(rhythm.last_day) || case
    when rhythm.last_day < monitor.data_through
      then ', ' || (monitor.data_through - rhythm.last_day) || ' days before the data end' else ''
  end as words
from rhythm
cross join monitor
where monitor.data_through is not null and rhythm.last_day is not null
union all
select
  'last day before',
  cast(rhythm.last_day - earlier.last_day as double),
  0,
  null,
  true,
  'rows up to ' || in_words(rhythm.last_day) || ', in the release before up to ' || in_words(earlier.last_day)
from rhythm
cross join earlier
where rhythm.last_day is not null
