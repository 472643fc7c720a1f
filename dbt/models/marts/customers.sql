-- One row per customer of the CRM, with what they bought until the data end.
with customers as (
  select * from {{ source('gold', 'dim_customers') }}
),

lines as not materialized (
  select * from {{ source('gold', 'fct_sales') }}
),

bought as (
  select
    customer_key,
    min(order_date) as first_order_on,
    max(order_date) as last_order_on,
    count(*) as count_lines,
    sum(sales_amount) as revenue_amount,
    sum(quantity) as quantity
  from lines
  where customer_key is not null
  group by customer_key
),

orders as (
  select customer_key, count(*) as count_orders
  from (select distinct customer_key, order_number from lines where customer_key is not null) as orders_of_customers
  group by customer_key
),

-- the second day with an order, whatever was bought on the first
returns as (
  select lines.customer_key, min(lines.order_date) as second_order_on
  from lines
  join bought on bought.customer_key = lines.customer_key and lines.order_date > bought.first_order_on
  group by lines.customer_key
),

ages as (
  select
    customer_key,
    cast(extract(year from age({{ data_through() }}, birth_date)) as integer) as age
  from customers
  where birth_date <= {{ data_through() }}
),

measured as (
  select
    customers.customer_key,
    customers.customer_number,
    customers.country,
    customers.marital_status,
    customers.gender,
    customers.created_on,
    bought.first_order_on,
    bought.last_order_on,
    {{ data_through() }} - bought.last_order_on as recency_days,
    coalesce(orders.count_orders, 0) as count_orders,
    coalesce(bought.count_lines, 0) as count_lines,
    coalesce(bought.revenue_amount, 0) as revenue_amount,
    coalesce(bought.quantity, 0) as quantity,
    bought.customer_key is not null as has_ordered,
    returns.second_order_on,
    -- ten years wide and open at both ends, so that a band tells no birth date
    case
      when ages.age is null then 'n/a'
      when ages.age < 20 then 'under 20'
      when ages.age >= 80 then '80+'
      else concat(ages.age / 10 * 10, '-', ages.age / 10 * 10 + 9)
    end as age_band
  from customers
  left join bought on bought.customer_key = customers.customer_key
  left join orders on orders.customer_key = customers.customer_key
  left join returns on returns.customer_key = customers.customer_key
  left join ages on ages.customer_key = customers.customer_key
),

-- five equal groups among those who ordered, 5 is best
scored as (
  select
    *,
    case when has_ordered then
      6 - ntile(5) over (partition by has_ordered order by recency_days nulls last, customer_key)
    end as recency_score,
    case when has_ordered then
      ntile(5) over (partition by has_ordered order by count_orders, revenue_amount, customer_key)
    end as frequency_score,
    case when has_ordered then
      ntile(5) over (partition by has_ordered order by revenue_amount, customer_key)
    end as monetary_score
  from measured
)

select
  customer_key::bigint as customer_key,
  customer_number::text as customer_number,
  country::text as country,
  marital_status::text as marital_status,
  gender::text as gender,
  created_on::date as created_on,
  first_order_on::date as first_order_on,
  last_order_on::date as last_order_on,
  recency_days::integer as recency_days,
  count_orders::bigint as count_orders,
  count_lines::bigint as count_lines,
  revenue_amount::numeric(38, 2) as revenue_amount,
  quantity::bigint as quantity,
  round(revenue_amount / nullif(count_orders, 0), 2)::numeric(38, 2) as average_order_amount,
  recency_score::integer as recency_score,
  frequency_score::integer as frequency_score,
  monetary_score::integer as monetary_score,
  second_order_on::date as second_order_on,
  age_band::text as age_band
from scored
