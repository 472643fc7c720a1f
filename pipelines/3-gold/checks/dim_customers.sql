-- Customers in `made` whose words from the ERP are not those of its rows.
select customer_key as key, 'country' as measure
from made
where country is distinct from coalesce(
  (select max(cntry) from silver.erp_loc_a101 where cid = made.customer_number), 'n/a'
)

union all

select customer_key, 'birth_date'
from made
where birth_date is distinct from (select max(bdate) from silver.erp_cust_az12 where cid = made.customer_number)

union all

select made.customer_key, 'gender'
from made
left join silver.crm_cust_info as customers on customers.cst_id = made.customer_key
where made.gender is distinct from coalesce(
  nullif(customers.cst_gndr, 'n/a'),
  (select max(gen) from silver.erp_cust_az12 where cid = made.customer_number),
  'n/a'
)
