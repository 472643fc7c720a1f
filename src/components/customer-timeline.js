import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {date, exact, compact, percent, tick, tickRoom} from "./format.js";
import {asImage} from "./image.js";

/**
 * The dated orders of a customer as stems over time, those with a corrected line ringed. `orders` as of `ordersSql`;
 * `through` is the day until which the data tell.
 */
export function CustomerTimeline(orders, {width, height = 240, through}) {
  const rows = orders.map((order) => ({...order, at: new Date(order.order_date)}));
  const end = new Date(through);
  const start = new Date(Math.min(...rows.map(({at}) => +at)));
  const room = Math.max((end - start) * 0.04, 86400000 * 14);
  const values = rows.map(({revenue}) => revenue);
  const largest = rows.reduce((best, row) => (best && best.revenue >= row.revenue ? best : row), null);
  const isWide = width >= 480;
  return asImage(
    Plot.plot({
      width,
      height,
      marginLeft: tickRoom,
      marginRight: 24,
      marginTop: 28,
      marginBottom: 36,
      ariaLabel: `Orders by day and revenue, ${rows.length} orders`,
      x: {
        type: "utc",
        domain: [new Date(+start - room), new Date(+end + room)],
        ticks: isWide ? 6 : 3,
        tickSize: 0,
        label: null
      },
      y: {
        domain: [Math.min(0, ...values), Math.max(...values, 1) * 1.1],
        ticks: 4,
        tickFormat: tick,
        tickSize: 0,
        label: null
      },
      marks: [
        Plot.gridY({ticks: 4, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.ruleX([end], {stroke: "var(--ink-faint)", strokeDasharray: "2 3"}),
        Plot.text([end], {
          x: (day) => day,
          frameAnchor: "top",
          dy: -20,
          textAnchor: "end",
          text: () => "data end",
          fill: "var(--ink-soft)"
        }),
        Plot.ruleX(rows, {x: "at", y1: 0, y2: "revenue", stroke: "var(--accent)", strokeWidth: 2}),
        Plot.dot(rows, {
          x: "at",
          y: "revenue",
          r: 5,
          fill: "var(--accent)",
          stroke: ({corrected_lines}) => (corrected_lines ? "var(--c2)" : "var(--card)"),
          strokeWidth: ({corrected_lines}) => (corrected_lines ? 3 : 1)
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        largest
          ? Plot.text([largest], {
              x: "at",
              y: "revenue",
              dy: -12,
              text: ({revenue}) => compact(revenue),
              fill: "var(--ink)",
              stroke: "var(--card)",
              strokeWidth: 4,
              fontWeight: 600
            })
          : null,
        Plot.tip(
          rows,
          Plot.pointer({
            x: "at",
            y: "revenue",
            title: told,
            maxRadius: 60,
            ...tipStyle
          })
        )
      ]
    })
  );
}

function told({order_number, order_date, revenue, margin, products, corrected_lines}) {
  const names = (products ?? "n/a")
    .split("\n")
    .map((name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
  return [
    `${order_number ?? "no number"}, ${date(order_date)}`,
    `Revenue ${exact(revenue)}${revenue > 0 && margin !== null ? `, margin ${percent(margin / revenue)}` : ""}`,
    ...names.slice(0, 6),
    names.length > 6 ? `and ${names.length - 6} more` : null,
    corrected_lines ? `${exact(corrected_lines)} lines corrected` : null
  ]
    .filter(Boolean)
    .join("\n");
}
