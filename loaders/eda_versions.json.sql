-- One record per category: lines older than the first known version of their product, whose cost is therefore assumed,
-- and the cost at the order date against the newest cost.
with firsts as (
  select product_number, min(valid_from) as first_version_on, count(*) as versions
  from gold.dim_products
  group by product_number
)

select
  sales.category,
  cast(count(*) as integer) as lines,
  cast(count(*) filter (sales.order_date < firsts.first_version_on) as integer) as assumed_lines,
  cast(count(*) filter (sales.cost_amount is null) as integer) as lines_without_cost,
  cast(count(distinct sales.product_number) as integer) as products,
  cast(count(distinct sales.product_number) filter (firsts.versions > 1) as integer) as versioned_products,
  cast(coalesce(sum(sales.sales_amount), 0) as decimal(38, 2)) as revenue,
  cast(coalesce(sum(sales.margin_amount), 0) as decimal(38, 2)) as margin,
  cast(coalesce(sum(sales.margin_amount) filter (sales.order_date < firsts.first_version_on), 0) as decimal(38, 2)) as assumed_margin,
  cast(coalesce(sum(sales.cost_amount), 0) as decimal(38, 2)) as cost,
  cast(coalesce(sum(sales.current_cost_amount), 0) as decimal(38, 2)) as current_cost
from marts.sales as sales
left join firsts using (product_number)
group by sales.category
order by revenue desc, sales.category
