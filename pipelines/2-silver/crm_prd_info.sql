-- One row per bronze row: a version of a product ends the day before the next version of the same key starts.
with records as (
  select * from bronze.crm_prd_info
),

typed as (
  select
    _row,
    try_cast(split_part(nullif(regexp_extract(trim(prd_id), '^[+-]?[0-9]+([.]0+)?$', 0), ''), '.', 1) as bigint) as prd_id,
    nullif(trim(prd_key), '') as full_key,
    trim(prd_nm) as prd_nm,
    nullif(trim(prd_cost), '') as cost_text,
    nullif(regexp_extract(trim(prd_cost), '^[+-]?[0-9]*[.]?[0-9]+$', 0), '') as cost_number,
    upper(trim(prd_line)) as line_code,
    nullif(trim(prd_start_dt), '') as start_text,
    try_cast(regexp_extract(trim(prd_start_dt), '^([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00([.]0+)?)?$', 1) as date) as start_date,
    nullif(trim(prd_end_dt), '') as end_text,
    try_cast(regexp_extract(trim(prd_end_dt), '^([0-9]{4}-[0-9]{2}-[0-9]{2})( 00:00:00([.]0+)?)?$', 1) as date) as reported_end_date
  from records
),

costed as (
  select
    *,
    coalesce(full_key, concat_ws('', '#', cast(prd_id as string))) as version_key,
    try_cast(cost_number as decimal(18, 2)) as reported_cost,
    regexp_extract(cost_number, '[.][0-9][0-9][0-9]*[1-9]', 0) <> '' as is_cost_rounded
  from typed
),

by_id as (
  select
    *,
    row_number() over (partition by prd_id order by _row desc) as id_rank
  from costed
),

by_start as (
  select
    *,
    prd_id is not null and id_rank = 1 as has_id,
    row_number() over (
      partition by version_key, start_date, prd_id is not null and id_rank = 1
      order by _row desc
    ) as start_rank
  from by_id
),

judged as (
  select
    *,
    case
      when prd_id is null then 'missing product id'
      when not has_id or start_rank > 1 then 'superseded by a later record'
    end as reject_reason
  from by_start
),

versions as (
  select
    *,
    lead(start_date) over (
      partition by version_key, reject_reason is null
      order by start_date nulls first
    ) - 1 as end_date
  from judged
)

select
  _row,
  reject_reason as _reject_reason,
  prd_id,
  replace(substring(full_key, 1, 5), '-', '_') as cat_id,
  nullif(substring(full_key, 7), '') as prd_key,
  prd_nm,
  coalesce(reported_cost, 0) as prd_cost,
  reported_cost as reported_prd_cost,
  case
    when cost_text is null then 'missing cost'
    when reported_cost is null then 'not a number'
    when is_cost_rounded then 'rounded to the cent'
  end as prd_cost_rule,
  case line_code
    when 'M' then 'Mountain'
    when 'R' then 'Road'
    when 'S' then 'Other Sales'
    when 'T' then 'Touring'
    else 'n/a'
  end as prd_line,
  start_date as prd_start_dt,
  start_date as reported_prd_start_dt,
  case when start_date is null and start_text is not null then 'not a date' end as prd_start_dt_rule,
  end_date as prd_end_dt,
  reported_end_date as reported_prd_end_dt,
  case
    when reported_end_date is null and end_text is not null then 'not a date'
    when end_date is distinct from reported_end_date and end_date is null then 'the newest version is open'
    when end_date is distinct from reported_end_date then 'ends the day before the next version'
  end as prd_end_dt_rule
from versions
