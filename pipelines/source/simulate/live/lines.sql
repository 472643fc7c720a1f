-- The lines of the orders that arrive: those of their models, at the prices of the day, about one in two hundred
-- mistyped (beside what was mistyped already).
with models as (
  select
    orders.*,
    recent.* exclude (sls_ord_num, sls_cust_id),
    case when is_late then 0 else cast(getvariable('day') - ordered_on as integer) end as days_later,
    luck('line', concat_ws('/', order_number, sls_prd_key)) as luck
  from orders
  join recent on sls_ord_num = model
),

dated as (
  select
    * exclude (ordered_on),
    ordered_on as model_on,
    ordered_on + days_later as ordered_on
  from models
),

priced as (
  select
    dated.*,
    case
      when is_clean and now.cost <> before.cost then greatest(cast(price * now.cost / before.cost as decimal(18, 2)), 0.01)
      else price
    end as new_price
  from dated
  asof left join costs as before on before.number = sls_prd_key and model_on >= before.starts_on
  asof left join costs as now on now.number = sls_prd_key and dated.ordered_on >= now.starts_on
),

spelt as (
  select
    * exclude (new_price),
    case when new_price <> price then written(new_price, sls_price) else sls_price end as price_text,
    try_cast(price_text as decimal(18, 2)) as new_price
  from priced
)

select
  *,
  case when new_price <> price then written(new_price * quantity, sls_sales) else sls_sales end as sales_text,
  case when place > 1 then luck % 1000 else 999 end as roll
from spelt
