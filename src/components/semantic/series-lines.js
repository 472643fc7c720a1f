import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, frame, tipStyle} from "../chart-frame.js";
import {date, exact, month} from "../format.js";
import {asImage} from "../image.js";
import {formatOf, memberText, pluralOf} from "./measures.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** What the lines of an answer (see `answerMeasure`) are called: the rest as "12 other products". */
export function seriesName({member, isRest, members}, dimension) {
  return isRest ? `${exact(members)} other ${pluralOf(dimension)}` : memberText(member);
}

/** The members that lead as lines over time, the rest as one in grey, each named at its end. */
export function SeriesLines({measure, dimension, grain, starts, partial, series}, {width, height = 280}) {
  const {full, tick} = formatOf(measure);
  const isNarrow = width < 480;
  const names = series.map((one) => seriesName(one, dimension));
  const room = isNarrow
    ? 16
    : Math.min(168, 24 + Math.max(...names.map((name) => brief(name, 22).length)) * 6.6);
  const points = series.flatMap(({values}, n) =>
    values.map((value, i) => ({
      ...{x: new Date(starts[i]), start: starts[i], y: value ?? NaN, name: names[n]},
      isPartial: partial[i],
      isAtPartial: partial[i] || partial[i - 1] || partial[i + 1]
    }))
  );
  const color = new Map(names.map((name, n) => [name, series[n].isRest ? "var(--other)" : hues[n]]));
  const ends = placedEnds(points, names, height);
  const chart = Plot.plot({
    ...frame(width, null),
    height,
    marginTop: 16,
    marginRight: room,
    ariaLabel: `${measure.label} by ${dimension.label} and ${grain}, ${names.length} lines`,
    x: {type: "utc", label: null, ticks: Math.min(6, Math.max(2, Math.floor(width / 110))), tickSize: 0},
    y: {label: null, tickFormat: tick, ticks: 5, tickSize: 0, zero: true},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.ruleY([0], {stroke: "var(--line-strong)"}),
      ...[false, true].map((isDashed) =>
        Plot.lineY(points, {
          x: "x",
          y: ({y, isPartial, isAtPartial}) => (isDashed ? (isAtPartial ? y : NaN) : isPartial ? NaN : y),
          z: "name",
          stroke: ({name}) => color.get(name),
          strokeWidth: 1.75,
          strokeDasharray: isDashed ? "2 3" : null
        })
      ),
      ...(starts.length === 1 ? [Plot.dot(points, {x: "x", y: "y", fill: ({name}) => color.get(name)})] : []),
      ...(isNarrow
        ? []
        : ends.map((end) =>
            Plot.text([end], {
              x: "x",
              y: "y",
              text: ({name}) => brief(name, 22),
              dx: 8,
              dy: end.shift,
              textAnchor: "start",
              fill: color.get(end.name)
            })
          )),
      Plot.ruleX(points, Plot.pointerX({x: "x", stroke: "var(--ink-faint)", strokeDasharray: "2 3"})),
      Plot.tip(
        points,
        Plot.pointer({
          x: "x",
          y: "y",
          title: ({name, start, y}) =>
            `${brief(name)}\n${grain === "month" ? month(start) : date(start)}: ${Number.isNaN(y) ? "n/a" : full(y)}`,
          ...tipStyle
        })
      )
    ]
  });
  asImage(chart);
  if (!isNarrow) return chart;
  return html`<div>
    ${chart}
    <p class="series-legend">
      ${names.map((name) => html`<span style=${{"--hue": color.get(name)}}>${brief(name, 24)}</span>`)}
    </p>
  </div>`;
}

/** The last known point of each line, with the shift that keeps their names 14 px apart. */
function placedEnds(points, names, height) {
  const values = points.map(({y}) => y).filter((y) => !Number.isNaN(y));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const scale = (y) => (1 - (y - low) / (high - low || 1)) * (height - 46);
  const ends = names
    .map((name) => points.filter((point) => point.name === name && !Number.isNaN(point.y)).at(-1))
    .filter(Boolean)
    .sort((a, b) => b.y - a.y);
  let last = -Infinity;
  return ends.map((end) => {
    const at = Math.max(scale(end.y), last + 14);
    last = at;
    return {...end, shift: at - scale(end.y)};
  });
}
