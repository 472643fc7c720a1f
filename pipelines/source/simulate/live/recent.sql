-- The sales lines of the days before whose dates agree, with the numbers they hold.
with typed as (
  select
    *,
    cast(try_strptime(sls_order_dt, '%Y%m%d') as date) as ordered_on,
    cast(try_strptime(sls_ship_dt, '%Y%m%d') as date) as shipped_on,
    cast(try_strptime(sls_due_dt, '%Y%m%d') as date) as due_on,
    try_cast(sls_sales as decimal(18, 2)) as sales,
    try_cast(sls_quantity as integer) as quantity,
    try_cast(sls_price as decimal(18, 2)) as price
  from crm_sales_details
)

select
  *,
  coalesce(quantity > 0 and price > 0 and sales = quantity * price, false) as is_clean,
  count(*) over (partition by sls_ord_num, sls_prd_key) as twins
from typed
where ordered_on < getvariable('day') and ordered_on <= shipped_on and sls_ord_num <> ''
