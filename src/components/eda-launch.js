import * as Plot from "@observablehq/plot";
import {brief, frame, labelled} from "./chart-frame.js";
import {compact, counted, date, exact, percent, tick} from "./format.js";

const span = 6;

/** What the launch did to orders and to the rest of the shop. */
export function launchAnswer(rows) {
  if (!rows.length) return "No category was launched later than half a year after the shop's first sale.";
  const {categories, launched_on} = rows[0];
  const [before, after] = [around(rows, -span, -1), around(rows, 1, span)];
  if (!before.months || !after.months)
    return `${brief(categories)} were first sold on ${date(launched_on)}; there are not enough whole months around it to compare.`;
  return `${brief(categories)} were first sold on ${date(launched_on)}. Orders went from ${exact(before.orders)} to ${exact(after.orders)} a month; ${percent(after.share, 0)} of the orders after it hold something of them, yet they bring ${percent(after.launchedShare, 1)} of the revenue. The rest of the shop went from ${compact(before.others)} to ${compact(after.others)} a month, and the average order from ${compact(before.average)} to ${compact(after.average)}.`;
}

/** How it was computed and of how many. */
export function launchMethod(rows) {
  if (!rows.length) return "A launch is a category's first sale at least 182 days after the shop's own.";
  const [before, after] = [around(rows, -span, -1), around(rows, 1, span)];
  return `n = ${exact(before.all + after.all)} orders: ${counted(before.months, "whole month")} before against ${counted(after.months, "whole month")} after, the month of the launch left out. What else changed at the time is not separated: this is before and after, not cause.`;
}

/** Orders by month with and without the launched categories. */
export function launchChart(rows, width) {
  const data = rows
    .filter(({is_complete}) => is_complete)
    .flatMap(({month, orders_with, orders_without, categories}) => [
      {month: new Date(month), orders: orders_without, kind: "without"},
      {month: new Date(month), orders: orders_with, kind: `with ${brief(categories)}`}
    ]);
  if (!data.length) return "";
  const launched = new Date(rows[0].launched_on);
  const top = Math.max(...rows.map((row) => row.orders_with + row.orders_without));
  const isLate = launched > new Date((+data[0].month + +data.at(-1).month) / 2);
  const chart = Plot.plot({
    ...frame(width, null),
    color: {
      domain: ["without", `with ${brief(rows[0].categories)}`],
      range: ["var(--other)", "var(--c2)"],
      legend: true
    },
    x: {type: "utc", label: null, ticks: Math.min(6, Math.floor(width / 90))},
    y: {...frame(width, null).y, tickFormat: tick, domain: [0, top * 1.12]},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.rectY(data, {
        x: "month",
        interval: "month",
        y: "orders",
        fill: "kind",
        inset: 0.5,
        title: ({month, kind, orders}) =>
          `${month.toISOString().slice(0, 7)}, ${kind}\n${exact(orders)} orders`,
        tip: true
      }),
      Plot.ruleX([launched], {stroke: "var(--ink)", strokeDasharray: "4 4"}),
      Plot.text([launched], {
        x: (x) => x,
        y: top * 1.08,
        text: () => `first sold ${date(rows[0].launched_on)}`,
        textAnchor: isLate ? "end" : "start",
        dx: isLate ? -8 : 8,
        fill: "var(--ink)"
      }),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("orders a month", chart);
}

function around(rows, from, to) {
  const some = rows.filter(
    ({months_since, is_complete}) => is_complete && months_since >= from && months_since <= to
  );
  const sum = (value) => some.reduce((total, row) => total + value(row), 0);
  const all = sum((row) => row.orders_with + row.orders_without);
  const revenue = sum((row) => Number(row.revenue));
  const launched = sum((row) => Number(row.launched_revenue));
  return {
    months: some.length,
    all,
    orders: Math.round(all / some.length),
    others: (revenue - launched) / some.length,
    average: revenue / all,
    share: sum((row) => row.orders_with) / all,
    launchedShare: launched / revenue
  };
}
