-- How many rows came or went since the release before, against what came or went between the releases before it; as long
-- as those are few, only a tenth of the rows that went is news.
with counts as (
  select position, value - lead(value) over (order by position) as change, lead(value) over (order by position) as earlier
  from profile
  where measure = 'rows'
),

usual as (
  select
    max(change) filter (position = 0) as value,
    max(earlier) filter (position = 0) as earlier,
    median(change) filter (position > 0) as usual,
    mad(change) filter (position > 0) as spread,
    count(change) filter (position > 0) as changes
  from counts
)

select
  'change in rows' as subject,
  value,
  case when changes >= 5 then expected_low(usual, spread, greatest(0.02 * earlier, 10)) else -0.1 * earlier end as low,
  case when changes >= 5 then expected_high(usual, spread, greatest(0.02 * earlier, 10)) end as high,
  changes >= 5 or (earlier >= 20 and value < -0.1 * earlier) as is_known,
  signed(value) || ' rows since the release before, '
    || case
      when changes >= 5
        then 'usually ' || signed(expected_low(usual, spread, greatest(0.02 * earlier, 10))) || ' to '
          || signed(expected_high(usual, spread, greatest(0.02 * earlier, 10)))
      else 'which had ' || counted(earlier)
    end as words
from usual
where value is not null
