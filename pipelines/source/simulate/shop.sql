-- One row: how much of everything a shop of so many lines has.
with sizes as (
  select
    getvariable('lines') as lines,
    getvariable('lines') // 20 as blocks,
    greatest(getvariable('lines') / 100000, 1) as scale
),

counted as (
  select
    *,
    blocks * 10 + (
      select count(*)
      from baskets
      where pattern = pick('pattern', blocks, 64) and lines_before < lines % 20
    ) as orders,
    -- a quarter of the lines, beyond 100,000 lines growing with the power of three quarters
    cast(floor(least(lines, 100000) / 4 * sqrt(scale) * sqrt(sqrt(scale))) as bigint) as customers
  from sizes
)

select
  lines,
  orders,
  -- every thirteenth customer never buys
  greatest(customers * 12 // 13, least(orders, 1)) as buyers,
  least(600, 60 + cast(floor(sqrt(lines) / 6) as bigint)) as products
from counted
