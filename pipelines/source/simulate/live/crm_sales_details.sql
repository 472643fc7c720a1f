-- The lines that arrive, as the CRM writes them.
select
  order_number as sls_ord_num,
  case when roll in (2) then 'ZZ-' || cast(900 + luck // 1000 % 100 as varchar) else sls_prd_key end as sls_prd_key,
  case when roll in (3) then cast(900 + luck // 1000 % 100 as varchar) else customer end as sls_cust_id,
  case when roll in (0, 1) then '0' else strftime(ordered_on, '%Y%m%d') end as sls_order_dt,
  strftime(shipped_on + days_later, '%Y%m%d') as sls_ship_dt,
  coalesce(strftime(due_on + days_later, '%Y%m%d'), sls_due_dt) as sls_due_dt,
  sales_text as sls_sales,
  sls_quantity,
  price_text as sls_price
from lines
order by sls_ord_num, sls_prd_key, sls_quantity, sls_price, sls_sales
