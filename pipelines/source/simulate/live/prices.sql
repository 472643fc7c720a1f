-- Products that cost something else from this day on: the version that ends and the cost of the one that begins.
with versions as (
  select
    *,
    try_cast(left(prd_start_dt, 10) as date) as starts_on,
    try_cast(prd_cost as decimal(18, 2)) as cost
  from crm_prd_info
  where try_cast(prd_id as bigint) is not null and prd_key <> ''
),

newest as (
  select *
  from versions
  qualify row_number() over (partition by prd_key order by starts_on desc nulls last, cast(prd_id as bigint) desc) = 1
),

sold as (
  select *, luck('price', prd_key) as luck
  from newest
  where
    cost > 0
    and starts_on < getvariable('day')
    and coalesce(prd_end_dt, '') in ('', '0000-00-00')
),

ranked as (
  select *, row_number() over (order by luck, prd_key) as place
  from sold
)

select
  prd_id,
  cast(getvariable('day') - 1 as varchar) as ends_on,
  cast((select max(cast(prd_id as bigint)) from versions) + place as varchar) as new_id,
  prd_key,
  prd_nm,
  written(greatest(cost * (100 + [-6, -3, 2, 3, 4, 5, 6, 8][1 + luck // 1000 % 8]) / 100, 1), prd_cost) as new_cost,
  prd_line
from ranked
where place <= (select share_of('prices', count(*), 5) from sold)
