-- The products as the CRM exports them: end dates not to be trusted, some costs missing, some versions twice.
with dated as (
  select
    *,
    lead(start_on) over (partition by product order by version) as next_start_on
  from versions
),

records as (
  select *, unnest(case when product % 29 = 5 and version = 0 then [true, false] else [false] end) as is_twin
  from dated
),

numbered as (
  select
    *,
    100 + row_number() over (order by product, version, is_twin desc) as prd_id
  from records
)

select
  cast(prd_id as varchar) as prd_id,
  code || '-' || number as prd_key,
  case when prd_id % 43 = 7 then ' ' || name || ' ' else name end as prd_nm,
  case
    when prd_id % 151 = 20 then null
    when prd_id % 173 = 30 then ''
    when prd_id % 197 = 40 then 'tbd'
    when is_twin then cast(cast((cost - cost // 10) * 0.01 as decimal(18, 2)) as varchar)
    else cast(cast(cost * 0.01 as decimal(18, 2)) as varchar)
  end as prd_cost,
  case
    when prd_id % 19 = 3 then null
    when prd_id % 61 = 10 then ''
    when prd_id % 67 = 11 then ' '
    when prd_id % 23 = 4 then lower(line)
    else line || ' '
  end as prd_line,
  cast(start_on as varchar) as prd_start_dt,
  case
    when next_start_on is null and until_month < 35
      then cast(cast(date '2023-07-01' + to_months(cast(until_month + 1 as integer)) as date) - 1 as varchar)
    when next_start_on is not null and prd_id % 2 = 0
      then cast(start_on - 200 - cast(pick('end', prd_id, 1200) as integer) as varchar)
    when next_start_on is not null then cast(next_start_on - 1 as varchar)
  end as prd_end_dt
from numbered
order by numbered.prd_id
