-- The new customers, as the CRM writes them.
select
  customer as cst_id,
  letters || digits as cst_key,
  cst_firstname,
  cst_lastname,
  cst_marital_status,
  cst_gndr,
  cast(getvariable('day') as varchar) as cst_create_date
from customers
order by place
