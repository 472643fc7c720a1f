-- Members of a dimension that are new or gone since the release before; a table with too many members keeps no record.
with now as (
  select name, value
  from profile
  where position = 0 and measure = 'member ' || (select dimension from monitor)
),

earlier as (
  select name, value
  from profile
  where position = 1 and measure = 'member ' || (select dimension from monitor)
)

select
  coalesce(now.name, earlier.name) as subject,
  cast(coalesce(now.value, 0) as double) as value,
  case when now.name is null then 1 end as low,
  case when earlier.name is null then 0 end as high,
  exists (select 1 from now) and exists (select 1 from earlier) as is_known,
  case
    when earlier.name is null then coalesce(now.name, '?') || ' is new, with ' || counted(now.value) || ' rows'
    when now.name is null then earlier.name || ' is gone; it had ' || counted(earlier.value) || ' rows'
    else now.name || ' has ' || counted(now.value) || ' rows'
  end as words
from now
full join earlier using (name)
order by subject
