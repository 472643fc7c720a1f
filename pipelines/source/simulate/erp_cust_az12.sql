-- Birth dates and genders as the ERP exports them, under ids of two fashions.
with drawn as (
  select
    *,
    draw('erp', customer) as luck,
    case when is_woman then 'Female' else 'Male' end as gender
  from customers
),

born as (
  select
    *,
    date '1948-01-01' + cast(luck // 1000000 % 11000 + luck // 10000000000 % 11000 as integer) as birth_date
  from drawn
)

select
  case when luck % 100 < 62 then 'NAS' || customer_number else customer_number end as "CID",
  case
    when luck // 100 % 10000 < 20 then '2087-05-12'
    when luck // 100 % 10000 < 26 then '1985-13-40'
    when luck // 100 % 10000 < 126 then null
    when luck // 100 % 10000 < 136 then ''
    else cast(birth_date as varchar)
  end as "BDATE",
  case
    when luck // 100000000000000 % 1000 < 70 then null
    when luck // 100000000000000 % 1000 < 80 then ''
    when luck // 100000000000000 % 1000 < 84 then '  '
    when luck // 100000000000000 % 1000 < 100 then left(gender, 1)
    when luck // 100000000000000 % 1000 < 108 then left(gender, 1) || ' '
    when luck // 100000000000000 % 1000 < 116 then lower(gender)
    else gender
  end as "GEN"
from born
where pick('erp missing', customer, 200) > 0
