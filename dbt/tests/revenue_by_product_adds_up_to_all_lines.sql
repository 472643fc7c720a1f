-- Two ways to the same money must agree to the cent.
with by_product as (
  select coalesce(sum(revenue_amount), 0) as amount from {{ ref('products') }}
),

unknown as (
  select coalesce(sum(sales_amount), 0) as amount
  from {{ source('gold', 'fct_sales') }}
  where current_product_key is null
),

everything as (
  select coalesce(sum(sales_amount), 0) as amount from {{ source('gold', 'fct_sales') }}
)

select by_product.amount as by_product, unknown.amount as of_unknown_products, everything.amount as all_lines
from by_product
cross join unknown
cross join everything
where by_product.amount + unknown.amount <> everything.amount
