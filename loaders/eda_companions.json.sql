-- One record per subcategory bought with the one that is bought most often with others: orders with both, held against all orders.
with baskets as (
  select distinct order_number, subcategory, category
  from marts.sales
  where product_number is not null
),

mixed as (
  select order_number
  from baskets
  group by order_number
  having count(*) > 1
),

anchors as (
  select
    subcategory,
    category,
    count(*) as orders,
    count(mixed.order_number) as mixed_orders
  from baskets
  left join mixed on mixed.order_number = baskets.order_number
  group by subcategory, category
),

anchor as (
  select *
  from anchors
  where mixed_orders > 0 and subcategory <> 'n/a'
  order by mixed_orders desc, subcategory, category
  limit 1
),

together as (
  select others.subcategory, others.category, count(*) as orders
  from baskets as own
  join anchor on anchor.subcategory = own.subcategory and anchor.category = own.category
  join baskets as others
    on others.order_number = own.order_number
    and (others.subcategory <> own.subcategory or others.category <> own.category)
  group by others.subcategory, others.category
),

totals as (
  select cast(count(distinct order_number) as integer) as all_orders
  from baskets
)

-- one record stays even where every order holds one subcategory
select
  anchor.subcategory as anchor,
  cast(anchor.orders as integer) as anchor_orders,
  cast(anchor.mixed_orders as integer) as mixed_orders,
  together.subcategory,
  together.category,
  cast(together.orders as integer) as orders,
  cast(anchors.orders as integer) as other_orders,
  cast(together.orders as double) / anchor.orders as share,
  cast(together.orders as double) / anchor.orders / anchors.orders * totals.all_orders as lift,
  totals.all_orders
from totals
left join anchor on true
left join together on together.orders >= 5
left join anchors on anchors.subcategory = together.subcategory and anchors.category = together.category
order by together.orders desc, together.subcategory
limit 100
