-- The customers that are new: first name, codes and country of some who are there, the family name of others.
with models as (
  select
    *,
    row_number() over (
      order by try_cast(cst_id as bigint), cst_key, cst_create_date, cst_firstname, cst_lastname, cst_marital_status, cst_gndr
    ) - 1 as place
  from crm_cust_info
  where try_cast(cst_id as bigint) is not null and regexp_matches(cst_key, '[0-9]$')
),

countries as (
  select cntry, row_number() over (order by cid, cntry) - 1 as place
  from erp_loc_a101
),

newcomers as (
  select
    place,
    customer,
    luck('newcomer', customer) as luck,
    luck('family', customer) as family_luck,
    (select count(*) from models) as model_count,
    (select count(*) from countries) as country_count
  from orders
  where is_new
),

modelled as (
  select
    newcomers.*,
    regexp_extract(models.cst_key, '^(.*?)[0-9]+$', 1) as letters,
    padded(customer, len(regexp_extract(models.cst_key, '[0-9]+$'))) as digits,
    models.cst_firstname,
    families.cst_lastname,
    models.cst_marital_status,
    models.cst_gndr,
    cntry
  from newcomers
  join models on models.place = luck % model_count
  join models as families on families.place = family_luck % model_count
  left join countries on countries.place = luck // 1000000 % greatest(country_count, 1)
)

select *
from modelled
