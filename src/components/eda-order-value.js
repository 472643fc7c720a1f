import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, labelled, sideways} from "./chart-frame.js";
import {compact, counted, exact} from "./format.js";
import {money} from "./shop.js";

const dimensions = [
  {name: "Country", ask: "By country", label: `${money("mean order value")} by country, with 95 % intervals`},
  {
    name: "Age",
    ask: "By age",
    label: `${money("mean order value")} by age at the data end, with 95 % intervals`
  }
];

/** Whether country or age goes with larger orders. */
export function orderValueAnswer(rows) {
  const told = dimensions
    .map(({name, ask}) => ({ask, rows: known(rows, name).filter(({member}) => member !== "n/a")}))
    .filter((one) => one.rows.length > 1);
  if (!told.length) return "It cannot be told yet: no two countries or age bands have 30 orders each.";
  return told
    .map(({ask, rows}) => {
      const [most, least] = [rows[0], rows.at(-1)];
      const isApart = most.mean_amount - most.margin > Number(least.mean_amount) + Number(least.margin);
      return `${ask} orders are largest in ${brief(most.member, 30)} (${exact(Number(most.mean_amount))} on average, n = ${exact(most.orders)}) and smallest in ${brief(least.member, 30)} (${exact(Number(least.mean_amount))}, n = ${exact(least.orders)}); ${isApart ? "the intervals do not meet" : "the intervals meet, so chance may be all there is"}.`;
    })
    .join(" ");
}

/** How it was computed and of how many. */
export function orderValueMethod(rows) {
  const [first] = rows;
  return `n = ${counted(first?.all_orders ?? 0, "dated order")} of known customers, ${exact(Number(first?.all_mean ?? 0))} on average. Means with 95 % intervals (normal), as if orders were independent; a few customers with many orders make them look surer than they are. Members with fewer than 30 orders are left out, and of several the highest and lowest are compared, so a gap is easier to find than it looks. What was on sale when they bought differs too.`;
}

/** Mean order value by country and by age, with intervals. */
export function orderValueChart(rows, width) {
  const charts = dimensions.map((one) => intervals(known(rows, one.name).slice(0, 15), one.label, width));
  return html`<div>${charts}</div>`;
}

function intervals(rows, label, width) {
  if (!rows.length) return "";
  const row = (_, index) => index;
  const low = ({mean_amount, margin}) => Number(mean_amount) - Number(margin);
  const high = ({mean_amount, margin}) => Number(mean_amount) + Number(margin);
  const base = sideways(width, {
    names: rows.map(({member}) => member),
    height: 28,
    right: width < 480 ? 64 : 120
  });
  const chart = Plot.plot({
    ...base,
    y: {...base.y, type: "band"},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.ruleX([0], {stroke: "var(--line-strong)"}),
      Plot.ruleY(rows, {x1: low, x2: high, y: row, stroke: "var(--c1)", strokeWidth: 6, strokeOpacity: 0.35}),
      Plot.dot(rows, {
        x: ({mean_amount}) => Number(mean_amount),
        y: row,
        r: 4,
        fill: "var(--c1)",
        title: (one) =>
          `${brief(one.member)}\n${exact(Number(one.mean_amount))} on average (${exact(Number(low(one).toFixed(2)))} to ${exact(Number(high(one).toFixed(2)))})\nmedian ${exact(Number(one.median_amount))}, ${exact(one.orders)} orders`,
        tip: true
      }),
      Plot.text(rows, {
        x: high,
        y: row,
        text: ({mean_amount, orders}) =>
          width < 480
            ? compact(Number(mean_amount))
            : `${compact(Number(mean_amount))}, n = ${exact(orders)}`,
        textAnchor: "start",
        dx: 8,
        fill: "var(--ink-soft)"
      })
    ]
  });
  return labelled(label, chart);
}

function known(rows, name) {
  return rows.filter(({dimension, orders}) => dimension === name && orders);
}
