-- Columns that are null throughout, where at least a tenth of the rows had a value in the release before.
with shares as (
  select
    nulls.position,
    nulls.name,
    nulls.value / nullif(counts.value, 0) as share,
    counts.value as counted
  from profile as nulls
  join profile as counts on counts.position = nulls.position and counts.measure = 'rows'
  where nulls.measure = 'nulls' and nulls.position in (0, 1)
)

select
  now.name as subject,
  now.share as value,
  null as low,
  case when earlier.share <= 0.9 then 1 - 0.5 / now.counted end as high,
  now.counted >= 10 as is_known,
  now.name || case
    when now.share = 1 then ' is empty in all ' || counted(now.counted) || ' rows; in the release before '
      || round(100 * earlier.share, 1) || ' % were empty'
    else ' has values'
  end as words
from shares as now
join shares as earlier on earlier.name = now.name and earlier.position = 1
where now.position = 0 and now.share is not null
order by subject
