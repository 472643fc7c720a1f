import * as Plot from "@observablehq/plot";
import {frame, labelled} from "./chart-frame.js";
import {counted, exact, percent} from "./format.js";

/** How long customers wait between orders. */
export function betweenAnswer(rows) {
  const [first] = rows;
  if (!first?.waits) return "Nobody has ordered on two days yet.";
  const {lower_quartile: low, middle, upper_quartile: high, middle_first, middle_later} = first;
  const later =
    middle_later === null
      ? ""
      : ` The wait for the second day was ${exact(middle_first)} days in the middle, later waits ${exact(middle_later)}.`;
  return `In the middle ${counted(middle, "day")} pass between two days with an order: a quarter of the waits ended within ${exact(low)}, three quarters within ${exact(high)}.${later}`;
}

/** How it was computed and of how many. */
export function betweenMethod(rows) {
  const {waits = 0, customers = 0, all_customers: all = 0} = rows[0] ?? {};
  return `n = ${counted(waits, "wait")} of ${counted(customers, "customer")} who ordered on at least two days, of ${exact(all)} with a dated order. Only waits that ended are counted: those still going on are longer, so this is how long returners took, not how long a customer will take; the question above who returns answers that one.`;
}

/** How many waits ended in each span of 30 days. */
export function betweenChart(rows, width) {
  const told = rows.filter(({counted}) => counted);
  if (!told.length) return "";
  const [{waits, middle}] = told;
  const chart = Plot.plot({
    ...frame(width, null),
    marginTop: 28,
    marginBottom: 40,
    x: {
      label: "days between two days with an order",
      labelArrow: "none",
      tickSize: 0,
      ticks: width < 480 ? 4 : 8
    },
    y: {...frame(width, null).y, zero: true},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.rectY(told, {
        x1: ({from_day}) => from_day - 1,
        x2: "to_day",
        y: "counted",
        fill: "var(--c1)",
        insetLeft: 1,
        insetRight: 1,
        title: ({from_day, to_day, counted: count}) =>
          `${from_day} to ${to_day} days\n${exact(count)} waits (${percent(count / waits)})`,
        tip: true
      }),
      Plot.ruleX([middle], {stroke: "var(--ink)", strokeDasharray: "3 3"}),
      Plot.text([middle], {
        x: (days) => days,
        frameAnchor: "top",
        dy: -14,
        text: (days) => `half within ${exact(days)}`,
        fill: "var(--ink)",
        fontWeight: 600
      }),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("waits that ended, by their days", chart);
}
