import * as Plot from "@observablehq/plot";
import {chartLabel, tickOf, tip, told} from "./builder-axis.js";
import {changeOf, shortValue} from "./builder-measure.js";
import {isGrey, keyName} from "./builder-series.js";
import {labelled, sideways} from "./chart-frame.js";
import {withWhy} from "./why-button.js";

/** Horizontal bars by value; what they are compared with is the grey bar behind each. */
export function ranked({plan, measure, cells, keys: [all], width, ask}) {
  const group = plan.groups[0];
  const keys = all
    .toSorted(
      (a, b) =>
        isGrey(a, group) - isGrey(b, group) ||
        (cells.at(b).value ?? -Infinity) - (cells.at(a).value ?? -Infinity)
    )
    .slice(0, 60);
  const rows = keys.map((key, index) => ({key, index, ...cells.at(key), isGrey: isGrey(key, group)}));
  const isWide = width >= 480;
  const compared = plan.base ? rows.filter(({before}) => typeof before === "number") : [];
  const values = rows.flatMap(({value, before}) => [value ?? 0, before ?? 0]);
  const more = all.length - keys.length;
  return labelled(
    `${chartLabel(plan, measure, plan.base ? "grey" : null)}${more ? `, the ${keys.length} first of ${all.length}` : ""}`,
    withWhy(
      Plot.plot({
        ...sideways(width, {
          names: keys.map((key) => keyName(key, group, 60)),
          height: 28,
          right: plan.base && isWide ? 168 : 64
        }),
        x: {
          ...sideways(width, {names: []}).x,
          domain: [Math.min(0, ...values), Math.max(0, ...values) || 1],
          tickFormat: tickOf(measure)
        },
        marks: [
          Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: isWide ? 5 : 2}),
          Plot.barX(compared, {
            x: "before",
            y: "index",
            fill: "var(--last-year)",
            insetTop: 2,
            insetBottom: 2
          }),
          Plot.barX(rows, {
            x: "value",
            y: "index",
            fill: ({isGrey}) => (isGrey ? "var(--other)" : "var(--c1)"),
            insetTop: plan.base ? 7 : 5,
            insetBottom: plan.base ? 7 : 5
          }),
          Plot.text(rows, {
            x: ({value, before}) => Math.max(0, value ?? 0, plan.base ? (before ?? 0) : 0),
            y: "index",
            text: ({value, before}) =>
              `${shortValue(measure, value)}${plan.base && isWide ? ` · ${changeOf(measure, value, before).replace(/^.*\((.*)\)$/, "$1")}` : ""}`,
            textAnchor: "start",
            dx: 6,
            fill: "var(--ink-soft)"
          }),
          Plot.ruleX([0], {stroke: "var(--line-strong)"}),
          Plot.tip(
            rows,
            Plot.pointerY({
              ...tip,
              x: ({value}) => Math.max(0, value ?? 0),
              y: "index",
              title: (row) => told(plan, measure, [keyName(row.key, group)], row)
            })
          )
        ]
      }),
      ({key, value}) => ask([key], value),
      {isClicked: true}
    )
  );
}
