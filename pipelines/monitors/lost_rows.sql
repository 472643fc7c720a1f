-- A table with less than half of the rows it had in the release before; below 20 rows anything may happen.
with counts as (
  select
    max(value) filter (position = 0) as now,
    max(value) filter (position = 1) as earlier
  from profile
  where measure = 'rows'
)

select
  'rows' as subject,
  now as value,
  earlier / 2 as low,
  null as high,
  earlier >= 20 as is_known,
  counted(now) || ' rows, ' || counted(earlier) || ' in the release before' as words
from counts
where earlier is not null
