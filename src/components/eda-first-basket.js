import * as Plot from "@observablehq/plot";
import {brief, labelled, sideways} from "./chart-frame.js";
import {counted, date, exact, percent} from "./format.js";

/** Whether the first basket tells who comes back. */
export function firstBasketAnswer(found) {
  const rows = found.filter(({customers}) => customers);
  if (!rows.length)
    return "It cannot be told yet: no first basket has 30 customers who began with every category on sale and were observed for a year.";
  if (rows.length === 1)
    return `It cannot be told yet: only ${brief(rows[0].basket)} has enough customers (${percent(rows[0].share)} of ${exact(rows[0].customers)} came back within a year).`;
  const [best, worst] = [rows[0], rows.at(-1)];
  const isApart = best.low > worst.high;
  const verdict = isApart
    ? "The intervals do not overlap."
    : "The intervals overlap, so chance may be all there is.";
  return `${isApart ? "Yes" : "Not that these customers show"}: of those whose first order held ${brief(best.basket)}, ${percent(best.share)} came back within a year (n = ${exact(best.customers)}); of those who began with ${brief(worst.basket)}, ${percent(worst.share)} (n = ${exact(worst.customers)}). ${verdict}`;
}

/** How it was computed and of how many. */
export function firstBasketMethod(rows) {
  const {all_customers: all = 0, compared_customers: compared = 0, all_since: since} = rows[0] ?? {};
  return `n = ${counted(compared ?? 0, "customer")} of ${exact(all)} with a dated order: those who first ordered since every category was on sale (${date(since)}) and at least 365 days before the data end. Earlier customers could not choose, so their basket would stand for their time. Bars: 95 % intervals (Wilson), of the highest and lowest of several baskets, so a gap is easier to find than it looks. Baskets with fewer than 30 customers are left out. It describes, it does not explain.`;
}

/** Share that returned within a year by first basket, with intervals. */
export function firstBasketChart(found, width) {
  const rows = found.filter(({customers}) => customers);
  if (!rows.length) return "";
  const row = (_, index) => index;
  const base = sideways(width, {names: rows.map(({basket}) => basket), height: 36, right: 104});
  const chart = Plot.plot({
    ...base,
    x: {
      ...base.x,
      tickFormat: (share) => percent(share, 0),
      domain: [0, Math.min(1, Math.max(...rows.map(({high}) => high)) * 1.1)]
    },
    y: {...base.y, type: "band"},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.ruleY(rows, {
        x1: "low",
        x2: "high",
        y: row,
        stroke: "var(--c1)",
        strokeWidth: 6,
        strokeOpacity: 0.35
      }),
      Plot.dot(rows, {
        x: "share",
        y: row,
        r: 5,
        fill: "var(--c1)",
        title: ({basket, share, low, high, customers, returned}) =>
          `${brief(basket)}\n${percent(share)} (${percent(low)} to ${percent(high)})\n${exact(returned)} of ${exact(customers)}`,
        tip: true
      }),
      Plot.text(rows, {
        x: "high",
        y: row,
        text: ({share, customers}) => `${percent(share, 0)}, n = ${exact(customers)}`,
        textAnchor: "start",
        dx: 8,
        fill: "var(--ink-soft)"
      })
    ]
  });
  return labelled("came back within a year, by the categories of the first order", chart);
}
