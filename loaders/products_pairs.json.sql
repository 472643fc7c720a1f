-- One record per pair of products in at least a thousandth of the orders (and in five): the 150 most frequent and the 150
-- with the largest lift, each from the product whose orders hold the other more often.
with limits as (
  select greatest(5, ceil(0.001 * max(count_all_orders))) as least from marts.product_pairs
),

once as (
  select pairs.*
  from marts.product_pairs as pairs
  left join marts.product_pairs as back
    on back.product_number = pairs.other_product_number and back.other_product_number = pairs.product_number
  where pairs.count_orders >= (select least from limits)
    and (
      back.product_number is null
      or pairs.confidence > back.confidence
      or (pairs.confidence = back.confidence and pairs.product_number < back.product_number)
    )
),

ranked as (
  select
    *,
    row_number() over (order by count_orders desc, product_number, other_product_number) as place,
    row_number() over (order by lift desc, product_number, other_product_number) as lift_place,
    count(*) over () as pairs
  from once
)

select
  ranked.product_number,
  products.product_name,
  products.category,
  ranked.other_product_number,
  others.product_name as other_product_name,
  others.category as other_category,
  cast(ranked.count_orders as integer) as orders,
  cast(ranked.count_product_orders as integer) as product_orders,
  cast(ranked.count_other_orders as integer) as other_orders,
  cast(ranked.count_all_orders as integer) as all_orders,
  ranked.support,
  ranked.confidence,
  ranked.lift,
  cast((select least from limits) as integer) as least,
  cast(ranked.pairs as integer) as pairs
from ranked
join marts.products as products on products.product_number = ranked.product_number
join marts.products as others on others.product_number = ranked.other_product_number
where ranked.place <= 150 or ranked.lift_place <= 150
order by ranked.place
