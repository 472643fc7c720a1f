-- One row per bronze row: the latest record of each customer stays.
with records as (
  select * from bronze.crm_cust_info
),

typed as (
  select
    _row,
    try_cast(split_part(nullif(regexp_extract(trim(cst_id), '^[+-]?[0-9]+([.]0+)?$', 0), ''), '.', 1) as bigint) as cst_id,
    trim(cst_key) as cst_key,
    trim(cst_firstname) as cst_firstname,
    trim(cst_lastname) as cst_lastname,
    upper(trim(cst_marital_status)) as marital_code,
    upper(trim(cst_gndr)) as gender_code,
    nullif(trim(cst_create_date), '') as create_text,
    try_cast(regexp_extract(trim(cst_create_date), '^([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00([.]0+)?)?$', 1) as date) as create_date
  from records
),

ranked as (
  select
    *,
    row_number() over (partition by cst_id order by create_date desc nulls last, _row desc) as recency
  from typed
)

select
  _row,
  case
    when cst_id is null then 'missing customer id'
    when recency > 1 then 'superseded by a later record'
  end as _reject_reason,
  cst_id,
  cst_key,
  cst_firstname,
  cst_lastname,
  case marital_code when 'S' then 'Single' when 'M' then 'Married' else 'n/a' end as cst_marital_status,
  case gender_code when 'F' then 'Female' when 'M' then 'Male' else 'n/a' end as cst_gndr,
  create_date as cst_create_date,
  create_date as reported_cst_create_date,
  case when create_date is null and create_text is not null then 'not a date' end as cst_create_date_rule
from ranked
