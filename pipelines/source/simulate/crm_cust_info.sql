-- The customers as the CRM exports them: some twice, some without an id, some mistyped.
with rolled as (
  select *, pick('records', customer, 1000) as roll
  from customers
),

records as (
  select
    *,
    unnest(case
      when roll < 4 then ['earlier', 'kept']
      when roll < 7 then ['kept', 'earlier']
      when roll < 9 then ['kept', 'later']
      when roll < 11 then ['kept', 'tie']
      when roll < 12 then ['kept', 'undated']
      when roll < 13 then ['kept', 'null id']
      when roll < 14 then ['kept', 'empty id']
      when roll < 15 then ['text id', 'kept']
      else ['kept']
    end) as record
  from rolled
),

drawn as (
  select
    *,
    record in ('null id', 'empty id', 'text id') as is_lost,
    draw('crm ' || record, customer) as luck,
    draw('crm dirt ' || record, customer) as dirt
  from records
),

coded as (
  select
    *,
    case when record = 'earlier' or luck % 100 < 46 then 'S' else 'M' end as marital_code,
    case when is_woman then 'F' else 'M' end as gender_code,
    created_on + case record
      when 'earlier' then -20 - cast(luck // 100 % 300 as integer)
      when 'later' then 3 + cast(luck // 100 % 200 as integer)
      else 0
    end as recorded_on
  from drawn
)

select
  case record
    when 'null id' then null
    when 'empty id' then ''
    when 'text id' then 'n/a'
    else cast(customer_id as varchar)
  end as cst_id,
  case when is_lost then 'X' || cast(luck // 100000 % 10000 as varchar) else customer_number end as cst_key,
  case
    when is_lost then null
    when dirt % 1000 < 20 then ' ' || first_name
    when dirt % 1000 < 35 then first_name || '  '
    when dirt % 1000 < 38 then ''
    when dirt % 1000 < 41 then null
    when dirt % 1000 < 44 then first_name || ' "' || left(first_name, 2) || '"'
    else first_name
  end as cst_firstname,
  case
    when is_lost then null
    when dirt // 1000 % 1000 < 20 then family_name || ' '
    when dirt // 1000 % 1000 < 35 then '  ' || family_name
    when dirt // 1000 % 1000 < 37 then null
    else family_name
  end as cst_lastname,
  case
    when is_lost or dirt // 1000000 % 1000 < 8 then null
    when dirt // 1000000 % 1000 < 12 then ''
    when dirt // 1000000 % 1000 < 15 then ' '
    when dirt // 1000000 % 1000 < 35 then lower(marital_code)
    when dirt // 1000000 % 1000 < 45 then marital_code || ' '
    else marital_code
  end as cst_marital_status,
  case
    when is_lost or dirt // 1000000000 % 1000 < 90 then null
    when dirt // 1000000000 % 1000 < 100 then ''
    when dirt // 1000000000 % 1000 < 104 then ' '
    when dirt // 1000000000 % 1000 < 124 then lower(gender_code)
    when dirt // 1000000000 % 1000 < 134 then gender_code || ' '
    else gender_code
  end as cst_gndr,
  case
    when is_lost or record = 'undated' then null
    when dirt // 1000000000000 % 10000 < 6 then '0000-00-00'
    when dirt // 1000000000000 % 10000 < 12 then strftime(recorded_on, '%Y') || '-02-31'
    when dirt // 1000000000000 % 10000 < 18 then strftime(recorded_on, '%d.%m.%Y')
    when dirt // 1000000000000 % 10000 < 24 then ''
    when dirt // 1000000000000 % 10000 < 30 then null
    else cast(recorded_on as varchar)
  end as cst_create_date
from coded
