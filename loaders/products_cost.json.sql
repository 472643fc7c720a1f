-- One record per product whose margin differs at cost today, the 60 that differ most by name, the others of a category as one:
-- what its lines cost at their order date and would cost today, apart from those whose cost is assumed.
with lines as (
  select
    product_number,
    coalesce(any_value(product_name), 'n/a') as product_name,
    any_value(category) as category,
    count(*) as lines,
    count(*) filter (is_cost_assumed) as assumed_lines,
    sum(cost_amount) as cost,
    sum(cost_amount) filter (is_cost_assumed) as assumed_cost,
    sum(current_cost_amount) as cost_today,
    sum(margin_amount) as margin,
    sum(margin_today_amount) as margin_today,
    coalesce(sum(margin_today_amount) filter (is_cost_assumed), 0)
    - coalesce(sum(margin_amount) filter (is_cost_assumed), 0) as assumed_difference
  from marts.sales
  group by product_number
),

versions as (
  select
    product_number,
    count(*) as versions,
    min_by(cost, valid_from) as first_cost,
    max(cost) filter (is_current) as current_cost
  from marts.product_versions
  group by product_number
),

ranked as (
  select
    lines.*,
    coalesce(versions.versions, 0) as versions,
    versions.first_cost,
    versions.current_cost,
    coalesce(margin_today, 0) - coalesce(margin, 0) as difference,
    row_number() over (order by abs(coalesce(margin_today, 0) - coalesce(margin, 0)) desc, lines.product_number) <= 60
    and coalesce(margin_today, 0) <> coalesce(margin, 0) as is_named
  from lines
  left join versions on versions.product_number = lines.product_number
)

select
  category,
  case when is_named then product_number end as product_number,
  any_value(product_name) filter (is_named) as product_name,
  cast(any_value(first_cost) filter (is_named) as double) as first_cost,
  cast(any_value(current_cost) filter (is_named) as double) as current_cost,
  cast(sum(lines) as integer) as lines,
  cast(sum(assumed_lines) as integer) as assumed_lines,
  cast(coalesce(sum(cost), 0) as double) as cost,
  cast(coalesce(sum(assumed_cost), 0) as double) as assumed_cost,
  cast(coalesce(sum(cost_today), 0) as double) as cost_today,
  cast(coalesce(sum(margin), 0) as double) as margin,
  cast(coalesce(sum(margin_today), 0) as double) as margin_today,
  cast(sum(difference) as double) as difference,
  cast(sum(assumed_difference) as double) as assumed_difference,
  cast(count(product_number) as integer) as products,
  cast(count(*) filter (difference <> 0) as integer) as moved_products,
  cast(count(*) filter (versions > 1) as integer) as versioned_products
from ranked
group by category, is_named, case when is_named then product_number end
order by abs(sum(difference)) desc, product_number, category
