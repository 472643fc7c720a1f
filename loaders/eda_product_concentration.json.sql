-- One record per calendar year and tenth of the products that sold in it, the largest first: their share of revenue.
with sold as (
  select year(order_date) as calendar_year, product_number, sum(sales_amount) as revenue
  from marts.sales
  where product_number is not null and order_date <= (select max(ends_on) from marts.periods)
  group by 1, 2
),

ranked as (
  select
    *,
    row_number() over by_revenue as place,
    sum(revenue) over (by_revenue rows unbounded preceding) as cumulative,
    count(*) over (partition by calendar_year) as products,
    sum(revenue) over (partition by calendar_year) as total
  from sold
  window by_revenue as (partition by calendar_year order by revenue desc, product_number)
),

years as (
  select
    calendar_year,
    any_value(products) as products,
    any_value(total) as total,
    min(place) filter (total > 0 and cumulative >= 0.8 * total) as most,
    max(revenue) as largest
  from ranked
  group by calendar_year
),

tenths as (
  select unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) as tenth
)

select
  cast(years.calendar_year as integer) as calendar_year,
  tenths.tenth,
  cast(ranked.place as integer) as top_products,
  cast(ranked.cumulative as double) / nullif(cast(years.total as double), 0) as share,
  cast(years.products as integer) as products,
  cast(years.most as integer) as products_of_80,
  cast(years.largest as double) / nullif(cast(years.total as double), 0) as largest_share,
  cast(years.total as decimal(38, 2)) as revenue,
  make_date(years.calendar_year, 12, 31) <= (select max(ends_on) from marts.periods)
    and make_date(years.calendar_year, 1, 7) >= (select min(date_day) from marts.daily_sales) as is_complete
from years
cross join tenths
join ranked
  on ranked.calendar_year = years.calendar_year
  and ranked.place = cast(ceil(years.products * tenths.tenth / 10.0) as bigint)
where years.calendar_year > (select max(calendar_year) from years) - 10
order by years.calendar_year, tenths.tenth
