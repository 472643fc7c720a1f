-- One row per product number, described by its newest version.
with versions as (
  select * from {{ source('gold', 'dim_products') }}
),

lines as (
  select * from {{ source('gold', 'fct_sales') }}
),

ranked as (
  select
    *,
    row_number() over (partition by product_number order by is_current desc, valid_from desc nulls last, product_key desc) as age,
    count(*) over (partition by product_number) as count_versions
  from versions
  where product_number is not null
),

sold as (
  select
    versions.product_number,
    min(lines.order_date) as first_order_on,
    max(lines.order_date) as last_order_on,
    count(distinct lines.order_number) as count_orders,
    count(distinct lines.customer_key) as count_customers,
    count(*) as count_lines,
    sum(lines.quantity) as quantity,
    sum(lines.sales_amount) as revenue_amount,
    sum(lines.cost_amount) as cost_amount,
    sum(lines.current_cost_amount) as current_cost_amount
  from lines
  join versions on versions.product_key = lines.current_product_key
  group by versions.product_number
)

select
  ranked.product_number::text as product_number,
  ranked.product_key::bigint as current_product_key,
  ranked.product_name::text as product_name,
  coalesce(ranked.category, 'n/a')::text as category,
  coalesce(ranked.subcategory, 'n/a')::text as subcategory,
  ranked.product_line::text as product_line,
  ranked.cost::numeric(38, 2) as current_cost,
  ranked.count_versions::bigint as count_versions,
  sold.first_order_on::date as first_order_on,
  sold.last_order_on::date as last_order_on,
  coalesce(sold.count_orders, 0)::bigint as count_orders,
  coalesce(sold.count_customers, 0)::bigint as count_customers,
  coalesce(sold.count_lines, 0)::bigint as count_lines,
  coalesce(sold.quantity, 0)::bigint as quantity,
  coalesce(sold.revenue_amount, 0)::numeric(38, 2) as revenue_amount,
  coalesce(sold.cost_amount, 0)::numeric(38, 2) as cost_amount,
  coalesce(sold.current_cost_amount, 0)::numeric(38, 2) as current_cost_amount
from ranked
left join sold on sold.product_number = ranked.product_number
where ranked.age = 1
