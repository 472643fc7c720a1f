-- One row per product version with lines at its cost: what they cost then and would cost today.
with versions as (
  select * from {{ source('gold', 'dim_products') }}
),

lines as not materialized (
  select * from {{ ref('sales') }}
),

sold as (
  select
    version_key,
    count(*) as count_lines,
    sum(quantity) as quantity,
    sum(sales_amount) as revenue_amount,
    sum(cost_amount) as cost_amount,
    sum(current_cost_amount) as current_cost_amount,
    sum(margin_amount) as margin_amount,
    sum(margin_today_amount) as margin_today_amount,
    count(*) filter (where is_cost_assumed) as assumed_lines,
    sum(cost_amount) filter (where is_cost_assumed) as assumed_cost_amount
  from lines
  where version_key is not null
  group by version_key
)

select
  versions.product_key::bigint as product_key,
  versions.product_number::text as product_number,
  versions.product_name::text as product_name,
  coalesce(versions.category, 'n/a')::text as category,
  versions.valid_from::date as valid_from,
  versions.valid_to::date as valid_to,
  versions.is_current::boolean as is_current,
  versions.cost::numeric(38, 2) as cost,
  coalesce(sold.count_lines, 0)::bigint as count_lines,
  coalesce(sold.quantity, 0)::bigint as quantity,
  coalesce(sold.revenue_amount, 0)::numeric(38, 2) as revenue_amount,
  coalesce(sold.cost_amount, 0)::numeric(38, 2) as cost_amount,
  coalesce(sold.current_cost_amount, 0)::numeric(38, 2) as current_cost_amount,
  coalesce(sold.margin_amount, 0)::numeric(38, 2) as margin_amount,
  coalesce(sold.margin_today_amount, 0)::numeric(38, 2) as margin_today_amount,
  (coalesce(sold.margin_today_amount, 0) - coalesce(sold.margin_amount, 0))::numeric(38, 2) as margin_difference_amount,
  coalesce(sold.assumed_lines, 0)::bigint as assumed_lines,
  coalesce(sold.assumed_cost_amount, 0)::numeric(38, 2) as assumed_cost_amount
from versions
left join sold on sold.version_key = versions.product_key
