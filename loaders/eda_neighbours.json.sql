-- One record per launch: new products of a subcategory that already sold, its older products and the rest of the shop,
-- 180 days before the first sale and 180 days from it on.
with dated as (
  select product_number, subcategory, order_date, sales_amount
  from marts.sales
  where order_date is not null and product_number is not null and subcategory <> 'n/a'
    and order_date <= (select max(ends_on) from marts.periods)
),

firsts as (
  select product_number, subcategory, min(order_date) as first_on
  from dated
  group by product_number, subcategory
),

-- products of a subcategory first sold within a month of the first of them come as one launch
gaps as (
  select
    *,
    coalesce(
      first_on > lag(first_on) over (partition by subcategory order by first_on, product_number) + 30, true
    ) as is_new
  from firsts
),

numbered as (
  select *, count(*) filter (is_new) over (partition by subcategory order by first_on, product_number) as launch
  from gaps
),

launches as (
  select
    subcategory,
    launch,
    min(first_on) as launched_on,
    cast(count(*) as integer) as products
  from numbered
  group by subcategory, launch
),

-- both spans must lie within the data, and older products must have sold
whole as (
  select launches.*
  from launches
  where launched_on - 180 >= (select min(order_date) from dated)
    and launched_on + 179 <= (select max(ends_on) from marts.periods)
    and launch > 1
),

parts as (
  select
    whole.subcategory,
    whole.launched_on,
    whole.products,
    count(distinct dated.product_number) filter (dated.subcategory = whole.subcategory and firsts.first_on < whole.launched_on)
      as neighbours,
    coalesce(sum(sales_amount) filter (
      dated.subcategory = whole.subcategory and firsts.first_on < whole.launched_on and order_date < whole.launched_on
    ), 0) as neighbours_before,
    coalesce(sum(sales_amount) filter (
      dated.subcategory = whole.subcategory and firsts.first_on < whole.launched_on and order_date >= whole.launched_on
    ), 0) as neighbours_after,
    coalesce(sum(sales_amount) filter (
      dated.subcategory = whole.subcategory and firsts.first_on >= whole.launched_on and order_date >= whole.launched_on
    ), 0) as launched_after,
    coalesce(sum(sales_amount) filter (dated.subcategory <> whole.subcategory and order_date < whole.launched_on), 0)
      as rest_before,
    coalesce(sum(sales_amount) filter (dated.subcategory <> whole.subcategory and order_date >= whole.launched_on), 0)
      as rest_after
  from whole
  join dated on dated.order_date between whole.launched_on - 180 and whole.launched_on + 179
  join firsts on firsts.product_number = dated.product_number
  group by whole.subcategory, whole.launched_on, whole.products
)

select
  subcategory,
  launched_on,
  products,
  cast(neighbours as integer) as neighbours,
  cast(neighbours_before as decimal(38, 2)) as neighbours_before,
  cast(neighbours_after as decimal(38, 2)) as neighbours_after,
  cast(launched_after as decimal(38, 2)) as launched_after,
  cast(rest_before as decimal(38, 2)) as rest_before,
  cast(rest_after as decimal(38, 2)) as rest_after
from parts
where neighbours_before > 0
order by launched_after desc, subcategory, launched_on
limit 200
