-- One row per version of a product: price and cost in cents, valid from the first of a month.
with versions as (
  select
    *,
    unnest(range(1 + [0, 0, 0, 1, 1, 1, 1, 1, 2, 2][1 + pick('versions', product, 10)])) as version
  from products
),

dated as (
  select
    * exclude (start_month),
    start_month
    + case when version > 0 then 8 + pick('second', product, 8) else 0 end
    + case when version > 1 then 8 + pick('third', product, 8) else 0 end as start_month,
    pick('cheaper', product, 8) = 0 as is_cheaper
  from versions
),

changed as (
  select
    *,
    version * case when is_cheaper then -20 - pick('change', product, 30) else 30 + pick('change', product, 80) end
      as price_change,
    version * (pick('cost change', product, 45) - 20) as extra_change
  from dated
  where version = 0 or start_month <= until_month
),

repriced as (
  select
    *,
    price * (1000 + price_change) // 1000 as about,
    price * (1000 - margin) * (1000 + price_change + case when is_cheaper then -abs(extra_change) else extra_change end)
      // 1000000 as new_cost
  from changed
)

select
  product,
  version,
  code,
  number,
  name,
  line,
  cast(start_month as integer) as start_month,
  cast(date '2023-07-01' + to_months(cast(start_month as integer)) as date) as start_on,
  until_month,
  case
    when version = 0 then price
    when about < 2000 then about - about % 5
    when is_cheaper then about - about % 100 - 1
    else about - about % 100 + 99
  end as price,
  new_cost as cost
from repriced
order by product, version
