-- About one order in a hundred of a day's is taken back later, some days after it came.
with orders as (
  select
    sls_ord_num,
    row_number() over (order by luck('deleted', sls_ord_num), sls_ord_num) as place
  from recent
  where ordered_on between getvariable('day') - 21 and getvariable('day') - 3
  group by sls_ord_num
),

of_a_day as (
  select count(*) // 19 as orders
  from orders
)

select sls_ord_num
from orders
where place <= (select share_of('deletions', orders, 15) from of_a_day)
