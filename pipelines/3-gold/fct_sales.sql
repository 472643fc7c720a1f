-- One row per kept sales line, whatever the dimensions know about it.
with lines as (
  select
    *,
    coalesce(sls_order_dt, sls_ship_dt) as version_date,
    concat_ws('/', sls_ord_num, coalesce(sls_prd_key, '')) as line_key
  from silver.crm_sales_details
),

customers as (
  select cst_id from silver.crm_cust_info
),

products as (
  select * from silver.crm_prd_info
),

-- the first version reaches back, the newest is open; of two with one start the span of the first is empty
versions as (
  select
    prd_id,
    prd_key,
    prd_cost,
    case
      when row_number() over (partition by prd_key order by prd_start_dt nulls first, prd_id) = 1 then date '0001-01-01'
      else prd_start_dt
    end as starts_on,
    lead(prd_start_dt) over (partition by prd_key order by prd_start_dt nulls first, prd_id) as next_starts_on,
    row_number() over (partition by prd_key order by prd_start_dt desc nulls last, prd_id desc) as age
  from products
  where prd_key is not null
),

current_versions as (
  select prd_id, prd_key, prd_cost
  from versions
  where age = 1
)

select
  concat_ws('/', lines.line_key, cast(row_number() over (partition by lines.line_key order by lines._row) as string))
    as sale_key,
  lines.sls_ord_num as order_number,
  lines.sls_order_dt as order_date,
  lines.sls_ship_dt as ship_date,
  lines.sls_due_dt as due_date,
  customers.cst_id as customer_key,
  versions.prd_id as product_key,
  current_versions.prd_id as current_product_key,
  lines.sls_quantity as quantity,
  lines.sls_price as unit_price,
  lines.sls_sales as sales_amount,
  lines.reported_sls_sales as reported_sales_amount,
  try_cast(cast(versions.prd_cost as decimal(38, 2)) * lines.sls_quantity as decimal(18, 2)) as cost_amount,
  try_cast(cast(current_versions.prd_cost as decimal(38, 2)) * lines.sls_quantity as decimal(18, 2)) as current_cost_amount,
  coalesce(
    lines.sls_cust_id_rule, lines.sls_order_dt_rule, lines.sls_ship_dt_rule, lines.sls_due_dt_rule,
    lines.sls_sales_rule, lines.sls_quantity_rule, lines.sls_price_rule
  ) is not null as is_corrected,
  lines._row
from lines
left join customers on customers.cst_id = lines.sls_cust_id
left join versions
  on versions.prd_key = lines.sls_prd_key
  and lines.version_date >= versions.starts_on
  and (versions.next_starts_on is null or lines.version_date < versions.next_starts_on)
left join current_versions on current_versions.prd_key = lines.sls_prd_key
