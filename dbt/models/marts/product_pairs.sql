-- One row per product and another one bought in the same order, in at least five orders: the 25 most frequent of each.
with lines as not materialized (
  select * from {{ source('gold', 'fct_sales') }}
),

products as (
  select current_product_key, product_number, count_orders from {{ ref('products') }}
),

-- an order of more than 100 products is a list, not a basket
baskets as (
  select order_number, array_agg(distinct current_product_key order by current_product_key) as product_keys
  from lines
  where current_product_key is not null
  group by order_number
  having count(distinct current_product_key) between 2 and 100
),

together as (
  select one.product_key, other.product_key as other_key, count(*) as count_orders
  from baskets
  cross join lateral unnest(baskets.product_keys) with ordinality as one(product_key, place)
  cross join lateral unnest(baskets.product_keys[one.place + 1:]) as other(product_key)
  group by one.product_key, other.product_key
  having count(*) >= 5
),

both_ways as (
  select product_key, other_key, count_orders from together
  union all
  select other_key, product_key, count_orders from together
),

ranked as (
  select *, row_number() over (partition by product_key order by count_orders desc, other_key) as place
  from both_ways
),

orders as (
  select count(distinct order_number) as count_orders from lines
)

select
  products.product_number::text as product_number,
  others.product_number::text as other_product_number,
  ranked.count_orders::bigint as count_orders,
  products.count_orders::bigint as count_product_orders,
  others.count_orders::bigint as count_other_orders,
  orders.count_orders::bigint as count_all_orders,
  (ranked.count_orders::double precision / orders.count_orders)::double precision as support,
  (ranked.count_orders::double precision / products.count_orders)::double precision as confidence,
  (
    ranked.count_orders::double precision / products.count_orders / others.count_orders * orders.count_orders
  )::double precision as lift
from ranked
join products on products.current_product_key = ranked.product_key
join products as others on others.current_product_key = ranked.other_key
cross join orders
where ranked.place <= 25
