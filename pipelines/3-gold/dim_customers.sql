-- One row per customer of the CRM; the ERP completes it.
with customers as (
  select * from silver.crm_cust_info
),

persons as (
  select * from silver.erp_cust_az12
),

locations as (
  select * from silver.erp_loc_a101
)

select
  customers.cst_id as customer_key,
  customers.cst_id as customer_id,
  customers.cst_key as customer_number,
  customers.cst_firstname as first_name,
  customers.cst_lastname as last_name,
  coalesce(locations.cntry, 'n/a') as country,
  customers.cst_marital_status as marital_status,
  case when customers.cst_gndr <> 'n/a' then customers.cst_gndr else coalesce(persons.gen, 'n/a') end as gender,
  persons.bdate as birth_date,
  customers.cst_create_date as created_on
from customers
left join persons on persons.cid = customers.cst_key
left join locations on locations.cid = customers.cst_key
