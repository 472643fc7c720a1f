-- One record per number of days from order to shipment, and how many lines took it.
select
  cast(ship_date - order_date as integer) as days,
  cast(count(*) as integer) as lines
from marts.sales
where ship_date is not null and order_date is not null
group by 1
order by 1
