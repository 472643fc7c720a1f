-- One row per product number. Prices and costs in cents, margins in thousandths, months counted from July 2023.
with numbers as (
  select unnest(range(products)) as product
  from shop
),

slots as (
  select *, first_slot + unnest(range(slots)) as slot
  from subcategories
),

placed as (
  select
    product,
    slots.*,
    row_number() over (partition by code order by product) - 1 as place,
    row_number() over (partition by code order by draw('popular', product)) as popular_rank
  from numbers
  join slots on slot = product % 30
),

words as (
  select
    string_split('Aldermoor Brisk Cinderpath Driftwood Elmstead Fennel Gorse Harrow Inkwell Juniper Kestrel Larkspur '
      || 'Marram Nettle Osprey Plover Quarry Rowan Sable Tarn Umber Vesper Whinchat Yarrow', ' ') as models,
    string_split('Red Blue Black Green Sand White Orange Grey', ' ') as colours
),

named as (
  select
    *,
    models[1 + (place + pick('models', code, 24)) % 24] as model,
    colours[1 + (place // 24 + pick('colours ' || code, place % 24, 8)) % 8] as colour
  from placed
  cross join words
),

priced as (
  select
    *,
    100 * (low + (high - low) * pick('price', product, 1000) * pick('price', product, 1000) // 1000000) as about,
    case when product % 41 = 17 then -40 - pick('margin', product, 80) else 270 + pick('margin', product, 310) end as margin
  from named
),

started as (
  select
    *,
    case
      when place = 0 then from_month
      when from_month > 0 then from_month + pick('start', product, 12)
      when until_month < 35 or pick('late', product, 10) < 7 then from_month + pick('start', product, 4)
      else 1 + pick('start', product, 28)
    end as start_month
  from priced
)

select
  product,
  code,
  concat_ws('-', upper(left(model, 2)), 100 + product, left(colour, 1)) as number,
  concat_ws(' ', model, kind, colour) as name,
  line,
  cast(start_month as integer) as start_month,
  until_month,
  about + case when about < 2000 then [0, 45, 50, 90][1 + pick('cents', product, 4)] else 99 end as price,
  margin,
  popularity * 1000 // (popular_rank + 1) as popularity,
  factors,
  most
from started
order by product
