-- One row per customer, as if nobody had ever mistyped anything.
with arrivals as (
  select
    day,
    month,
    unnest(range(first_buyer + first_buyer // 12, next_buyer + next_buyer // 12)) as customer
  from days
),

drawn as (
  select
    *,
    draw('customer', customer) as luck,
    draw('name', customer) as name_luck
  from arrivals
),

placed as (
  select
    drawn.* exclude (day, month),
    country,
    case when luck // 100 % 100 < 92 then language else luck // 10000 % 6 end as language,
    luck // 100000 % 100 < 48 as is_woman,
    day - cast(case
      when luck // 10000000 % 100 < 60 then 0
      when luck // 10000000 % 100 < 85 then 1 + luck // 1000000000 % 6
      else 7 + luck // 1000000000 % 60
    end as integer) as created_on
  from drawn
  join countries on countries.month = drawn.month and ticket = luck % 100
)

select
  customer,
  10001 + customer as customer_id,
  'CU' || lpad(cast(10001 + customer as varchar), 8, '0') as customer_number,
  is_woman,
  case when is_woman then women[1 + name_luck % len(women)] else men[1 + name_luck % len(men)] end as first_name,
  families[1 + name_luck // 1000 % len(families)]
  || case
    when language_name = 'English' and name_luck // 1000000 % 100 = 0 then ', Jr.'
    when language_name = 'German' and name_luck // 1000000 % 100 < 3 then '-Vogel'
    else ''
  end as family_name,
  country,
  created_on
from placed
join (select place, language as language_name, women, men, families from languages) as languages
  on place = placed.language
