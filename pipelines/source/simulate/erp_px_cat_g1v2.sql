-- The categories the ERP knows: not the pedals, but child seats nobody sells.
with known as (
  select code, category, subcategory, maintenance
  from subcategories
  where code <> 'CO-PE'
  union all
  select 'AC-CS', 'Accessories', 'Child Seats', 'No'
)

select replace(code, '-', '_') as "ID", category as "CAT", subcategory as "SUBCAT", maintenance as "MAINTENANCE"
from known
order by code
