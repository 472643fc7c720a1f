-- Birth dates and genders of the new customers, as the ERP writes them.
select
  case when luck // 1000 % 100 < 62 then 'NAS' else '' end || letters || digits as cid,
  case
    when family_luck // 1000 % 1000 < 4 then '2087-05-12'
    else cast(date '1950-01-01' + cast(family_luck // 1000000 % 19000 as integer) as varchar)
  end as bdate,
  case upper(trim(cst_gndr)) when 'F' then 'Female' when 'M' then 'Male' end as gen
from customers
order by place
