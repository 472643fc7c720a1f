-- One row per subcategory. `slots` of 30 products are its own; prices go from `low` to `high`; one piece or up to
-- `most` are bought at once; sales begin in `from_month` and end in `until_month`, counted from July 2023.
with listed (
  code, category, subcategory, kind, maintenance, slots, popularity, low, high, most, line, season, from_month, until_month
) as (
  values
    ('BI-RO', 'Bikes', 'Road Bikes', 'Road Bike', 'Yes', 2, 50, 690, 4200, 1, 'R', 'ride', -3, 35),
    ('BI-GR', 'Bikes', 'Gravel Bikes', 'Gravel Bike', 'Yes', 2, 60, 890, 3600, 1, 'M', 'ride', -3, 35),
    ('BI-CI', 'Bikes', 'City Bikes', 'City Bike', 'Yes', 1, 70, 340, 1400, 1, 'T', 'ride', -3, 35),
    ('BI-EB', 'Bikes', 'E-Bikes', 'E-Bike', 'Yes', 1, 45, 1590, 4900, 1, 'T', 'gift', -3, 35),
    ('CO-WH', 'Components', 'Wheels', 'Wheel', 'Yes', 2, 60, 79, 780, 2, 'R', 'flat', -3, 35),
    ('CO-BR', 'Components', 'Brakes', 'Brake Set', 'Yes', 2, 90, 24, 210, 2, 'M', 'flat', -3, 35),
    ('CO-CH', 'Components', 'Chains', 'Chain', 'Yes', 1, 140, 12, 74, 3, 'S', 'flat', -3, 35),
    ('CO-PE', 'Components', 'Pedals', 'Pedals', 'No', 1, 80, 15, 150, 1, 'R', 'flat', -3, 35),
    ('CO-SA', 'Components', 'Saddles', 'Saddle', 'No', 1, 70, 29, 190, 1, 'S', 'flat', -3, 35),
    ('AC-HE', 'Accessories', 'Helmets', 'Helmet', 'No', 2, 150, 34, 210, 2, 'S', 'ride', -3, 35),
    ('AC-BO', 'Accessories', 'Bottles', 'Bottle', 'No', 1, 210, 6, 29, 4, 'S', 'ride', -3, 35),
    ('AC-LI', 'Accessories', 'Lights', 'Light', 'No', 2, 150, 14, 130, 2, 'S', 'dark', -3, 35),
    ('AC-LO', 'Accessories', 'Locks', 'Lock', 'No', 1, 140, 18, 125, 2, 'S', 'flat', -3, 35),
    ('AC-PU', 'Accessories', 'Pumps', 'Pump', 'Yes', 1, 100, 14, 80, 1, 'S', 'gift', -3, 35),
    ('AC-TU', 'Accessories', 'Tubes', 'Tube', 'No', 1, 260, 4, 14, 6, 'M', 'ride', -3, 35),
    ('AC-TO', 'Accessories', 'Tools', 'Multitool', 'No', 1, 100, 12, 95, 2, 'S', 'gift', -3, 35),
    ('AC-BA', 'Accessories', 'Bags', 'Pannier', 'No', 1, 110, 25, 150, 2, 'T', 'ride', -3, 26),
    ('CL-JE', 'Clothing', 'Jerseys', 'Jersey', 'No', 2, 170, 35, 130, 2, 'S', 'ride', 15, 35),
    ('CL-SH', 'Clothing', 'Shorts', 'Shorts', 'No', 1, 140, 39, 140, 2, 'S', 'ride', 15, 35),
    ('CL-GL', 'Clothing', 'Gloves', 'Gloves', 'No', 2, 150, 15, 70, 2, 'M', 'dark', 15, 35),
    ('CL-SO', 'Clothing', 'Socks', 'Socks', 'No', 1, 190, 7, 25, 6, 'S', 'gift', 15, 35),
    ('CL-RA', 'Clothing', 'Rain Jackets', 'Rain Jacket', 'Yes', 1, 90, 59, 240, 1, 'S', 'dark', 15, 35)
),

seasons (season, factors) as (
  values
    ('flat', [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]),
    ('ride', [60, 70, 95, 115, 130, 135, 130, 115, 95, 80, 65, 80]),
    ('dark', [130, 120, 100, 80, 60, 50, 50, 70, 100, 135, 150, 150]),
    ('gift', [80, 80, 90, 95, 100, 100, 95, 90, 90, 95, 130, 210])
)

select
  listed.*,
  factors,
  sum(slots) over (order by code) - slots as first_slot
from listed
join seasons using (season)
order by code
