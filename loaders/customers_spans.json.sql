-- One record per period and span (current, previous, last year): customers, how many of them bought for the first time,
-- and the money of both.
with spans as (
  select position, period, label, 'current' as span, starts_on, ends_on from marts.periods
  union all
  select position, period, label, 'previous', previous_starts_on, previous_ends_on from marts.periods
  union all
  select position, period, label, 'last_year', last_year_starts_on, last_year_ends_on from marts.periods
),

bought as (
  select
    spans.position,
    spans.period,
    spans.span,
    spans.starts_on,
    spans.ends_on,
    sales.customer_key,
    count(*) as lines,
    count(distinct sales.order_number) as orders,
    sum(sales.sales_amount) as revenue,
    bool_or(buyers.first_order_on >= spans.starts_on) as is_new
  from spans
  join marts.sales as sales on sales.order_date between spans.starts_on and spans.ends_on
  join (from marts.customers where true) as buyers on buyers.customer_key = sales.customer_key
  group by all
)

select
  spans.period,
  spans.label,
  spans.span,
  spans.starts_on,
  spans.ends_on,
  cast(coalesce(sum(bought.lines), 0) as integer) as lines,
  cast(count(bought.customer_key) as integer) as customers,
  cast(count(bought.customer_key) filter (where bought.is_new) as integer) as new_customers,
  cast(coalesce(sum(bought.orders), 0) as integer) as orders,
  cast(coalesce(sum(bought.revenue), 0) as double) as revenue,
  cast(coalesce(sum(bought.revenue) filter (where bought.is_new), 0) as double) as new_revenue
from spans
left join bought on bought.period = spans.period and bought.span = spans.span
where spans.starts_on is not null
group by spans.position, spans.period, spans.label, spans.span, spans.starts_on, spans.ends_on
order by spans.position, spans.span
