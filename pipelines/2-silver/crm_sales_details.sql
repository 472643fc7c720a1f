-- One row per bronze row: money follows sales = quantity × price, and no line is dropped for it.
with records as (
  select * from bronze.crm_sales_details
),

texts as (
  select
    _row,
    trim(sls_ord_num) as sls_ord_num,
    nullif(trim(sls_prd_key), '') as sls_prd_key,
    nullif(trim(sls_cust_id), '') as customer_text,
    nullif(trim(sls_order_dt), '') as order_text,
    nullif(trim(sls_ship_dt), '') as ship_text,
    nullif(trim(sls_due_dt), '') as due_text,
    nullif(trim(sls_sales), '') as sales_text,
    nullif(trim(sls_quantity), '') as quantity_text,
    nullif(trim(sls_price), '') as price_text
  from records
),

numbers as (
  select
    *,
    split_part(nullif(regexp_extract(customer_text, '^[+-]?[0-9]+([.]0+)?$', 0), ''), '.', 1) as customer_number,
    nullif(regexp_extract(order_text, '^[0-9]{8}$', 0), '') as order_digits,
    nullif(regexp_extract(ship_text, '^[0-9]{8}$', 0), '') as ship_digits,
    nullif(regexp_extract(due_text, '^[0-9]{8}$', 0), '') as due_digits,
    nullif(regexp_extract(sales_text, '^[+-]?[0-9]*[.]?[0-9]+$', 0), '') as sales_number,
    split_part(nullif(regexp_extract(quantity_text, '^[+-]?[0-9]+([.]0+)?$', 0), ''), '.', 1) as quantity_number,
    nullif(regexp_extract(price_text, '^[+-]?[0-9]*[.]?[0-9]+$', 0), '') as price_number
  from texts
),

typed as (
  select
    *,
    try_cast(customer_number as bigint) as customer_id,
    case when order_digits >= '00010101' then
      try_cast(concat_ws('-', substring(order_digits, 1, 4), substring(order_digits, 5, 2), substring(order_digits, 7, 2)) as date)
    end as order_date,
    case when ship_digits >= '00010101' then
      try_cast(concat_ws('-', substring(ship_digits, 1, 4), substring(ship_digits, 5, 2), substring(ship_digits, 7, 2)) as date)
    end as ship_date,
    case when due_digits >= '00010101' then
      try_cast(concat_ws('-', substring(due_digits, 1, 4), substring(due_digits, 5, 2), substring(due_digits, 7, 2)) as date)
    end as due_date,
    try_cast(sales_number as decimal(18, 2)) as given_sales,
    regexp_extract(sales_number, '[.][0-9][0-9][0-9]*[1-9]', 0) <> '' as is_sales_rounded,
    try_cast(quantity_number as integer) as given_quantity,
    try_cast(price_number as decimal(18, 2)) as given_price,
    regexp_extract(price_number, '[.][0-9][0-9][0-9]*[1-9]', 0) <> '' as is_price_rounded
  from numbers
),

counted as (
  select
    *,
    case when given_quantity > 0 then given_quantity end as quantity,
    case when given_quantity > 0 then cast(given_quantity as bigint) end as pieces,
    case when given_price <> 0 then abs(given_price) end as usable_price,
    case when given_sales > 0 then cast(cast(given_sales as decimal(38, 2)) * 100 as bigint) end as given_cents
  from typed
),

expected as (
  select
    *,
    try_cast(quantity * cast(usable_price as decimal(38, 2)) as decimal(18, 2)) as expected_sales,
    -- half-up to the cent in whole numbers: floor((2 · cents + pieces) / (2 · pieces))
    try_cast(
      cast(((2 * given_cents + pieces) - (2 * given_cents + pieces) % (2 * pieces)) / (2 * pieces) as bigint)
      * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    ) as derived_price
  from counted
),

corrected as (
  select
    *,
    case when order_date <= today then order_date end as kept_order_date,
    case
      when usable_price is not null and (given_sales is null or given_sales <= 0 or given_sales <> expected_sales)
        then expected_sales
      when given_sales > 0 then given_sales
    end as sales,
    case
      when given_price > 0 then given_price
      when derived_price is not null then derived_price
      else usable_price
    end as price
  from expected
  cross join run
)

select
  _row,
  case when coalesce(sls_ord_num, '') = '' then 'missing order number' end as _reject_reason,
  sls_ord_num,
  sls_prd_key,
  customer_id as sls_cust_id,
  customer_id as reported_sls_cust_id,
  case when customer_id is null and customer_text is not null then 'not a number' end as sls_cust_id_rule,
  kept_order_date as sls_order_dt,
  order_date as reported_sls_order_dt,
  case
    when order_date is null and order_text is not null then 'not a date'
    when order_date > today then 'after today'
  end as sls_order_dt_rule,
  ship_date as sls_ship_dt,
  ship_date as reported_sls_ship_dt,
  case when ship_date is null and ship_text is not null then 'not a date' end as sls_ship_dt_rule,
  due_date as sls_due_dt,
  due_date as reported_sls_due_dt,
  case when due_date is null and due_text is not null then 'not a date' end as sls_due_dt_rule,
  sales as sls_sales,
  given_sales as reported_sls_sales,
  case
    when sales = given_sales and is_sales_rounded then 'rounded to the cent'
    when sales = given_sales then null
    when sales is not null then 'quantity × price'
    when given_sales is not null then 'no usable price or quantity'
    when sales_text is not null then 'not a number'
  end as sls_sales_rule,
  quantity as sls_quantity,
  given_quantity as reported_sls_quantity,
  case
    when quantity is not null then null
    when quantity_text is null then 'missing quantity'
    when given_quantity is null then 'not a number'
    else 'not positive'
  end as sls_quantity_rule,
  price as sls_price,
  given_price as reported_sls_price,
  case
    when price = given_price and is_price_rounded then 'rounded to the cent'
    when price = given_price then null
    when price is not null and derived_price is not null then 'sales ÷ quantity'
    when price is not null then 'sign removed'
    when given_price = 0 then 'zero price'
    when price_text is not null then 'not a number'
  end as sls_price_rule
from corrected
