-- Versions in `made` whose words from the ERP are not those of its categories.
with categories as (
  select id, max(cat) as cat, max(subcat) as subcat, max(maintenance) as maintenance
  from silver.erp_px_cat_g1v2
  group by id
)

select
  made.product_key as key,
  case
    when made.category is distinct from categories.cat then 'category'
    when made.subcategory is distinct from categories.subcat then 'subcategory'
    else 'maintenance'
  end as measure
from made
left join categories on categories.id = made.category_id
where made.category is distinct from categories.cat
  or made.subcategory is distinct from categories.subcat
  or made.maintenance is distinct from categories.maintenance
