-- One row per 500 orders of a day at most.
select
  day,
  month,
  first_order,
  next_order - first_order as orders,
  first_buyer,
  next_buyer - first_buyer as new_buyers,
  unnest(range(first_order, next_order, 500)) as slice_from,
  least(unnest(range(first_order, next_order, 500)) + 500, next_order) as slice_until
from days
order by slice_from
