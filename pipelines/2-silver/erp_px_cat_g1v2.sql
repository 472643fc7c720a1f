-- One row per bronze row: the categories, as they are.
with records as (
  select * from bronze.erp_px_cat_g1v2
),

ranked as (
  select
    *,
    row_number() over (partition by id order by _row desc) as recency
  from records
)

select
  _row,
  case
    when coalesce(id, '') = '' then 'missing category id'
    when recency > 1 then 'superseded by a later record'
  end as _reject_reason,
  id,
  cat,
  subcat,
  maintenance
from ranked
