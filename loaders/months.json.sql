-- One record per calendar month of the 26 up to data through: what sparklines draw.
with through as (
  select max(ends_on) as last_day from marts.periods
)

select
  cast(date_trunc('month', sales.order_date) as date) as month,
  last_day(any_value(sales.order_date)) <= any_value(through.last_day) as is_complete,
  cast(sum(sales.sales_amount) as double) as revenue,
  cast(count(distinct sales.order_number) as integer) as orders,
  cast(count(distinct sales.customer_key) as integer) as customers,
  cast(sum(sales.margin_amount) as double) as margin,
  cast(sum(sales.reported_sales_amount) as double) as revenue_as_reported,
  cast(sum(sales.reported_margin_amount) as double) as margin_as_reported
from marts.sales as sales
cross join through
where sales.order_date <= through.last_day
  and sales.order_date >= date_trunc('month', through.last_day) - interval '25 months'
group by 1
order by 1
