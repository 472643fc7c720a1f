-- What goes with a product: one row per month, product on sale and place in a basket, with a companion or none.
with links (code, codes) as (
  values
    ('BI-RO', ['AC-HE', 'AC-BO', 'CL-JE', 'CL-SH']),
    ('BI-GR', ['AC-HE', 'AC-BO', 'AC-PU', 'AC-BA']),
    ('BI-CI', ['AC-LO', 'AC-HE', 'AC-LI', 'AC-BA']),
    ('BI-EB', ['AC-LO', 'AC-HE', 'AC-BA', 'CL-RA']),
    ('CO-WH', ['AC-TU', 'CO-BR', 'AC-TO', 'CO-CH']),
    ('CO-CH', ['AC-TO', 'CO-BR', 'CO-PE', 'AC-TU']),
    ('AC-TU', ['AC-PU', 'AC-TO', 'CO-CH', 'AC-BO']),
    ('AC-HE', ['AC-LI', 'CL-GL', 'AC-LO', 'AC-BO']),
    ('CL-JE', ['CL-SH', 'CL-SO', 'CL-GL', 'AC-BO']),
    ('CL-RA', ['CL-GL', 'AC-LI', 'CL-SO', 'AC-HE'])
),

wanted as (
  select
    month,
    product,
    unnest(range(5)) as place,
    unnest([null] || coalesce(codes, [null, null, null, null])) as companion_code,
    pick('companion', product, 16) // unnest([1, 1, 2, 4, 8]) % 2 as choice
  from offers
  left join links using (code)
),

ranked as (
  select
    month,
    product as companion,
    code as companion_code,
    row_number() over (partition by month, code order by popularity desc, product) - 1 as choice,
    count(*) over (partition by month, code) as on_sale
  from offers
),

-- the companion is one of the two most popular, or the only one
candidates as (
  select month, companion, companion_code, unnest(case when on_sale = 1 then [0, 1] else [choice] end) as choice
  from ranked
  where choice < 2
)

select month, product, place, companion
from wanted
left join candidates using (month, companion_code, choice)
order by month, product, place
