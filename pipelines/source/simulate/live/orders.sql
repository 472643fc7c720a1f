-- The orders that arrive: those of the same weekday four weeks ago again, by other customers, some of them new; and a
-- few that somebody forgot to enter days ago. The first is always there, on its day.
with past as (
  select sls_ord_num as model, min(ordered_on) as ordered_on
  from recent
  group by sls_ord_num
),

four_weeks_ago as (
  select coalesce(
    max(ordered_on) filter (where ordered_on <= getvariable('day') - 28 and isodow(ordered_on) = isodow(getvariable('day'))),
    max(ordered_on)
  ) as day
  from past
),

todays as (
  select model, luck('order', model) as luck
  from past
  where ordered_on = (select day from four_weeks_ago)
),

placed as (
  select *, row_number() over (order by luck, model) as place
  from todays
),

again as (
  select
    model,
    luck,
    unnest(range(case
      when luck % 100 < 10 and place > 1 then 0
      when luck % 100 > 87 then 2
      else 1
    end)) as copy
  from placed
),

forgotten as (
  select
    model,
    luck('late', model) as luck,
    row_number() over (order by luck('late', model), model) as place
  from past
  where ordered_on between getvariable('day') - 20 and getvariable('day') - 2
),

arriving as (
  select model, luck, copy, false as is_late
  from again
  union all
  select model, luck, 0, true
  from forgotten
  where place <= (select share_of('late', count(*), 50) from again)
),

numbered as (
  select
    *,
    row_number() over (order by is_late, luck, model, copy) as place,
    luck('buyer', concat_ws('/', model, copy, is_late)) as buyer_luck
  from arriving
),

known as (
  select cst_id, row_number() over (order by try_cast(cst_id as bigint)) - 1 as place
  from crm_cust_info
  where try_cast(cst_id as bigint) is not null
  group by cst_id
),

regulars as (
  select sls_cust_id, row_number() over (order by sls_cust_id) - 1 as place
  from recent
  where sls_cust_id is not null
  group by sls_cust_id
),

counted as (
  select
    (select count(*) from known) as known_count,
    (select count(*) from regulars) as regular_count,
    (select coalesce(max(cast(cst_id as bigint)), 0) from known) as last_customer
),

chosen as (
  select
    *,
    known_count > 0 and buyer_luck % 100 < 20 as is_new,
    known_count > 0 and (buyer_luck % 100 < 60 or regular_count = 0) as is_known
  from numbered
  cross join counted
)

select
  chosen.place,
  regexp_extract(getvariable('last_order'), '^(.*?)[0-9]*$', 1)
  || padded(cast(digits.value + chosen.place as varchar), digits.width) as order_number,
  model,
  is_late,
  is_new,
  case
    when is_new
      then cast(last_customer + count(*) filter (where is_new) over (order by chosen.place) as varchar)
    when is_known then known.cst_id
    else regulars.sls_cust_id
  end as customer
from chosen
cross join (
  select
    coalesce(try_cast(regexp_extract(getvariable('last_order'), '[0-9]+$') as bigint), 0) as value,
    len(regexp_extract(getvariable('last_order'), '[0-9]+$')) as width
) as digits
left join known on known.place = buyer_luck // 100 % greatest(known_count, 1)
left join regulars on regulars.place = buyer_luck // 100 % greatest(regular_count, 1)
