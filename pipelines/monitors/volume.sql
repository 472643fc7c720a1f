-- The rows, or the amount, of the last days up to data through, against the same days of the twelve weeks before.
with spans as (
  select unnest(range(0, 13)) as weeks_ago
),

measured as (
  select
    (monitor.data_through - watched.day) // 7 as weeks_ago,
    sum(watched.amount) as value
  from watched
  cross join monitor
  where watched.day <= monitor.data_through and (monitor.data_through - watched.day) % 7 < monitor.days
  group by 1
),

-- a span without rows counts as zero, one before the first day is none
history as (
  select spans.weeks_ago, cast(coalesce(measured.value, 0) as double) as value
  from spans
  cross join monitor
  left join measured using (weeks_ago)
  where monitor.data_through - cast(7 * spans.weeks_ago + monitor.days - 1 as integer) >= (select min(day) from watched)
),

usual as (
  select
    max(value) filter (weeks_ago = 0) as value,
    median(value) filter (weeks_ago > 0) as usual,
    mad(value) filter (weeks_ago > 0) as spread,
    count(*) filter (weeks_ago > 0) as spans
  from history
),

ranged as (
  select
    usual.*,
    greatest(0, expected_low(usual, spread, greatest(monitor.share * usual, 4 * sqrt(usual)))) as low,
    expected_high(usual, spread, greatest(monitor.share * usual, 4 * sqrt(usual))) as high
  from usual
  cross join monitor
)

select
  monitor.days || case monitor.days when 1 then ' day' else ' days' end as subject,
  ranged.value,
  ranged.low,
  ranged.high,
  ranged.spans >= 6 and ranged.usual > 0 as is_known,
  counted(ranged.value) || ' ' || monitor.what
    || case monitor.days when 1 then ' on ' else ' in the ' || monitor.days || ' days to ' end
    || in_words(monitor.data_through) || ', usually ' || counted(ranged.low) || ' to ' || counted(ranged.high) as words
from ranged
cross join monitor
where ranged.value is not null
