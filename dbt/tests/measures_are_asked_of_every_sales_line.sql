-- The relation of measures has the lines of gold, no more and no fewer, with their money in both readings.
with asked as (
  select
    count(*) as count_lines,
    coalesce(sum(sales_amount), 0) as amount,
    coalesce(sum(reported_sales_amount), 0) as reported_amount
  from {{ ref('sales') }}
),

lines as (
  select
    count(*) as count_lines,
    coalesce(sum(sales_amount), 0) as amount,
    coalesce(sum(reported_sales_amount), 0) as reported_amount
  from {{ source('gold', 'fct_sales') }}
)

select asked.count_lines, asked.amount, asked.reported_amount, lines.count_lines as lines_of_gold
from asked
cross join lines
where asked.count_lines <> lines.count_lines
  or asked.amount <> lines.amount
  or asked.reported_amount <> lines.reported_amount
