-- What the source says of each sales line, and what was corrected of it; read by range, in the order of bronze.
with lines as (
  select * from bronze.crm_sales_details
),

corrected as (
  select _row, to_json(list([column_name, corrected, rule] order by column_name)) as corrections
  from assay.corrections
  where table_name = 'crm_sales_details'
  group by _row
)

select
  lines._row,
  lines.sls_ord_num,
  lines.sls_prd_key,
  lines.sls_cust_id,
  lines.sls_order_dt,
  lines.sls_ship_dt,
  lines.sls_due_dt,
  lines.sls_sales,
  lines.sls_quantity,
  lines.sls_price,
  corrected.corrections
from lines
left join corrected on corrected._row = lines._row
