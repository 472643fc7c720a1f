-- One row per month and product on sale: the price in cents of the version that is valid then.
with months as (
  select cast(unnest(range(36)) as integer) as month
),

valid as (
  select month, product, max(version) as version
  from months
  join versions on start_month <= month and month <= until_month
  group by month, product
)

select valid.month, valid.product, products.code, versions.number, versions.price, products.popularity, products.most
from valid
join versions using (product, version)
join products using (product)
order by valid.month, valid.product
