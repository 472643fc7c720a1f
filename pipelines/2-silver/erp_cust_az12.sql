-- One row per bronze row: a birth date after today is no birth date.
with records as (
  select * from bronze.erp_cust_az12
),

typed as (
  select
    _row,
    case when trim(cid) like 'NAS%' then substring(trim(cid), 4) else trim(cid) end as cid,
    nullif(trim(bdate), '') as birth_text,
    try_cast(regexp_extract(trim(bdate), '^([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00([.]0+)?)?$', 1) as date) as birth_date,
    upper(trim(gen)) as gender_code
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
  case when birth_date <= today then birth_date end as bdate,
  birth_date as reported_bdate,
  case
    when birth_date is null and birth_text is not null then 'not a date'
    when birth_date > today then 'after today'
  end as bdate_rule,
  case
    when gender_code in ('F', 'FEMALE') then 'Female'
    when gender_code in ('M', 'MALE') then 'Male'
    else 'n/a'
  end as gen
from ranked
cross join run
