/** The customers with an order in a year and none after it, until the data end. */
const neverBack = `-- Customers with an order in the year and none after it
select
  customer_key,
  any_value(country) as country,
  max(order_date) as last_order_on,
  count(distinct order_number) as orders,
  sum(sales_amount) as revenue
from sales
where customer_key is not null
group by customer_key
having bool_or(year(order_date) = $year) and max(year(order_date)) = $year
order by revenue desc, customer_key`;

const boughtWith = `-- Orders with the subcategory that hold another one too; lift: how much oftener than all orders
with baskets as (
  select distinct order_number, subcategory from sales
),
own as (
  select order_number from baskets where subcategory = $subcategory
),
counts as (
  select subcategory, count(*) as orders from baskets group by all
)
select
  subcategory as bought_with_it,
  count(*) as orders,
  round(100.0 * count(*) / (select count(*) from own), 1) as percent_of_its_orders,
  round(count(*) * (select count(distinct order_number) from baskets)
    / ((select count(*) from own) * any_value(counts.orders)), 2) as lift
from own
join baskets using (order_number)
join counts using (subcategory)
where subcategory <> $subcategory
group by subcategory
order by orders desc, subcategory`;

/**
 * Questions that take SQL, as `{text, sql, values}`: `years` of the newest years whose year after is over, `members` of the most
 * frequent subcategories. `offered` as of `question.json`.
 */
export function sqlQuestions({first, through, members}) {
  if (through === null) return {years: [], members: []};
  const followed = Number(through.slice(0, 4)) - (through.endsWith("-12-31") ? 1 : 2);
  const years = [followed, followed - 1, followed - 2].filter((year) => year >= Number(first.slice(0, 4)));
  const subcategories = (members.subcategory?.listed ?? []).filter(
    ({member}) => member !== null && member !== "n/a" && member.length <= 60
  );
  return {
    years: years.map(neverCameBack),
    members: subcategories.map(({member}) => ({
      text: `What is bought with ${member}?`,
      sql: boughtWith,
      values: {subcategory: member}
    }))
  };
}

/** Who of the customers of a year never came back. */
export function neverCameBack(year) {
  return {
    text: `Which customers of ${year} never came back?`,
    sql: neverBack,
    values: {year: String(year)}
  };
}

/** Whether a text is one of the site's own. */
export function isOwnSql(sql) {
  return sql === neverBack || sql === boughtWith;
}
