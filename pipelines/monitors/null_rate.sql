-- The share of nulls of each column against its share in the releases before; less than half a percentage point, or than
-- chance explains in so many rows, is no news.
with shares as (
  select
    nulls.position,
    nulls.name,
    nulls.value / nullif(counts.value, 0) as share,
    counts.value as counted
  from profile as nulls
  join profile as counts on counts.position = nulls.position and counts.measure = 'rows'
  where nulls.measure = 'nulls'
),

usual as (
  select
    name,
    max(share) filter (position = 0) as value,
    max(counted) filter (position = 0) as counted,
    median(share) filter (position > 0) as usual,
    mad(share) filter (position > 0) as spread
  from shares
  group by name
),

ranged as (
  select *, greatest(0.005, 4 * sqrt(usual * (1 - usual) / counted)) as least
  from usual
)

select
  name as subject,
  value,
  expected_low(usual, spread, least) as low,
  expected_high(usual, spread, least) as high,
  counted >= 20 as is_known,
  name || ' is null in ' || round(100 * value, 1) || ' % of the rows, usually ' || round(100 * usual, 1) || ' %' as words
from ranged
where value is not null and usual is not null
order by subject
