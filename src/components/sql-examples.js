/** Questions to start from; the first one is what the page opens with. */
export const examples = [
  {
    name: "Revenue by month and category",
    sql: `-- Revenue of each month, split by category, of the products that are known
select
  month_on as month,
  category,
  sum(product_months.revenue_amount) as revenue
from product_months
join products using (product_number)
group by all
order by month, category`
  },
  {
    name: "Products that earn most, last 12 months",
    sql: `-- Margin of the last twelve months by product
select
  product_name,
  sum(margin_amount) as margin,
  sum(sales_amount) as revenue,
  round(100.0 * sum(margin_amount) / nullif(sum(sales_amount), 0), 1) as margin_percent,
  sum(quantity) as pieces
from sales
join periods on order_date between starts_on and ends_on
where period = '12m'
group by all
order by margin desc
limit 20`
  },
  {
    name: "Average revenue by weekday",
    sql: `-- Days without sales count, as zero
select
  weekday,
  round(avg(revenue_amount), 2) as average_revenue,
  count(*) as days
from daily_sales
join dim_dates using (date_day)
group by all
order by average_revenue desc`
  },
  {
    name: "Bought together",
    sql: `-- Pairs of subcategories in one order: support, confidence, lift
with baskets as (
  select distinct order_number, subcategory from sales
),
counts as (
  select subcategory, count(*) as orders from baskets group by all
),
total as (
  select count(distinct order_number) as orders from baskets
)
select
  a.subcategory || ' → ' || b.subcategory as pair,
  count(*) as orders_with_both,
  round(100.0 * count(*) / any_value(ca.orders), 1) as confidence_percent,
  round(count(*) * any_value(total.orders) / (any_value(ca.orders) * any_value(cb.orders)), 2) as lift
from baskets as a
join baskets as b on a.order_number = b.order_number and a.subcategory <> b.subcategory
join counts as ca on ca.subcategory = a.subcategory
join counts as cb on cb.subcategory = b.subcategory
cross join total
group by a.subcategory, b.subcategory
having count(*) >= 100
order by lift desc
limit 20`
  },
  {
    name: "Customers by country and what they are worth",
    sql: `select
  country,
  sum(revenue_amount) as revenue,
  count(*) as customers,
  round(avg(count_orders), 2) as orders_per_customer,
  round(avg(revenue_amount), 2) as revenue_per_customer
from customers
where count_orders > 0
group by all
order by revenue desc`
  },
  {
    name: "What was corrected, by rule",
    sql: `select
  rule,
  count(*) as corrected_values,
  table_name,
  column_name,
  min(source_value) as for_example,
  min(corrected) as became
from corrections
group by all
order by corrected_values desc`
  }
];
