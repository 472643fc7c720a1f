-- One record per calendar year: its customers, how many of them bought again in the year after, only later, or never since.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

active as (
  select customer_key, year(order_date) as calendar_year, sum(sales_amount) as revenue
  from marts.sales
  cross join ends
  where customer_key is not null and order_date <= last_day
  group by customer_key, year(order_date)
),

followed as (
  select
    active.calendar_year,
    active.revenue,
    bool_or(later.calendar_year = active.calendar_year + 1) as came_next,
    count(later.customer_key) > 0 as came_later,
    sum(later.revenue) as later_revenue
  from active
  left join active as later
    on later.customer_key = active.customer_key and later.calendar_year > active.calendar_year
  group by active.customer_key, active.calendar_year, active.revenue
),

years as (
  select
    calendar_year,
    count(*) as customers,
    count(*) filter (where came_next) as next_year,
    count(*) filter (where came_later and not came_next) as later_only,
    count(*) filter (where not came_later) as never_since,
    cast(sum(revenue) as decimal(38, 2)) as revenue,
    cast(coalesce(sum(later_revenue), 0) as decimal(38, 2)) as later_revenue
  from followed
  group by calendar_year
)

select
  cast(calendar_year as integer) as calendar_year,
  cast(customers as integer) as customers,
  cast(next_year as integer) as next_year,
  cast(later_only as integer) as later_only,
  cast(never_since as integer) as never_since,
  revenue,
  later_revenue,
  -- what came after is told only once the year after is over
  make_date(calendar_year + 1, 12, 31) <= last_day as is_followed,
  last_day
from years
cross join ends
order by calendar_year desc
limit 12
