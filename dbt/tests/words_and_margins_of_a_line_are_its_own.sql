-- Every word of a line is that of its dimension, every margin its money less its cost.
select lines.sale_key
from {{ ref('sales') }} as lines
left join {{ source('gold', 'dim_customers') }} as customers on customers.customer_key = lines.customer_key
left join {{ ref('customers') }} as buyers on buyers.customer_key = lines.customer_key
left join {{ source('gold', 'dim_products') }} as products on products.product_key = lines.product_key
left join {{ source('gold', 'dim_dates') }} as dates on dates.date_day = lines.order_date
where lines.country is distinct from coalesce(customers.country, 'n/a')
  or lines.gender is distinct from coalesce(customers.gender, 'n/a')
  or lines.marital_status is distinct from coalesce(customers.marital_status, 'n/a')
  or lines.age_band is distinct from coalesce(buyers.age_band, 'n/a')
  or lines.category is distinct from coalesce(products.category, 'n/a')
  or lines.subcategory is distinct from coalesce(products.subcategory, 'n/a')
  or lines.product_line is distinct from coalesce(products.product_line, 'n/a')
  or lines.product_name is distinct from coalesce(products.product_name, 'n/a')
  or lines.weekday is distinct from coalesce(dates.weekday, 'n/a')
  or lines.month_name is distinct from coalesce(dates.month_name, 'n/a')
  or lines.margin_amount is distinct from lines.sales_amount - lines.cost_amount
  or lines.margin_today_amount is distinct from lines.sales_amount - lines.current_cost_amount
  or lines.reported_margin_amount is distinct from lines.reported_sales_amount - lines.cost_amount
  or lines.reported_margin_today_amount is distinct from lines.reported_sales_amount - lines.current_cost_amount
