-- Members that have been silent far longer than their own rhythm while the rest went on, up to data through. Ten days
-- with rows make a rhythm; ten usual gaps of silence, longer than any before and than a week, end it. What stopped more
-- than a year ago is history.
with dated as (
  select distinct watched.member, watched.day
  from watched
  cross join monitor
  where watched.day <= monitor.data_through and watched.member is not null
),

gaps as (
  select member, day, day - lag(day) over (partition by member order by day) as gap
  from dated
),

rhythm as (
  select member, count(*) as days, max(day) as last_day, avg(gap) as usual_gap, max(gap) as longest_gap
  from gaps
  group by member
),

-- the rest went on if it has rows on at least half of the days since
rest as (
  select rhythm.member, count(distinct dated.day) as days_since
  from rhythm
  join dated on dated.member <> rhythm.member and dated.day > rhythm.last_day
  group by rhythm.member
),

silent as (
  select
    rhythm.*,
    monitor.data_through,
    monitor.data_through - rhythm.last_day as value,
    greatest(10 * rhythm.usual_gap, rhythm.longest_gap, 7) as longest,
    coalesce(rest.days_since, 0) >= (monitor.data_through - rhythm.last_day) / 2 as has_rest
  from rhythm
  cross join monitor
  left join rest using (member)
)

select
  member as subject,
  cast(value as double) as value,
  cast(0 as double) as low,
  case when has_rest and value <= 365 then longest end as high,
  days >= 10 as is_known,
  member || ' stopped selling: last sold on ' || in_words(last_day) || ', ' || value || ' days before the data end on '
    || in_words(data_through) || ', while the rest went on; it usually sold every '
    || case when usual_gap < 1.5 then 'day' else counted(usual_gap) || ' days' end as words
from silent
order by value desc, member
