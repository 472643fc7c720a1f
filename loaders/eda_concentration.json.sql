-- One record per percent of the customers, those with most money first: their share of all revenue, with the Gini
-- coefficient of the whole.
with buyers as (
  select
    revenue_amount,
    row_number() over (order by revenue_amount desc, customer_key) as place,
    count(*) over () as customers,
    sum(revenue_amount) over () as all_revenue
  from marts.customers
  where count_lines > 0
),

whole as (
  select
    any_value(customers) as customers,
    any_value(all_revenue) as revenue,
    sum((customers + 1 - 2 * place) * revenue_amount) / nullif(any_value(customers) * any_value(all_revenue), 0) as gini
  from buyers
),

percents as (
  select unnest(range(0, 101)) as percent
)

select
  cast(percents.percent as integer) as percent,
  cast(whole.customers as integer) as customers,
  cast(whole.revenue as decimal(38, 2)) as revenue,
  cast(count(buyers.place) as integer) as counted,
  cast(coalesce(sum(buyers.revenue_amount), 0) as double) / nullif(cast(whole.revenue as double), 0) as share,
  cast(min(buyers.revenue_amount) as decimal(38, 2)) as least_amount,
  cast(whole.gini as double) as gini
from percents
cross join whole
left join buyers on buyers.place <= ceil(whole.customers * percents.percent / 100.0)
where whole.customers > 0
group by percents.percent, whole.customers, whole.revenue, whole.gini
order by percents.percent
