-- The sales lines as the CRM exports them: about one in a hundred mistyped. Money is counted in cents.
with orders as (
  select *, unnest(range(slice_from, slice_until)) as order_number
  from order_slices
),

drawn as (
  select
    *,
    draw('order', order_number) as luck,
    draw('buyer', order_number) as buyer_luck,
    first_buyer + (order_number - first_order) * new_buyers // orders as newest_buyer,
    first_buyer + (order_number - first_order - 1) * new_buyers // orders as buyer_before,
    order_number // 10 as block
  from orders
),

-- the first order of a customer, or one of a regular (every ninth), or one of somebody who came of late
bought as (
  select
    *,
    case
      when new_buyers > 0 and (order_number = first_order or newest_buyer > buyer_before) then newest_buyer
      when first_buyer = 0 then newest_buyer
      when luck // 4096 % 100 < 60 then buyer_luck % first_buyer - buyer_luck % first_buyer % 9
      else first_buyer - 1 - least(buyer_luck % first_buyer, buyer_luck // 1000000000 % first_buyer)
    end as buyer,
    cast(1 + luck // 1000000 % 5 + luck // 10000000 % 5 as integer) as days_to_ship,
    cast(10 + luck // 100000000 % 21 as integer) as days_to_due
  from drawn
),

filled as (
  select
    order_number,
    month,
    day,
    cast(10001 + buyer + buyer // 12 as varchar) as customer_id,
    strftime(day, '%Y%m%d') as order_day,
    strftime(day + days_to_ship, '%Y%m%d') as ship_day,
    strftime(day + days_to_due, '%Y%m%d') as due_day,
    luck % 4096 as first_ticket,
    block * 20 + lines_before as first_line,
    unnest(range(least(size, getvariable('lines') - block * 20 - lines_before))) as place
  from bought
  join baskets on pattern = pick('pattern', block, 64) and slot = order_number % 10
),

lines as (
  select
    *,
    draw('line', first_line + place) as luck,
    draw('line dirt', first_line + place) as dirt
  from filled
),

-- a line after the first is a companion of the first product, if it has one, or comes from the wheel; an order's
-- tickets lie a fifth of the wheel apart, so that a product is rarely in it twice
spun as (
  select
    *,
    case when luck // 1000 % 100 < 60 then place else 0 end as companion_place,
    (first_ticket + case when place = 0 then 0 else 819 * place + luck % 819 end) % 4096 as ticket
  from lines
),

chosen as (
  select spun.*, coalesce(companion, own.product) as product
  from spun
  join tickets as first on first.month = spun.month and first.ticket = first_ticket
  join tickets as own on own.month = spun.month and own.ticket = spun.ticket
  join companions
    on companions.month = spun.month
    and companions.product = first.product
    and companions.place = companion_place
),

priced as (
  select
    chosen.*,
    offers.number,
    case when luck // 100000 % 100 < 78 then 1 else least(most, 2 + luck // 10000000 % 5) end as quantity,
    case
      when luck // 100000000 % 100 < 8 then offers.price * 9 // 10
      when luck // 100000000 % 100 < 10 then offers.price * 8 // 10
      else offers.price
    end as price,
    dirt % 10000 as money_roll,
    dirt // 10000 % 10000 as date_roll,
    dirt // 100000000 % 10000 as reference_roll
  from chosen
  join offers on offers.month = chosen.month and offers.product = chosen.product
),

dirtied as (
  select
    *,
    cast(cast(price * 0.01 as decimal(18, 2)) as varchar) as price_text,
    cast(cast(price * quantity * 0.01 as decimal(18, 2)) as varchar) as sales_text,
    cast(quantity as varchar) as quantity_text,
    case
      when money_roll >= 93 then null
      when money_roll < 12 then 'sales missing'
      when money_roll < 14 then 'sales empty'
      when money_roll < 16 then 'sales zero'
      when money_roll < 22 then 'sales negative'
      when money_roll < 40 then 'sales wrong'
      when money_roll < 42 then 'sales text'
      when money_roll < 54 then 'price missing'
      when money_roll < 56 then 'price empty'
      when money_roll < 62 then 'price zero'
      when money_roll < 70 then 'price negative'
      when money_roll < 72 then 'price text'
      when money_roll < 73 then 'sales and price missing'
      when money_roll < 79 then 'quantity missing'
      when money_roll < 84 then 'quantity zero'
      when money_roll < 88 then 'quantity negative'
      when money_roll < 90 then 'quantity text'
      when money_roll < 91 then 'sales missing, price negative'
      when money_roll < 92 then 'sales and price zero'
      else 'sales and price text'
    end as money_dirt,
    case
      when date_roll >= 17 then null
      when date_roll < 4 then 'order zero'
      when date_roll < 6 then 'order short'
      when date_roll < 8 then 'order invalid'
      when date_roll < 10 then 'order future'
      when date_roll < 11 then 'order missing'
      when date_roll < 13 then 'ship zero'
      when date_roll < 15 then 'ship invalid'
      when date_roll < 16 then 'due short'
      else 'due missing'
    end as date_dirt,
    case
      when reference_roll >= 28 then null
      when reference_roll < 10 then 'product unknown'
      when reference_roll < 12 then 'product missing'
      when reference_roll < 21 then 'customer unknown'
      when reference_roll < 25 then 'customer missing'
      else 'customer text'
    end as reference_dirt
  from priced
)

select
  'SO' || cast(10000001 + order_number as varchar) as sls_ord_num,
  case reference_dirt
    when 'product unknown' then 'ZZ-' || cast(900 + reference_roll as varchar)
    when 'product missing' then null
    else number
  end as sls_prd_key,
  case reference_dirt
    when 'customer unknown' then cast(900 + reference_roll as varchar)
    when 'customer missing' then null
    when 'customer text' then 'guest'
    else customer_id
  end as sls_cust_id,
  case date_dirt
    when 'order zero' then '0'
    when 'order short' then substring(order_day, 4)
    when 'order invalid' then '20250231'
    when 'order future' then '20990101'
    when 'order missing' then null
    else order_day
  end as sls_order_dt,
  case date_dirt when 'ship zero' then '0' when 'ship invalid' then left(ship_day, 4) || '1332' else ship_day end
    as sls_ship_dt,
  case date_dirt when 'due short' then substring(due_day, 4) when 'due missing' then null else due_day end as sls_due_dt,
  case money_dirt
    when 'sales missing' then null
    when 'sales and price missing' then null
    when 'sales missing, price negative' then null
    when 'sales empty' then ''
    when 'sales zero' then '0'
    when 'sales and price zero' then '0'
    when 'sales negative' then '-' || sales_text
    when 'sales wrong' then cast(cast((price * quantity + 100 + luck % 900) * 0.01 as decimal(18, 2)) as varchar)
    when 'sales text' then 'n/a'
    when 'sales and price text' then 'n/a'
    else sales_text
  end as sls_sales,
  case money_dirt
    when 'quantity missing' then null
    when 'quantity zero' then '0'
    when 'quantity negative' then '-' || quantity_text
    when 'quantity text' then 'two'
    else quantity_text
  end as sls_quantity,
  case money_dirt
    when 'price missing' then null
    when 'sales and price missing' then null
    when 'price empty' then ''
    when 'price zero' then '0'
    when 'sales and price zero' then '0'
    when 'price negative' then '-' || price_text
    when 'sales missing, price negative' then '-' || price_text
    when 'price text' then 'free'
    when 'sales and price text' then 'free'
    else price_text
  end as sls_price
from dirtied
