-- One row per product number, described by its newest version.
with versions as (
  select * from {{ source('gold', 'dim_products') }}
),

lines as not materialized (
  select * from {{ source('gold', 'fct_sales') }}
),

ranked as (
  select
    *,
    row_number() over (partition by product_number order by valid_from desc nulls last, product_key desc) as age,
    count(*) over (partition by product_number) as count_versions
  from versions
  where product_number is not null
),

sold as (
  select
    lines.current_product_key,
    min(lines.order_date) as first_order_on,
    max(lines.order_date) as last_order_on,
    count(*) as count_lines,
    sum(lines.quantity) as quantity,
    sum(lines.sales_amount) as revenue_amount,
    sum(lines.cost_amount) as cost_amount,
    sum(lines.current_cost_amount) as current_cost_amount
  from lines
  where current_product_key is not null
  group by lines.current_product_key
),

orders as (
  select current_product_key, count(*) as count_orders
  from (select distinct current_product_key, order_number from lines) as orders_of_products
  group by current_product_key
),

customers as (
  select current_product_key, count(*) as count_customers
  from (
    select distinct current_product_key, customer_key from lines where customer_key is not null
  ) as customers_of_products
  group by current_product_key
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
  coalesce(orders.count_orders, 0)::bigint as count_orders,
  coalesce(customers.count_customers, 0)::bigint as count_customers,
  coalesce(sold.count_lines, 0)::bigint as count_lines,
  coalesce(sold.quantity, 0)::bigint as quantity,
  coalesce(sold.revenue_amount, 0)::numeric(38, 2) as revenue_amount,
  coalesce(sold.cost_amount, 0)::numeric(38, 2) as cost_amount,
  coalesce(sold.current_cost_amount, 0)::numeric(38, 2) as current_cost_amount
from ranked
left join sold on sold.current_product_key = ranked.product_key
left join orders on orders.current_product_key = ranked.product_key
left join customers on customers.current_product_key = ranked.product_key
where ranked.age = 1
