-- One row per version of a product.
with versions as (
  select * from silver.crm_prd_info
),

categories as (
  select * from silver.erp_px_cat_g1v2
)

select
  versions.prd_id as product_key,
  versions.prd_id as product_id,
  versions.prd_key as product_number,
  versions.prd_nm as product_name,
  versions.cat_id as category_id,
  categories.cat as category,
  categories.subcat as subcategory,
  versions.prd_line as product_line,
  categories.maintenance as maintenance,
  cast(versions.prd_cost as decimal(18, 2)) as cost,
  versions.prd_start_dt as valid_from,
  versions.prd_end_dt as valid_to,
  versions.prd_end_dt is null as is_current
from versions
left join categories on categories.id = versions.cat_id
