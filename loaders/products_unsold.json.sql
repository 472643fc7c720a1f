-- One record per product of the catalogue without a sales line, the first 200 by category; each with how many there are.
with counted as (
  select
    category,
    subcategory,
    product_number,
    product_name,
    current_cost,
    count_lines,
    cast(count(*) filter (count_lines = 0) over (partition by category) as integer) as unsold,
    cast(count(*) over (partition by category) as integer) as products
  from marts.products
),

firsts as (
  select product_number, min(valid_from) as valid_from
  from marts.product_versions
  group by product_number
)

select
  counted.category,
  counted.subcategory,
  counted.product_number,
  counted.product_name,
  cast(counted.current_cost as double) as cost,
  cast(firsts.valid_from as varchar) as valid_from,
  counted.unsold,
  counted.products
from counted
left join firsts on firsts.product_number = counted.product_number
where counted.count_lines = 0
qualify row_number() over (partition by counted.category order by counted.subcategory, counted.product_name, counted.product_number) <= 200
order by counted.unsold desc, counted.category, counted.subcategory, counted.product_name, counted.product_number
