-- What a piece of a product costs from a day on, this day's changes too: prices follow.
with versions as (
  select prd_key, prd_id, prd_start_dt, prd_cost
  from crm_prd_info
  union all
  select prd_key, new_id, cast(getvariable('day') as varchar), new_cost
  from prices
),

typed as (
  select
    substring(prd_key, 7) as number,
    try_cast(left(prd_start_dt, 10) as date) as starts_on,
    try_cast(prd_cost as decimal(18, 2)) as cost,
    try_cast(prd_id as bigint) as version
  from versions
)

select number, starts_on, arg_max(cost, version) as cost
from typed
where starts_on is not null and cost > 0
group by number, starts_on
