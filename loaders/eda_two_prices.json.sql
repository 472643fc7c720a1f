-- One record per product sold at more than one price, corrected lines aside: the oldest and the newest price.
with lines as (
  select product_number, product_name, category, order_date, unit_price, quantity, sales_amount
  from marts.sales
  where order_date is not null and unit_price is not null and not is_corrected and product_number is not null
),

products as (
  select
    product_number,
    product_name,
    category,
    cast(count(distinct unit_price) as integer) as prices,
    min_by(unit_price, order_date) as first_price,
    max_by(unit_price, order_date) as last_price,
    sum(sales_amount) as revenue
  from lines
  group by all
),

steps as (
  select
    lines.product_number,
    min(lines.order_date) filter (lines.unit_price = products.last_price) as changed_on,
    max(lines.order_date) filter (lines.unit_price = products.first_price) as first_until,
    cast(sum(lines.quantity) filter (lines.unit_price = products.first_price) as bigint) as first_pieces,
    cast(sum(lines.quantity) filter (lines.unit_price = products.last_price) as bigint) as last_pieces
  from lines
  join products using (product_number)
  where products.prices > 1
  group by lines.product_number
),

-- one record stays even where no product had two prices
totals as (
  select
    cast(count(*) as integer) as all_products,
    cast(count(*) filter (prices > 1) as integer) as repriced_products
  from products
)

select
  product_name,
  category,
  prices,
  first_price,
  last_price,
  cast(last_price / nullif(cast(first_price as double), 0) - 1 as double) as change,
  changed_on,
  first_until,
  first_pieces,
  last_pieces,
  cast(revenue as decimal(38, 2)) as revenue,
  totals.all_products,
  totals.repriced_products
from totals
left join products on products.prices > 1
left join steps on steps.product_number = products.product_number
order by revenue desc, product_name
limit 200
