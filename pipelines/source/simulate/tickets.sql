-- 4096 tickets a month, shared among the products on sale by popularity and season.
with weighed as (
  select
    offers.month,
    offers.product,
    offers.popularity * factors[1 + (offers.month + 6) % 12] as weight,
    draw('ticket', offers.product) as shuffle
  from offers
  join products using (product)
),

summed as (
  select
    *,
    sum(weight) over (partition by month order by shuffle) as weight_until,
    sum(weight) over (partition by month) as weight_total
  from weighed
)

select
  month,
  product,
  unnest(range(
    cast(4096 * (weight_until - weight) // weight_total as bigint),
    cast(4096 * weight_until // weight_total as bigint)
  )) as ticket
from summed
order by month, ticket
