-- A last row whose amount is the sum of all others: the total of an export, which would double every figure.
with last as (
  select _row, amount, record
  from watched
  order by _row desc
  limit 1
),

others as (
  select sum(watched.amount) as amount, count(watched.amount) as rows
  from watched
  where watched._row < (select _row from last)
)

select
  'bronze row ' || last._row as subject,
  cast(last.amount as double) as value,
  cast(case when last.amount = others.amount and others.amount <> 0 then last.amount + 1 end as double) as low,
  null as high,
  others.rows >= 3 as is_known,
  case
    when last.amount = others.amount
      then 'the last row says ' || last.amount || ', as all ' || counted(others.rows) || ' others together: a total row'
    else 'the last row is one like the others'
  end as words,
  case when last.amount = others.amount then last.record end as record
from last
cross join others
where last.amount is not null
