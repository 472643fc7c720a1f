import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {compact, exact, month, monthName, percent, tick, tickRoom} from "./format.js";
import {hatch} from "./hatch.js";
import {asImage} from "./image.js";

const kinds = [
  {name: "returning", color: "var(--c1)"},
  {name: "new", color: "var(--c2)"}
];

/** New customers on returning ones, by month; a month that is not over is hatched. `months` as in `customers_months.json`. */
export function CustomerMonths(months, {width, height = 280}) {
  const rows = months.map((row) => ({
    ...row,
    ...placeOf(row.month),
    all: row.new_customers + row.returning_customers
  }));
  const hatched = Object.fromEntries(kinds.map(({name, color}) => [name, hatch(color)]));
  const parts = rows.flatMap((row) => [
    {...row, kind: "returning", low: 0, high: row.returning_customers},
    {...row, kind: "new", low: row.returning_customers, high: row.all}
  ]);
  const colorOf = (kind) => kinds.find(({name}) => name === kind).color;
  const room = (width - tickRoom - 8) / rows.length;
  const step = [1, 3, 6, 12].find((n) => rows.length / n <= Math.min(12, (width - tickRoom - 8) / 56)) ?? 12;
  const ticks = rows.filter((row) => (Number(row.month.slice(5, 7)) - 1) % step === 0);
  const peak = rows
    .filter(({is_complete}) => is_complete)
    .reduce((best, row) => (best && best.all >= row.all ? best : row), null);
  return asImage(
    Plot.plot({
      width,
      height,
      marginLeft: tickRoom,
      marginRight: 8,
      marginTop: 24,
      marginBottom: 36,
      ariaLabel: `New and returning customers by month, ${rows.length} months`,
      x: {type: "utc", domain: [rows[0].x1, rows.at(-1).x2], axis: null},
      y: {domain: [0, Math.max(...rows.map(({all}) => all), 1) * 1.08]},
      marks: [
        ...kinds.map(({name}) => hatched[name].mark),
        Plot.gridY({ticks: 5, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.axisY({ticks: 5, tickFormat: tick, tickSize: 0, label: null, fill: "var(--ink-soft)"}),
        Plot.axisX(
          ticks.map(({middle}) => middle),
          {
            tickFormat: (_, i) =>
              i === 0 || ticks[i - 1].month.slice(0, 4) !== ticks[i].month.slice(0, 4)
                ? `${monthName(ticks[i].month)}\n${ticks[i].month.slice(0, 4)}`
                : monthName(ticks[i].month),
            tickSize: 0,
            fill: "var(--ink-soft)"
          }
        ),
        Plot.rectY(parts, {
          x1: "x1",
          x2: "x2",
          y1: "low",
          y2: "high",
          fill: ({kind, is_complete}) => (is_complete ? colorOf(kind) : hatched[kind].fill),
          insetLeft: Math.max(room * 0.1, (room - 64) / 2),
          insetRight: Math.max(room * 0.1, (room - 64) / 2)
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        peak?.all
          ? Plot.text([peak], {
              x: "middle",
              y: "all",
              text: ({all}) => compact(all),
              dy: -8,
              textAnchor: rows.indexOf(peak) > rows.length * 0.95 ? "end" : "middle",
              fill: "var(--ink)",
              stroke: "var(--card)",
              strokeWidth: 4,
              fontWeight: 600
            })
          : null,
        Plot.tip(
          rows,
          Plot.pointerX({
            x: "middle",
            y: "all",
            title: told,
            preferredAnchor: "bottom",
            ...tipStyle
          })
        )
      ]
    })
  );
}

/** The columns of the table beside the bars. */
export const monthColumns = [
  {
    label: "Month",
    isHead: true,
    value: (row) => `${month(row.month)}${row.is_complete ? "" : " (not over)"}`
  },
  {label: "New", isNumber: true, value: (row) => exact(row.new_customers)},
  {label: "Returning", isNumber: true, value: (row) => exact(row.returning_customers)},
  {label: "Revenue of new", isNumber: true, value: (row) => exact(row.new_revenue)},
  {label: "Revenue of returning", isNumber: true, value: (row) => exact(row.returning_revenue)}
];

function placeOf(day) {
  const x1 = new Date(day);
  const x2 = new Date(Date.UTC(x1.getUTCFullYear(), x1.getUTCMonth() + 1));
  return {x1, x2, middle: new Date((+x1 + +x2) / 2)};
}

function told(row) {
  const share = row.all ? ` (${percent(row.new_customers / row.all)})` : "";
  return [
    `${month(row.month)}${row.is_complete ? "" : ", not over"}`,
    `${exact(row.new_customers)} new${share}, ${exact(row.returning_customers)} returning`,
    `Revenue ${exact(row.new_revenue)} of new, ${exact(row.returning_revenue)} of returning`
  ].join("\n");
}
