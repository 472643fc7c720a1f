-- One record per product of the last twelve months: mean price paid and pieces, with how much of the differences in pieces
-- the price explains (R² of the logarithms), across all products and within each category.
with sold as (
  select
    product_number,
    any_value(product_name) as product_name,
    any_value(category) as category,
    sum(quantity) as pieces,
    sum(sales_amount) as revenue
  from marts.sales
  where product_number is not null
    and order_date > (select max(ends_on) from marts.periods) - interval 1 year
    and order_date <= (select max(ends_on) from marts.periods)
  group by product_number
  having sum(quantity) > 0 and sum(sales_amount) > 0
),

priced as (
  select
    *,
    cast(revenue as double) / pieces as price,
    ln(cast(pieces as double)) as log_pieces,
    ln(cast(revenue as double) / pieces) as log_price
  from sold
),

overall as (
  select
    count(*) as products,
    -- in one product, or at one price, there is nothing to explain
    case when count(*) > 2 and var_pop(log_price) > 1e-12 and var_pop(log_pieces) > 1e-12 then regr_r2(log_pieces, log_price) end as r2,
    case when count(*) > 2 and var_pop(log_price) > 1e-12 then regr_slope(log_pieces, log_price) end as slope
  from priced
),

within as (
  select
    category,
    count(*) as products,
    case when count(*) > 2 and var_pop(log_price) > 1e-12 and var_pop(log_pieces) > 1e-12 then regr_r2(log_pieces, log_price) end as r2,
    case when count(*) > 2 and var_pop(log_price) > 1e-12 then regr_slope(log_pieces, log_price) end as slope
  from priced
  group by category
)

select
  priced.product_name,
  priced.category,
  priced.price,
  cast(priced.pieces as bigint) as pieces,
  cast(priced.revenue as decimal(38, 2)) as revenue,
  cast(within.products as integer) as category_products,
  -- the last digits of sums of logarithms depend on their order
  round(within.r2, 9) as category_r2,
  round(within.slope, 9) as category_slope,
  cast(overall.products as integer) as products,
  round(overall.r2, 9) as r2,
  round(overall.slope, 9) as slope
from priced
join within on within.category = priced.category
cross join overall
order by priced.revenue desc, priced.product_number
limit 500
