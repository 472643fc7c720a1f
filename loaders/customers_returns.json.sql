-- One record per window of days and span of first orders: how many customers were observed for the whole window, and how
-- many of them ordered on a second day within it. Spans: all, the latest year that is observed so long, the year before
-- it, and each month.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

observed as (
  select
    windows.days,
    first_order_on,
    coalesce(second_order_on - first_order_on <= windows.days, false) as has_returned,
    last_day - windows.days as observed_to
  from (from marts.customers where true) as buyers
  cross join ends
  cross join (values (90), (180), (365)) as windows (days)
  where first_order_on <= last_day - windows.days
),

spans as (
  select days, 'all' as span, first_order_on, has_returned from observed
  union all
  select days, 'latest', first_order_on, has_returned from observed
  where first_order_on > observed_to - interval '1 year'
  union all
  select days, 'before', first_order_on, has_returned from observed
  where first_order_on <= observed_to - interval '1 year' and first_order_on > observed_to - interval '2 years'
  union all
  select days, strftime(first_order_on, '%Y-%m'), first_order_on, has_returned from observed
)

select
  days,
  span,
  min(first_order_on) as starts_on,
  max(first_order_on) as ends_on,
  cast(count(*) as integer) as customers,
  cast(count(*) filter (where has_returned) as integer) as returned
from spans
group by days, span
order by days, span
