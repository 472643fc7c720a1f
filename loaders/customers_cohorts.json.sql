-- One record per quarter of the first order and quarters since: customers, those who bought, their money. A cell whose
-- quarter is not over is not complete; later ones are not there. The newest 16 quarters.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

members as (
  select customer_key, cast(date_trunc('quarter', first_order_on) as date) as cohort_on, last_day
  from (from marts.customers where true) as buyers
  cross join ends
  where first_order_on <= last_day
    and first_order_on >= date_trunc('quarter', last_day) - interval '45 months'
),

cells as (
  select
    cohort_on,
    last_day,
    count(*) as customers,
    unnest(range(0, date_diff('quarter', cohort_on, last_day) + 1)) as quarters
  from members
  group by cohort_on, last_day
),

spent as (
  select
    members.cohort_on,
    date_diff('quarter', members.cohort_on, lines.order_date) as quarters,
    count(distinct lines.customer_key) as buyers,
    sum(lines.sales_amount) as revenue
  from members
  join marts.sales as lines on lines.customer_key = members.customer_key and lines.order_date <= members.last_day
  group by 1, 2
)

select
  cells.cohort_on,
  cast(cells.quarters as integer) as quarters,
  cast(cells.customers as integer) as customers,
  cast(coalesce(spent.buyers, 0) as integer) as buyers,
  cast(coalesce(spent.revenue, 0) as double) as revenue,
  cast(sum(coalesce(spent.revenue, 0)) over (partition by cells.cohort_on order by cells.quarters) as double) as revenue_so_far,
  last_day(cast(cells.cohort_on + to_months(cast(3 * cells.quarters + 2 as integer)) as date)) <= cells.last_day as is_complete
from cells
left join spent on spent.cohort_on = cells.cohort_on and spent.quarters = cells.quarters
order by cells.cohort_on, cells.quarters
