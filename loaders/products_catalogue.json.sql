-- One record per category: how many products the catalogue has.
select category, cast(count(*) as integer) as products
from marts.products
group by category
order by category
