-- One record per period and span (current, previous, last year): every measure.
with spans as (
  select position, period, label, 'current' as span, starts_on, ends_on from marts.periods
  union all
  select position, period, label, 'previous', previous_starts_on, previous_ends_on from marts.periods
  union all
  select position, period, label, 'last_year', last_year_starts_on, last_year_ends_on from marts.periods
),

covered as (
  select min(date_day) as first_day from marts.daily_sales
),

undated as (
  select count(*) as count_lines from marts.sales where order_date is null
)

select
  spans.period,
  spans.label,
  spans.span,
  spans.starts_on,
  spans.ends_on,
  -- a span that begins before the data does is no base for a comparison
  spans.starts_on >= covered.first_day as is_complete,
  cast(count(sales.sale_key) as integer) as lines,
  cast(coalesce(sum(sales.sales_amount), 0) as double) as revenue,
  cast(count(distinct sales.order_number) as integer) as orders,
  cast(count(distinct sales.customer_key) as integer) as customers,
  cast(coalesce(sum(sales.quantity), 0) as bigint) as quantity,
  cast(sum(sales.sales_amount) as double) / nullif(count(distinct sales.order_number), 0) as average_order_value,
  cast(coalesce(sum(sales.margin_amount), 0) as double) as margin,
  cast(sum(sales.margin_amount) as double) / nullif(cast(sum(sales.sales_amount) as double), 0) as margin_rate,
  cast(coalesce(sum(sales.reported_sales_amount), 0) as double) as revenue_as_reported,
  cast(sum(sales.reported_sales_amount) as double) / nullif(count(distinct sales.order_number), 0)
    as average_order_value_as_reported,
  cast(coalesce(sum(sales.reported_margin_amount), 0) as double) as margin_as_reported,
  cast(sum(sales.reported_margin_amount) as double) / nullif(cast(sum(sales.reported_sales_amount) as double), 0)
    as margin_rate_as_reported,
  cast(count(*) filter (sales.sales_amount is distinct from sales.reported_sales_amount) as integer) as corrected_lines,
  cast(count(*) filter (sales.is_cost_assumed) as integer) as assumed_lines,
  cast(undated.count_lines as integer) as undated_lines
from spans
cross join covered
cross join undated
left join marts.sales as sales on sales.order_date between spans.starts_on and spans.ends_on
where spans.starts_on is not null
group by all
order by any_value(spans.position), spans.span
