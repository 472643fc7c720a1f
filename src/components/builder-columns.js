import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {
  axisOf,
  axisOfKeys,
  chartLabel,
  colorsOf,
  legend,
  partialOf,
  shortKey,
  tip,
  told
} from "./builder-axis.js";
import {shortValue} from "./builder-measure.js";
import {isGrey, keyName} from "./builder-series.js";
import {frame, labelled} from "./chart-frame.js";
import {hatch} from "./hatch.js";
import {withWhy} from "./why-button.js";

/** Columns over time or an order, in front of what they are compared with in grey; a bucket that is cut is hatched. */
export function columns({plan, measure, cells, keys: [keys], width, ask}) {
  const group = plan.groups[0];
  const partial = partialOf(plan);
  const rows = keys.map((key) => ({
    key,
    ...cells.at(key),
    isPartial: partial.has(key),
    isGrey: isGrey(key, group)
  }));
  const {mark, fill} = hatch("var(--c1)");
  const room = (width - 68) / keys.length;
  const compared = plan.base ? rows.filter(({before}) => typeof before === "number") : [];
  const peak = peakOf(rows, measure);
  return labelled(
    chartLabel(plan, measure, plan.base ? "grey" : null),
    withWhy(
      Plot.plot({
        ...frame(width, null),
        ...axisOf(measure, rows),
        marginTop: 24,
        marginBottom: 40,
        x: {type: "band", domain: keys, padding: room > 8 ? 0.25 : 0.05, axis: null},
        marks: [
          mark,
          Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
          axisOfKeys(keys, group, width),
          Plot.barY(compared, {x: "key", y: "before", fill: "var(--last-year)", inset: room > 12 ? -2 : 0}),
          Plot.barY(rows, {
            x: "key",
            y: "value",
            fill: ({isPartial, isGrey}) => (isGrey ? "var(--other)" : isPartial ? fill : "var(--c1)"),
            insetLeft: room > 12 ? 2 : 0,
            insetRight: room > 12 ? 2 : 0
          }),
          Plot.ruleY([0], {stroke: "var(--line-strong)"}),
          peak &&
            Plot.text([peak], {
              x: "key",
              y: "value",
              dy: -8,
              text: ({value}) => shortValue(measure, value),
              fontWeight: 600,
              fill: "var(--ink)",
              stroke: "var(--card)",
              strokeWidth: 4
            }),
          Plot.tip(
            rows,
            Plot.pointerX({
              ...tip,
              x: "key",
              y: ({value, before}) => Math.max(value ?? 0, before ?? 0, 0),
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

/** Columns of a few series, one on top of the other or side by side. */
export function series({plan, measure, cells, keys: [firsts, names], listed, width, isStacked, ask}) {
  const [group, second] = plan.groups;
  const color = colorsOf(names, second, listed);
  const rows = firsts.flatMap((first) => names.map((name) => ({first, name, ...cells.at(first, name)})));
  const title = (row) => told(plan, measure, [keyName(row.name, second), keyName(row.first, group)], row);
  const total = (first) => names.reduce((sum, name) => sum + (cells.at(first, name).value ?? 0), 0);
  const domain = isStacked
    ? axisOf(
        measure,
        firsts.map((first) => ({value: total(first)}))
      )
    : axisOf(measure, rows);
  const placing = isStacked ? {x: "first"} : {fx: "first", x: "name"};
  const scale = {type: "band", domain: firsts, padding: isStacked ? 0.2 : 0.12, axis: null, label: null};
  return labelled(
    chartLabel(plan, measure, null),
    html`<div>
      ${legend(names, second, color)}
      ${withWhy(
        Plot.plot({
          ...frame(width, null),
          ...domain,
          marginTop: 16,
          marginBottom: 40,
          ...(isStacked ? {x: scale} : {fx: scale, x: {domain: names, axis: null, padding: 0.05}}),
          marks: [
            Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
            isStacked
              ? axisOfKeys(firsts, group, width)
              : Plot.axisFx({
                  tickFormat: (key) => shortKey(key, group, width, firsts),
                  tickSize: 0,
                  label: null,
                  fill: "var(--ink-soft)",
                  anchor: "bottom"
                }),
            Plot.barY(rows, {
              ...placing,
              y: ({value}) => value ?? 0,
              fill: ({name}) => color(name),
              order: isStacked ? names : undefined,
              title,
              tip
            }),
            Plot.ruleY([0], {stroke: "var(--line-strong)"})
          ]
        }),
        ({first, name, value}) => ask([first, name], value),
        {isClicked: true}
      )}
    </div>`
  );
}

function peakOf(rows, {format}) {
  const known = rows.filter(({value}) => typeof value === "number" && value > 0);
  if (known.length < 2 || format === "date") return null;
  return known.reduce((best, row) => (row.value > best.value ? row : best));
}
