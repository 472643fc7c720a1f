import * as Plot from "@observablehq/plot";
import {axisOf, axisOfDays, chartLabel, colorsOf, partialOf, tip, told} from "./builder-axis.js";
import {keyName} from "./builder-series.js";
import {brief, frame, labelled} from "./chart-frame.js";
import {withWhy} from "./why-button.js";

/** Lines over time, named at their ends; what a single line is compared with is its faint twin. */
export function lines({plan, measure, cells, keys: [starts, names = [null]], listed, width, ask}) {
  const grain = plan.groups[0].name;
  const group = plan.groups[1];
  const isSingle = !group;
  const color = colorsOf(names, group, listed);
  const partial = partialOf(plan);
  const dated = starts.filter((start) => start !== null);
  const rows = names.flatMap((name) =>
    dated.map((start) => ({
      start,
      name,
      x: new Date(start),
      isPartial: partial.has(start),
      ...(isSingle ? cells.at(start) : cells.at(start, name))
    }))
  );
  const right = isSingle
    ? 16
    : Math.min(
        width * 0.3,
        24 + 7 * Math.max(...names.map((name) => brief(keyName(name, group), 18).length))
      );
  const axis = axisOf(measure, rows);
  const ends = placed(
    names
      .map((name) => ({name, row: rows.findLast((row) => row.name === name && row.value !== null)}))
      .filter(({row}) => row),
    axis,
    frame(width).height
  );
  return labelled(
    chartLabel(plan, measure, isSingle && plan.base ? "faint" : null),
    withWhy(
      Plot.plot({
        ...frame(width, null),
        ...axis,
        marginTop: 24,
        marginRight: right,
        marginBottom: 40,
        x: {type: "utc", axis: null},
        marks: [
          Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
          axisOfDays(dated, grain, width),
          isSingle && plan.base
            ? Plot.lineY(rows, {
                x: "x",
                y: "before",
                stroke: "var(--c1)",
                strokeOpacity: 0.35,
                strokeWidth: 1.5
              })
            : null,
          Plot.lineY(rows, {
            x: "x",
            y: ({value, isPartial}) => (isPartial ? NaN : value),
            z: "name",
            stroke: ({name}) => color(name),
            strokeWidth: 2
          }),
          Plot.link(incomplete(rows), {
            x1: ({before}) => before.x,
            y1: ({before}) => before.value,
            x2: ({after}) => after.x,
            y2: ({after}) => after.value,
            stroke: ({after}) => color(after.name),
            strokeWidth: 2,
            strokeDasharray: "3 4"
          }),
          dated.length === 1 ? Plot.dot(rows, {x: "x", y: "value", fill: ({name}) => color(name)}) : null,
          axis.y.domain[0] <= 0 ? Plot.ruleY([0], {stroke: "var(--line-strong)"}) : null,
          ...(isSingle
            ? []
            : ends.map(({name, row, dy}) =>
                Plot.text([row], {
                  x: "x",
                  y: "value",
                  dx: 6,
                  dy,
                  textAnchor: "start",
                  text: () => brief(keyName(name, group), 18),
                  fill: color(name),
                  fontWeight: 600
                })
              )),
          Plot.tip(
            rows,
            Plot.pointer({
              ...tip,
              x: "x",
              y: "value",
              title: (row) =>
                told(
                  plan,
                  measure,
                  [group ? keyName(row.name, group) : null, keyName(row.start, plan.groups[0])],
                  row
                )
            })
          )
        ].filter(Boolean)
      }),
      ({start, name, value}) => ask(isSingle ? [start] : [start, name], value),
      {isClicked: true}
    )
  );
}

/** Names at the ends of lines, moved apart where they would touch and up where they would leave the chart. */
function placed(ends, {y: {domain}}, height) {
  const bottom = height - 40;
  const scale = (value) => bottom - ((value - domain[0]) / (domain[1] - domain[0] || 1)) * (height - 64);
  const sorted = ends.toSorted((a, b) => scale(a.row.value) - scale(b.row.value));
  const places = sorted.map(({row}) => scale(row.value));
  for (let index = 1; index < places.length; index++)
    places[index] = Math.max(places[index], places[index - 1] + 14);
  for (let index = places.length - 1, most = bottom; index >= 0; index--, most = places[index + 1] - 14)
    places[index] = Math.min(places[index], most);
  return sorted.map(({name, row}, index) => ({name, row, dy: places[index] - scale(row.value)}));
}

/** The pieces of lines that lead to or from a bucket with days missing. */
function incomplete(rows) {
  return rows
    .map((after, index) => ({before: rows[index - 1], after}))
    .filter(({before, after}) => before?.name === after.name && (before.isPartial || after.isPartial))
    .filter(({before, after}) => before.value !== null && after.value !== null);
}
