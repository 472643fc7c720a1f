-- Countries as the ERP exports them, the id with a hyphen.
with drawn as (
  select *, draw('country', customer) as luck
  from customers
)

select
  replace(customer_number, 'CU', 'CU-') as "CID",
  case
    when luck % 1000 < 10 then null
    when luck % 1000 < 14 then ''
    when luck % 1000 < 18 then '  '
    when luck % 1000 < 40 then country || ' '
    when luck % 1000 < 60 then '  ' || country
    when country = 'Germany' and luck % 1000 < 360 then 'DE'
    when country = 'United States' and luck % 1000 < 320 then 'US'
    when country = 'United States' and luck % 1000 < 640 then 'USA'
    else country
  end as "CNTRY"
from drawn
where pick('country missing', customer, 100) > 0
