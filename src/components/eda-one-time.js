import * as Plot from "@observablehq/plot";
import {frame, labelled} from "./chart-frame.js";
import {counted, exact, percent} from "./format.js";

/** How many bought once only, and what they are worth. */
export function oneTimeAnswer(rows) {
  const sum = sumsOf(rows);
  if (!sum.customers) return "Nobody has ordered yet.";
  const one = rows.find(({orders}) => orders === 1);
  if (!one)
    return `Nobody bought only once: each of the ${counted(sum.customers, "buyer")} has at least two orders.`;
  const more = {customers: sum.customers - one.customers, revenue: sum.revenue - Number(one.revenue)};
  const each = more.customers
    ? ` One of them brought ${exact(Number(one.revenue_per_customer))}, a customer with more orders ${exact(Number((more.revenue / more.customers).toFixed(2)))}.`
    : "";
  const watched = sum.watched
    ? ` Many may yet return: of the ${exact(sum.watched)} watched for a year or longer, ${percent(one.watched_customers / sum.watched)} have one order only.`
    : "";
  return `${percent(one.customers / sum.customers)} of the buyers have one order only, and ${sum.revenue > 0 ? percent(Number(one.revenue) / sum.revenue) : "n/a"} of the revenue is theirs.${each}${watched}`;
}

/** How it was computed and of how many. */
export function oneTimeMethod(rows) {
  const {customers, watched} = sumsOf(rows);
  return `n = ${counted(customers, "customer")} with an order, ${exact(watched)} of them with a first order at least 365 days before the data end. Orders are different order numbers, also without a day; money is that of all lines, as corrected.`;
}

/** Shares of customers and of revenue by the number of orders. */
export function oneTimeChart(rows, width) {
  const {customers, revenue} = sumsOf(rows);
  if (!customers) return "";
  const nameOf = (orders) => (orders === 5 ? "5 or more" : String(orders));
  const parts = rows.flatMap((row) => [
    {...row, name: nameOf(row.orders), kind: "of the customers", share: row.customers / customers},
    {
      ...row,
      name: nameOf(row.orders),
      kind: "of the revenue",
      share: revenue > 0 ? Number(row.revenue) / revenue : 0
    }
  ]);
  const chart = Plot.plot({
    ...frame(width, null),
    marginTop: 28,
    marginBottom: 40,
    fx: {label: "orders of a customer", labelAnchor: "left", padding: 0.2, axis: "bottom"},
    x: {axis: null, domain: ["of the customers", "of the revenue"]},
    y: {...frame(width, null).y, tickFormat: (share) => percent(share, 0)},
    color: {
      domain: ["of the customers", "of the revenue"],
      range: ["var(--other)", "var(--c1)"],
      legend: true
    },
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.barY(parts, {
        x: "kind",
        fx: "name",
        y: "share",
        fill: "kind",
        title: ({kind, share, customers, revenue}) =>
          `${percent(share)} ${kind}\n${exact(customers)} customers, revenue ${exact(Number(revenue))}`,
        tip: true
      }),
      Plot.text(parts, {
        x: "kind",
        fx: "name",
        y: ({share}) => Math.max(share, 0),
        text: ({share}) => percent(share, 0),
        dy: -8,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("share of all, by the number of orders", chart);
}

function sumsOf(rows) {
  return {
    customers: rows.reduce((sum, row) => sum + row.customers, 0),
    revenue: rows.reduce((sum, row) => sum + Number(row.revenue), 0),
    watched: rows.reduce((sum, row) => sum + row.watched_customers, 0)
  };
}
