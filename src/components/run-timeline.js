import * as Plot from "@observablehq/plot";
import {labelled, sideways, tipStyle} from "./chart-frame.js";
import {counted, exact} from "./format.js";
import {hatch} from "./hatch.js";
import {duration} from "./run-words.js";

const height = 24;

/** How high the timeline of so many rows is drawn. */
export function timelineHeight(rows) {
  return 52 + height * rows.length;
}

/** When each step of a run was done, and for how long: `rows` are those of `timelineRows`, `seconds` those of the run. */
export function RunTimeline(rows, seconds, width) {
  const isNarrow = width < 480;
  const bars = rows.flatMap(barsOf);
  const usual = bars.filter(
    ({usual, reused}, n) => usual !== null && !reused && rows[bars[n].row].steps.length === 1
  );
  const whole = Math.max(
    seconds ?? 0,
    ...bars.map(({end}) => end),
    ...usual.map((one) => one.began + one.usual),
    0.1
  );
  const least = whole / (isNarrow ? 80 : 300);
  const reused = hatch("var(--other)");
  const base = sideways(width, {
    names: rows.map((row) => (isNarrow ? row.brief : row.label)),
    height,
    right: isNarrow ? 48 : 136
  });
  const ticks = ticksOf(whole, isNarrow ? 2 : 5);
  const bar = (data, fill) =>
    Plot.barX(data, {
      x1: "began",
      x2: ({began, end}) => Math.max(end, began + least),
      y: "row",
      fill,
      insetTop: 4,
      insetBottom: 4,
      title: tipOf,
      tip: {...tipStyle, lineHeight: 1.25}
    });
  const chart = Plot.plot({
    ...base,
    x: {
      ...base.x,
      domain: [0, whole],
      ticks,
      tickFormat: (at) => (whole >= 180 ? `${at / 60} min` : `${at} s`)
    },
    marks: [
      reused.mark,
      Plot.gridX(ticks, {stroke: "var(--line)", strokeOpacity: 1}),
      bar(
        bars.filter((one) => one.reused),
        reused.fill
      ),
      bar(
        bars.filter((one) => !one.reused && !one.hasFailed),
        "var(--c1)"
      ),
      bar(
        bars.filter((one) => one.hasFailed),
        "var(--bad)"
      ),
      Plot.tickX(usual, {
        x: ({began, usual}) => began + usual,
        y: "row",
        stroke: "var(--ink)",
        strokeWidth: 2,
        insetTop: 2,
        insetBottom: 2
      }),
      Plot.text(rows, {
        x: ({steps}) =>
          Math.max(
            ...steps.map((step) =>
              Math.max(
                step.began + step.seconds,
                step.began + (step.reused || steps.length > 1 ? 0 : (step.usual ?? 0))
              )
            )
          ),
        y: (_, row) => row,
        text: (row) => labelOf(row, isNarrow),
        textAnchor: "start",
        dx: 6,
        fill: ({steps}) => (steps[0].hasFailed ? "var(--bad)" : "var(--ink-soft)")
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("Time since the run began", chart);
}

/** The bars of a row: one a step, but one for all that were reused, from the first to the last of them. */
function barsOf({label, steps}, row) {
  const ended = ({began, seconds}) => began + seconds;
  if (steps.length < 2 || !steps[0].reused) return steps.map((step) => ({...step, row, end: ended(step)}));
  const [first] = steps;
  const end = Math.max(...steps.map(ended));
  return [{...first, step: label, seconds: end - first.began, rows: null, row, end}];
}

function labelOf({steps}, isNarrow) {
  const [first] = steps;
  if (first.reused) return isNarrow ? "" : "reused";
  const spent = duration(steps.reduce((sum, {seconds}) => sum + seconds, 0));
  if (first.hasFailed) return isNarrow ? "failed" : `failed after ${spent}`;
  return steps.length > 1 || isNarrow || first.usual === null
    ? spent
    : `${spent} · usually ${duration(first.usual)}`;
}

function tipOf({step, began, seconds, rows, usual, reused, why, hasFailed}) {
  const lines = [
    step,
    hasFailed ? `failed after ${duration(seconds)}` : reused ? "reused" : duration(seconds),
    !reused && usual !== null && `usually ${duration(usual)}`,
    `began after ${duration(began)}`,
    rows !== null && counted(rows, "row"),
    why
  ];
  return lines.filter(Boolean).join("\n");
}

/** Round seconds or minutes from 0 on, about so many. */
function ticksOf(whole, count) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
  const step = steps.find((one) => whole / one <= count) ?? 3600 * Math.ceil(whole / 3600 / count);
  return Array.from({length: Math.floor(whole / step) + 1}, (_, n) => Number((n * step).toFixed(1)));
}

const columns = {
  step: {label: "Step", isHead: true, value: ({step}) => step},
  began: {label: "Began after", isNumber: true, value: ({began}) => duration(began)},
  took: {label: "Took", isNumber: true, value: ({seconds}) => duration(seconds)},
  usual: {label: "Usually", isNumber: true, value: ({usual}) => (usual === null ? "" : duration(usual))},
  rows: {label: "Rows", isNumber: true, value: ({rows}) => (rows === null ? "" : exact(rows))},
  why: {
    label: "Why",
    value: ({hasFailed, reused, why}) => (hasFailed ? "failed" : reused ? "reused" : (why ?? ""))
  }
};

/** The columns of the timeline as a table. */
export const stepColumns = [
  columns.step,
  columns.began,
  columns.took,
  columns.usual,
  columns.rows,
  columns.why
];

/** The columns that say why steps were done. */
export const whyColumns = [columns.step, columns.took, columns.usual, columns.why, columns.rows];
