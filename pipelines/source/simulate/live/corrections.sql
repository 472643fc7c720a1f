-- Lines of the last weeks that the shop changes: mended, reduced, or spoilt.
with lines as (
  select *, luck('corrected', sls_ord_num || '/' || sls_prd_key) as luck
  from recent
  where
    ordered_on >= getvariable('day') - 21
    and is_clean
    and twins = 1
    and sls_prd_key <> ''
    and sls_ord_num not in (from deletions)
),

ranked as (
  select *, row_number() over (order by luck, sls_ord_num, sls_prd_key) as place
  from lines
),

chosen as (
  select
    *,
    case
      when luck % 100 < 35 then 'one more'
      when luck % 100 < 65 then 'reduced'
      when luck % 100 < 80 then 'sales wrong'
      when luck % 100 < 90 then 'sales missing'
      else 'price zero'
    end as kind
  from ranked
  where place <= (select share_of('corrections', count(*) // 21, 60) from lines)
),

changed as (
  select
    *,
    case kind when 'one more' then quantity + 1 else quantity end as new_quantity,
    case kind when 'reduced' then cast(written(greatest(price * 0.9, 1), sls_price) as decimal(18, 2)) else price end as new_price
  from chosen
)

select
  sls_ord_num,
  sls_prd_key,
  kind,
  cast(new_quantity as varchar) as sls_quantity,
  case kind when 'price zero' then '0' else written(new_price, sls_price) end as sls_price,
  case kind
    when 'sales missing' then null
    when 'sales wrong' then written(sales + 1 + luck // 100 % 9, sls_sales)
    else written(new_quantity * new_price, sls_sales)
  end as sls_sales
from changed
