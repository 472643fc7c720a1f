-- One row per product number and calendar month in which it sold: its money, pieces and the price most lines had.
with lines as not materialized (
  select * from {{ source('gold', 'fct_sales') }}
),

products as (
  select current_product_key, product_number from {{ ref('products') }}
),

-- a corrected line is no witness of a price
priced as (
  select
    current_product_key,
    date_trunc('month', order_date)::date as month_on,
    case when not is_corrected then unit_price end as paid_price,
    count(*) as count_lines,
    sum(quantity) as quantity,
    sum(sales_amount) as revenue_amount,
    sum(cost_amount) as cost_amount
  from lines
  where order_date is not null and current_product_key is not null
  group by current_product_key, date_trunc('month', order_date), case when not is_corrected then unit_price end
),

ranked as (
  select
    current_product_key,
    month_on,
    paid_price,
    row_number() over (partition by current_product_key, month_on order by count_lines desc, paid_price desc) as place
  from priced
  where paid_price is not null
),

-- a price list may change within a month: the one before and the one after are list prices too
listed as (
  select
    current_product_key,
    month_on,
    paid_price as list_price,
    lag(paid_price) over (partition by current_product_key order by month_on) as earlier_price,
    lead(paid_price) over (partition by current_product_key order by month_on) as later_price
  from ranked
  where place = 1
),

judged as (
  select
    priced.*,
    listed.list_price,
    priced.paid_price in (listed.list_price, listed.earlier_price, listed.later_price) as is_listed
  from priced
  left join listed
    on listed.current_product_key = priced.current_product_key and listed.month_on = priced.month_on
)

select
  products.product_number::text as product_number,
  judged.current_product_key::bigint as current_product_key,
  judged.month_on::date as month_on,
  sum(judged.count_lines)::bigint as count_lines,
  coalesce(sum(judged.quantity), 0)::bigint as quantity,
  coalesce(sum(judged.revenue_amount), 0)::numeric(38, 2) as revenue_amount,
  coalesce(sum(judged.cost_amount), 0)::numeric(38, 2) as cost_amount,
  max(judged.list_price)::numeric(38, 2) as list_price,
  coalesce(sum(judged.count_lines) filter (where judged.is_listed), 0)::bigint as count_list_lines,
  coalesce(
    sum(judged.count_lines) filter (where judged.paid_price is not null and judged.is_listed is not true), 0
  )::bigint as count_other_lines,
  coalesce(
    sum((judged.paid_price - judged.list_price) * judged.quantity)
      filter (where judged.paid_price is not null and judged.is_listed is not true), 0
  )::numeric(38, 2) as other_price_amount
from judged
join products on products.current_product_key = judged.current_product_key
group by products.product_number, judged.current_product_key, judged.month_on
