import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {exact, percent, tick} from "./format.js";
import {asImage} from "./image.js";

/** Sales lines by days from order to shipment, one bar per day. */
export function Delivery(rows, {width, height = 160} = {}) {
  const total = rows.reduce((sum, {lines}) => sum + lines, 0);
  return asImage(
    Plot.plot({
      width,
      height,
      marginLeft: 48,
      marginBottom: 24,
      ariaLabel: `Sales lines by days from order to shipment, ${rows.length} bars`,
      x: {label: null, ticks: 6},
      marks: [
        Plot.gridY({ticks: 3, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.axisY({ticks: 3, tickFormat: tick, tickSize: 0, label: null, fill: "var(--ink-soft)"}),
        Plot.axisX({ticks: 6, tickSize: 0, label: null, fill: "var(--ink-soft)"}),
        Plot.rectY(rows, {
          x1: ({days}) => days - 0.4,
          x2: ({days}) => days + 0.4,
          y: "lines",
          fill: "var(--accent)"
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        Plot.tip(
          rows,
          Plot.pointerX({
            x: "days",
            y: "lines",
            title: ({days, lines}) =>
              `${days} days\n${exact(lines)} sales lines\n${percent(lines / total)} of all`,
            ...tipStyle
          })
        )
      ]
    })
  );
}

/** The columns of the table beside the bars. */
export const deliveryColumns = [
  {label: "Days", isHead: true, value: ({days}) => exact(days)},
  {label: "Sales lines", isNumber: true, value: ({lines}) => exact(lines)}
];
