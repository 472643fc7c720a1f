-- One row per sales line of gold, with the words of its dimensions: what every measure and dimension is defined on.
-- Written in the SQL that PostgreSQL and DuckDB read alike: the lake shows the same view.
with lines as (
  select * from {{ source('gold', 'fct_sales') }}
),

customers as (
  select * from {{ source('gold', 'dim_customers') }}
),

-- the band alone: a birth date is withheld where the lake shows this view to the site
ages as (
  select customer_key, age_band from {{ ref('customers') }}
),

products as (
  select * from {{ source('gold', 'dim_products') }}
),

dates as (
  select * from {{ source('gold', 'dim_dates') }}
)

select
  lines.sale_key,
  lines.order_number,
  lines.order_date,
  lines.ship_date,
  lines.due_date,
  lines.customer_key,
  lines.current_product_key as product_key,
  products.product_number,
  coalesce(products.product_name, 'n/a') as product_name,
  coalesce(products.category, 'n/a') as category,
  coalesce(products.subcategory, 'n/a') as subcategory,
  coalesce(products.product_line, 'n/a') as product_line,
  coalesce(customers.country, 'n/a') as country,
  coalesce(customers.gender, 'n/a') as gender,
  coalesce(customers.marital_status, 'n/a') as marital_status,
  coalesce(dates.weekday, 'n/a') as weekday,
  coalesce(dates.month_name, 'n/a') as month_name,
  lines.quantity,
  lines.unit_price,
  lines.sales_amount,
  lines.reported_sales_amount,
  lines.cost_amount,
  lines.current_cost_amount,
  cast(lines.sales_amount as decimal(38, 2)) - lines.cost_amount as margin_amount,
  lines.is_corrected,
  lines.product_key as version_key,
  coalesce(coalesce(lines.order_date, lines.ship_date) < versions.valid_from, false) as is_cost_assumed,
  cast(lines.sales_amount as decimal(38, 2)) - lines.current_cost_amount as margin_today_amount,
  cast(lines.reported_sales_amount as decimal(38, 2)) - lines.cost_amount as reported_margin_amount,
  cast(lines.reported_sales_amount as decimal(38, 2)) - lines.current_cost_amount as reported_margin_today_amount,
  lines._row,
  coalesce(ages.age_band, 'n/a') as age_band
from lines
left join customers on customers.customer_key = lines.customer_key
left join ages on ages.customer_key = lines.customer_key
left join products on products.product_key = lines.current_product_key
left join products as versions on versions.product_key = lines.product_key
left join dates on dates.date_day = lines.order_date
