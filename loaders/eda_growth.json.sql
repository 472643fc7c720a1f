-- One record per category: what moved revenue from one complete calendar year to the next.
-- new + stopped + volume + mix + price = change, to the cent.
with years as (
  select max(calendar_year) as this_year
  from gold.dim_dates
  where make_date(calendar_year, 12, 31) <= (select max(ends_on) from marts.periods)
),

-- both years must be whole for a comparison
spans as (
  select this_year, this_year - 1 as last_year
  from years
  where make_date(this_year - 1, 1, 7) >= (select min(date_day) from gold.dim_dates)
),

firsts as (
  select product_number, min(order_date) as first_on
  from marts.sales
  group by product_number
),

products as (
  select
    spans.this_year,
    sales.category,
    sales.product_number,
    -- first sold in the last quarter of the year before or later: new, else its few days would stand for a whole year
    any_value(firsts.first_on) >= make_date(any_value(spans.last_year), 10, 1) as is_new,
    coalesce(sum(sales_amount) filter (year(order_date) = this_year), 0) as revenue,
    coalesce(sum(sales_amount) filter (year(order_date) = last_year), 0) as previous,
    coalesce(sum(quantity) filter (year(order_date) = this_year), 0) as pieces,
    coalesce(sum(quantity) filter (year(order_date) = last_year), 0) as previous_pieces
  from marts.sales as sales
  join spans on year(sales.order_date) in (spans.this_year, spans.last_year)
  left join firsts on firsts.product_number = sales.product_number
  group by spans.this_year, sales.category, sales.product_number
),

stated as (
  select *, coalesce(not is_new, false) and pieces > 0 and previous_pieces > 0 as is_continuing
  from products
),

-- pieces at the growth of the continuing products of the category together
growth as (
  select category, cast(sum(pieces) as double) / sum(previous_pieces) as rate
  from stated
  where is_continuing
  group by category
),

effects as (
  select
    stated.*,
    revenue - previous as change,
    case when not is_continuing and (is_new or previous_pieces = 0) then revenue - previous else 0 end as new_products,
    case when not is_continuing and not (is_new or previous_pieces = 0) then revenue - previous else 0 end as stopped_products,
    case when is_continuing then cast((growth.rate - 1) * previous as decimal(38, 2)) else 0 end as volume,
    case when is_continuing then
      cast(revenue - pieces * (cast(previous as double) / previous_pieces) as decimal(38, 2))
    else 0 end as price
  from stated
  left join growth on growth.category = stated.category
)

select
  this_year as calendar_year,
  category,
  cast(count(*) as integer) as products,
  cast(count(*) filter (is_continuing) as integer) as continuing_products,
  cast(sum(revenue) as decimal(38, 2)) as revenue,
  cast(sum(previous) as decimal(38, 2)) as previous,
  cast(sum(change) as decimal(38, 2)) as change,
  cast(sum(new_products) as decimal(38, 2)) as new_products,
  cast(sum(stopped_products) as decimal(38, 2)) as stopped_products,
  cast(sum(volume) as decimal(38, 2)) as volume,
  cast(sum(change - new_products - stopped_products - volume - price) as decimal(38, 2)) as mix,
  cast(sum(price) as decimal(38, 2)) as price,
  cast(sum(pieces) as bigint) as pieces,
  cast(sum(previous_pieces) as bigint) as previous_pieces
from effects
group by this_year, category
order by abs(sum(change)) desc, category
