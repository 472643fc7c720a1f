-- Lines in `made` whose product version, or cost, is not that of their day: asked of all versions, not of spans.
with lines as (
  select
    made._row,
    made.product_key,
    made.current_product_key,
    made.quantity,
    made.cost_amount,
    made.current_cost_amount,
    silver.sls_prd_key as product_number,
    coalesce(silver.sls_order_dt, silver.sls_ship_dt) as day
  from made
  join silver.crm_sales_details as silver on silver._row = made._row
),

-- versions in their order; dates before all others stand for none
versions as (
  select
    prd_id,
    prd_key,
    prd_cost,
    coalesce(prd_start_dt, date '0001-01-01') as starts_on,
    row_number() over (partition by prd_key order by prd_start_dt nulls first, prd_id) as ordinal
  from silver.crm_prd_info
  where prd_key is not null
),

days as (
  select distinct product_number, day
  from lines
  where product_number is not null
),

-- the last version that began by then, else the first one
right_versions as (
  select
    days.product_number,
    days.day,
    coalesce(max(versions.ordinal) filter (where versions.starts_on <= days.day), 1) as ordinal,
    max(versions.ordinal) as newest
  from days
  join versions on versions.prd_key = days.product_number
  group by days.product_number, days.day
),

compared as (
  select
    lines.*,
    valid.prd_id as valid_key,
    newest.prd_id as newest_key,
    try_cast(cast(valid.prd_cost as decimal(38, 2)) * lines.quantity as decimal(18, 2)) as valid_cost,
    try_cast(cast(newest.prd_cost as decimal(38, 2)) * lines.quantity as decimal(18, 2)) as newest_cost
  from lines
  left join right_versions
    on right_versions.product_number = lines.product_number and right_versions.day is not distinct from lines.day
  left join versions as valid
    on valid.prd_key = right_versions.product_number and valid.ordinal = right_versions.ordinal and lines.day is not null
  left join versions as newest
    on newest.prd_key = right_versions.product_number and newest.ordinal = right_versions.newest
)

select
  _row as key,
  case
    when product_key is distinct from valid_key then 'product_key'
    when current_product_key is distinct from newest_key then 'current_product_key'
    when cost_amount is distinct from valid_cost then 'cost_amount'
    else 'current_cost_amount'
  end as measure
from compared
where product_key is distinct from valid_key
  or current_product_key is distinct from newest_key
  or cost_amount is distinct from valid_cost
  or current_cost_amount is distinct from newest_cost
