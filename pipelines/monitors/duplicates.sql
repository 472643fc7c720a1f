-- Source rows that are there more than once, the same in every column: up to 5 of them, or 1 % of the rows, are no news.
with repeated as (
  select content, count(*) - 1 as copies, min(_row) as first_row
  from watched
  group by content
  having count(*) > 1
),

totals as (
  select
    coalesce(sum(copies), 0) as copies,
    greatest(5, 0.01 * (select max(value) from profile where position = 0 and measure = 'rows')) as most
  from repeated
)

select
  coalesce('bronze row ' || repeated.first_row, 'rows') as subject,
  cast(totals.copies as double) as value,
  null as low,
  cast(totals.most as double) as high,
  true as is_known,
  counted(totals.copies) || ' rows repeat another one in every column'
    || case when totals.copies > totals.most then ', as if pasted twice' else '' end || '; up to '
    || counted(totals.most) || ' are no news' as words,
  repeated.copies,
  watched.record
from totals
left join repeated on totals.copies > totals.most
left join watched on watched._row = repeated.first_row
order by repeated.first_row
limit 1000
