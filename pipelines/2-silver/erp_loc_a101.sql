-- One row per bronze row: the country of a customer in words.
with records as (
  select * from bronze.erp_loc_a101
),

typed as (
  select
    _row,
    replace(trim(cid), '-', '') as cid,
    trim(cntry) as country
  from records
),

ranked as (
  select
    *,
    row_number() over (partition by cid order by _row desc) as recency
  from typed
)

select
  _row,
  case
    when coalesce(cid, '') = '' then 'missing customer id'
    when recency > 1 then 'superseded by a later record'
  end as _reject_reason,
  cid,
  case
    when country = 'DE' then 'Germany'
    when country in ('US', 'USA') then 'United States'
    when coalesce(country, '') = '' then 'n/a'
    else country
  end as cntry
from ranked
