-- One record per table and reason: how many rows or values, the money they moved, and the first 20 of them.
with rejects as (
  select
    'rejected' as kind,
    table_name,
    null as column_name,
    reason,
    is_superseded,
    _row,
    key,
    record as source_value,
    null as corrected,
    null as change
  from assay.rejects
),

corrections as (
  select
    'corrected' as kind,
    table_name,
    column_name,
    rule as reason,
    false as is_superseded,
    _row,
    key,
    source_value,
    corrected,
    change
  from assay.corrections
),

numbered as (
  select
    *,
    row_number() over (partition by kind, table_name, column_name, reason order by _row) as place
  from (from rejects union all from corrections)
)

select
  kind,
  table_name,
  column_name,
  reason,
  is_superseded,
  cast(count(*) as integer) as count,
  cast(sum(change) as varchar) as change,
  list({row: _row, key: key, source_value: source_value, corrected: corrected, change: cast(change as varchar)} order by _row)
    filter (place <= 20) as samples
from numbered
group by all
order by kind desc, table_name, count(*) desc, column_name, reason
