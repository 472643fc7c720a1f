-- One record per subcategory with products that were never sold: how many, of how many, and whether any of it sells.
with counted as (
  select
    category,
    subcategory,
    cast(count(*) as integer) as products,
    cast(count(*) filter (count_lines = 0) as integer) as unsold,
    cast(sum(revenue_amount) as decimal(38, 2)) as revenue
  from marts.products
  group by category, subcategory
),

totals as (
  select cast(count(*) as integer) as all_products, cast(count(*) filter (count_lines = 0) as integer) as all_unsold
  from marts.products
)

-- one record stays even where everything was sold
select
  counted.category,
  counted.subcategory,
  counted.products,
  counted.unsold,
  counted.revenue,
  counted.products > counted.unsold as is_sold,
  totals.all_products,
  totals.all_unsold
from totals
left join counted on counted.unsold > 0
order by counted.unsold desc, counted.category, counted.subcategory
limit 500
