import * as Plot from "@observablehq/plot";
import {frame, labelled} from "./chart-frame.js";
import {counted, decimals, exact, percent} from "./format.js";

/** How much of the revenue the best customers bring. */
export function concentrationAnswer(rows) {
  const at = (share) => rows.find(({percent}) => percent === share);
  const [tenth] = [at(10)];
  if (!tenth || tenth.share === null) return "There is no revenue of known customers yet.";
  const half = rows.find(({share}) => share >= 0.5);
  const level = tenth.gini < 0.4 ? "spread widely" : tenth.gini < 0.7 ? "concentrated" : "very concentrated";
  return `Revenue is ${level}: the top 10 % of the customers (${exact(tenth.counted)}) bring ${percent(tenth.share)} of it, each of them at least ${exact(Number(tenth.least_amount))}; half of it comes from ${half.percent} %. The Gini coefficient is ${decimals(tenth.gini, 2)} (0: all alike, 1: one brings all).`;
}

/** How it was computed and of how many. */
export function concentrationMethod(rows) {
  return `n = ${counted(rows[0]?.customers ?? 0, "customer")} with a sales line, revenue ${exact(Number(rows[0]?.revenue ?? 0))}. Customers by all their money, most first; equal ones by key. Newer customers had less time to spend, which makes the shares more uneven than equal times would. Gini: mean difference of all pairs over twice the mean.`;
}

/** The share of revenue by the share of customers, most first, against all alike. */
export function concentrationChart(rows, width) {
  const told = rows.filter(({share}) => share !== null);
  if (!told.length) return "";
  const chart = Plot.plot({
    ...frame(width, null),
    marginBottom: 40,
    marginTop: 24,
    x: {
      label: "customers, most revenue first",
      labelArrow: "none",
      tickFormat: (share) => `${share}%`,
      ticks: 5
    },
    y: {...frame(width, null).y, tickFormat: (share) => percent(share, 0), zero: true},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.line(
        [
          [0, 0],
          [100, 1]
        ],
        {stroke: "var(--other)", strokeDasharray: "4 3"}
      ),
      Plot.areaY(told, {
        x: "percent",
        y1: ({percent}) => percent / 100,
        y2: "share",
        fill: "var(--c1)",
        fillOpacity: 0.08
      }),
      Plot.lineY(told, {x: "percent", y: "share", stroke: "var(--c1)", strokeWidth: 2.5}),
      Plot.dot(
        told.filter(({percent}) => percent === 10),
        {x: "percent", y: "share", fill: "var(--c1)", r: 4}
      ),
      Plot.text(
        told.filter(({percent}) => percent === 10),
        {
          x: "percent",
          y: "share",
          text: ({share}) => `top 10%: ${percent(share, 0)}`,
          textAnchor: "start",
          dx: 8,
          dy: 8,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4,
          fontWeight: 600
        }
      ),
      Plot.tip(
        told,
        Plot.pointerX({
          x: "percent",
          y: "share",
          title: ({percent: part, share, counted: customers, least_amount}) =>
            `Top ${part}% (${exact(customers)} customers)\n${percent(share)} of the revenue${least_amount === null ? "" : `\nat least ${exact(Number(least_amount))} each`}`
        })
      ),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("share of revenue; dashed: if all brought alike", chart);
}
