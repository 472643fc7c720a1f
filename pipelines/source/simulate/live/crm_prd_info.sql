-- The versions that begin, as the CRM writes them.
select
  new_id as prd_id,
  prd_key,
  prd_nm,
  new_cost as prd_cost,
  prd_line,
  cast(getvariable('day') as varchar) as prd_start_dt,
  cast(null as varchar) as prd_end_dt
from prices
order by cast(new_id as bigint)
