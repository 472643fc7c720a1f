const nothing = {
  product: {pieces: 0, revenue: 0, cost: 0},
  kind: {orders: 0, revenue: 0}
};

/**
 * What moved between two conditions over `marts.sales`, a row each: totals of both (`level` total), their lines with
 * pieces and money by product, and their orders by kind, which is the categories that an order holds.
 */
export function driversSql(before, now) {
  const spans = Object.entries({before, now});
  return spans
    .flatMap(([span, condition]) => [
      totals(span, condition),
      products(span, condition),
      kinds(span, condition)
    ])
    .join("\nunion all\n");
}

function totals(span, condition) {
  return `select '${span}' as span, 'total' as level, null as name,
  cast(coalesce(sum(quantity), 0) as double) as pieces,
  cast(coalesce(sum(sales_amount), 0) as double) as revenue,
  cast(coalesce(sum(margin_amount), 0) as double) as margin,
  cast(count(distinct order_number) as double) as orders,
  cast(count(distinct customer_key) as double) as customers,
  cast(0 as double) as cost
from marts.sales where ${condition}`;
}

function products(span, condition) {
  return `select '${span}', 'product', coalesce(product_number, 'n/a'),
  cast(sum(quantity) as double), cast(sum(sales_amount) as double), 0, 0, 0,
  cast(coalesce(sum(cost_amount), 0) as double)
from marts.sales where ${condition} and quantity > 0 and sales_amount is not null
group by 3`;
}

function kinds(span, condition) {
  return `select '${span}', 'kind', kind, 0, cast(coalesce(sum(revenue), 0) as double), 0, cast(count(*) as double), 0, 0
from (
  select order_number, string_agg(distinct category, ' + ' order by category) as kind, sum(sales_amount) as revenue
  from marts.sales where ${condition} and order_number is not null group by order_number
) as orders
group by 3`;
}

/** The rows of that answer, as drivers.js takes them. */
export function spansOf(rows) {
  const total = (span) => rows.find((row) => row.span === span && row.level === "total");
  return {
    before: total("before"),
    now: total("now"),
    products: groupsOf(rows, "product"),
    kinds: groupsOf(rows, "kind").map(({name, ...rest}) => ({kind: name, ...rest}))
  };
}

function groupsOf(rows, level) {
  const groups = new Map();
  for (const row of rows) {
    if (row.level !== level) continue;
    const found = groups.get(row.name) ?? {name: row.name, before: nothing[level], now: nothing[level]};
    groups.set(row.name, {...found, [row.span]: row});
  }
  return [...groups.values()];
}
