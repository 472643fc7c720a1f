-- One record per set of categories in the first order: how many came back within a year, with a 95 % interval (Wilson).
-- Only first orders since every category was on sale: before, a basket without the youngest says when, not what.
with ends as (
  select max(ends_on) as last_day from marts.periods
),

dated as (
  select customer_key, order_date, category, sales_amount
  from marts.sales
  where customer_key is not null and order_date <= (select last_day from ends)
),

offered as (
  select max(first_sold_on) as all_since
  from (select category, min(order_date) as first_sold_on from dated group by category)
),

firsts as (
  select customer_key, min(order_date) as first_on
  from dated
  group by customer_key
),

baskets as (
  select
    firsts.customer_key,
    firsts.first_on,
    string_agg(distinct dated.category, ' + ' order by dated.category) as basket,
    sum(dated.sales_amount) as first_amount
  from firsts
  join dated on dated.customer_key = firsts.customer_key and dated.order_date = firsts.first_on
  group by firsts.customer_key, firsts.first_on
),

-- a year later is seen for those whose first order is a year old
followed as (
  select
    baskets.customer_key,
    baskets.basket,
    baskets.first_amount,
    coalesce(sum(dated.sales_amount), 0) as later_amount,
    count(dated.customer_key) > 0 as has_returned
  from baskets
  left join dated
    on dated.customer_key = baskets.customer_key
    and dated.order_date > baskets.first_on
    and dated.order_date <= baskets.first_on + 365
  where baskets.first_on + 365 <= (select last_day from ends) and baskets.first_on >= (select all_since from offered)
  group by all
),

shares as (
  select
    basket,
    cast(count(*) as integer) as customers,
    cast(count(*) filter (has_returned) as integer) as returned,
    cast(avg(first_amount) as decimal(38, 2)) as first_amount,
    cast(avg(later_amount) as decimal(38, 2)) as later_amount
  from followed
  group by basket
),

-- one record stays even where nobody was observed long enough
totals as (
  select
    cast(count(*) as integer) as all_customers,
    (select cast(count(*) as integer) from followed) as compared_customers,
    (select all_since from offered) as all_since
  from baskets
)

select
  basket,
  customers,
  returned,
  cast(returned as double) / customers as share,
  (share + 1.9208 / customers - 1.96 * sqrt((share * (1 - share) + 0.9604 / customers) / customers)) / (1 + 3.8416 / customers) as low,
  (share + 1.9208 / customers + 1.96 * sqrt((share * (1 - share) + 0.9604 / customers) / customers)) / (1 + 3.8416 / customers) as high,
  first_amount,
  later_amount,
  totals.all_customers,
  totals.compared_customers,
  totals.all_since
from totals
left join shares on shares.customers >= 30
order by share desc, basket
limit 40
