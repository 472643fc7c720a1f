import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {
  compact,
  date,
  exact,
  monthName,
  percent,
  percentChange,
  signed,
  span,
  tick,
  tickRoom
} from "./format.js";
import {brush} from "./brush.js";
import {peakOf} from "./findings.js";
import {hatch} from "./hatch.js";
import {asImage} from "./image.js";
import {markerMarks, targetOn} from "./markers.js";
import {withWhy} from "./why-button.js";

const widest = 64;
const money = {
  short: compact,
  full: exact,
  tick,
  change: (value, base) => signed(value - base),
  changeFull: (value, base) => signed(value - base, exact),
  rate: percentChange
};

/**
 * Bars of buckets (see `bucketsOf`) in front of last year's in grey; a bar with days missing is hatched and compared
 * over equal days. `onRange({from, to})` is called for a clicked bar or a brushed span;
 * `markOf(row)` is what is asked of a bar. `show` writes the values (see `formatOf`); `isAdditive` where bars add up.
 * `markers` (see `markersOf`) stand at their days, `targets` of the measure as lines.
 */
export function Bars(
  buckets,
  {
    width,
    height = 280,
    grain = "month",
    unit = "Revenue",
    onRange,
    markOf,
    show = money,
    isAdditive = true,
    markers = [],
    targets = []
  } = {}
) {
  const rows = buckets.map((bucket) => ({...placed(bucket), target: targetOn(targets, bucket)}));
  const room = (width - tickRoom - 8) / rows.length;
  const isWide = room >= 7;
  const {mark, fill} = hatch();
  const total = isAdditive ? rows.reduce((sum, {value}) => sum + value, 0) : 0;
  const chart = Plot.plot({
    width,
    height,
    marginLeft: tickRoom,
    marginRight: 8,
    marginTop: 24,
    marginBottom: 36,
    ariaLabel: `${unit} by ${grain}, ${rows.length} bars, last year behind in grey`,
    x: {type: "utc", domain: [rows[0].x1, rows.at(-1).x2], axis: null},
    y: {domain: domainOf(rows)},
    marks: [
      mark,
      Plot.gridY({ticks: 5, stroke: "var(--line)", strokeOpacity: 1}),
      Plot.axisY({ticks: 5, tickFormat: show.tick, tickSize: 0, label: null, fill: "var(--ink-soft)"}),
      Plot.axisX(ticksOf(rows, grain, width), {
        tickFormat: labelOf(rows, grain, width),
        tickSize: 0,
        fill: "var(--ink-soft)"
      }),
      ...lastYear(rows, isWide, room),
      Plot.rectY(rows, {
        x1: "x1",
        x2: "x2",
        y: "value",
        fill: ({isPartial}) => (isPartial ? fill : "var(--accent)"),
        stroke: ({isPartial}) => (isPartial ? "var(--accent)" : "none"),
        ...insets(room, isWide ? 0.16 : 0.05)
      }),
      goal(rows, room),
      ...markerMarks(markers, {x1: rows[0].x1, x2: rows.at(-1).x2, width: width - tickRoom - 8}),
      Plot.ruleY([0], {stroke: "var(--line-strong)"}),
      annotation(rows, show),
      Plot.ruleX(rows, Plot.pointerX({x: "middle", stroke: "var(--ink-faint)", strokeDasharray: "2 3"})),
      Plot.tip(
        rows,
        Plot.pointerX({
          x: "middle",
          y: ({value}) => Math.max(value, 0),
          title: (row) => told(row, total, unit, show),
          preferredAnchor: "bottom",
          ...tipStyle
        })
      )
    ]
  });
  if (onRange) brush(chart, rows, onRange);
  asImage(chart);
  return markOf ? withWhy(chart, markOf, {isFooted: true}) : chart;
}

/** The columns of the table beside the bars. */
export function barColumns({unit = "Revenue", first = (row) => span(row.from, row.to), show = money} = {}) {
  return [
    {label: "Days", isHead: true, value: first},
    {label: unit, isNumber: true, value: ({value}) => show.full(value)},
    {label: "A year before", isNumber: true, value: ({lastYear}) => show.full(lastYear)},
    {
      label: "Change",
      isNumber: true,
      value: ({value, lastYear}) =>
        lastYear === null || value === null ? "n/a" : show.changeFull(value, lastYear)
    },
    {label: "%", isNumber: true, value: ({value, lastYear}) => show.rate(value, lastYear) ?? ""}
  ];
}

function placed(bucket) {
  const [x1, x2] = [new Date(bucket.start), new Date(bucket.end)];
  return {...bucket, x1, x2, middle: new Date((+x1 + +x2) / 2)};
}

/** Where a bar should reach. */
function goal(rows, room) {
  const aimed = rows.filter(({target}) => target !== null);
  return Plot.ruleY(aimed, {
    x1: "x1",
    x2: "x2",
    y: "target",
    stroke: "var(--warn)",
    strokeWidth: 2,
    ...insets(room, 0.04)
  });
}

function domainOf(rows) {
  const values = rows.flatMap(({value, lastYear, target}) => [value ?? 0, lastYear ?? 0, target ?? 0]);
  return [Math.min(0, ...values), (Math.max(...values, 0) || 1) * 1.08];
}

/** Insets of a bar in its room: a share of it, and so much that no bar is wider than `widest`. */
function insets(room, share, most = widest) {
  const inset = Math.max(room * share, (room - most) / 2);
  return {insetLeft: inset, insetRight: inset};
}

/** Grey bars behind where there is room for shoulders, else a grey step line. */
function lastYear(rows, isWide, room) {
  const known = rows.filter(({lastYear}) => lastYear !== null);
  if (isWide)
    return [
      Plot.rectY(known, {
        x1: "x1",
        x2: "x2",
        y: "lastYear",
        fill: "var(--last-year)",
        ...insets(room, 1 / room, widest + 24)
      })
    ];
  return [
    Plot.lineY(known, {x: "middle", y: "lastYear", curve: "step", stroke: "var(--other)", strokeWidth: 1})
  ];
}

function annotation(rows, show) {
  const peak = peakOf(rows);
  if (!peak) return null;
  const place = (rows.indexOf(peak) + 0.5) / rows.length;
  return Plot.text([peak], {
    x: "middle",
    y: "value",
    text: ({value}) => show.short(value),
    dy: -8,
    textAnchor: place > 0.95 ? "end" : place < 0.05 ? "start" : "middle",
    fill: "var(--ink)",
    stroke: "var(--card)",
    strokeWidth: 4,
    fontWeight: 600,
    fontSize: 12
  });
}

function told({value, lastYear, target, from, to, isPartial, days, allDays}, total, unit, show) {
  const lines = [`${unit} ${show.full(value)}`, span(from, to)];
  if (isPartial) lines.push(`${days} of ${allDays} days`);
  if (total > 0 && value >= 0) lines.push(`${percent(value / total)} of the total shown`);
  if (target !== null)
    lines.push(`Target ${show.full(Math.round(target))}, ${percent(value / target)} reached`);
  lines.push(`Year before ${show.full(lastYear)}`);
  if (lastYear !== null && value !== null) {
    const rate = show.rate(value, lastYear);
    lines.push(`${show.change(value, lastYear)}${rate === null ? "" : ` (${rate})`}`);
  }
  return lines.join("\n");
}

/** At most six ticks on a phone, twelve on a desk, in the middle of their bars. */
function ticksOf(rows, grain, width) {
  const step = stepOf(rows, grain, width);
  return rows.filter((_, i) => isTick(rows, i, grain, step)).map(({middle}) => middle);
}

function stepOf(rows, grain, width) {
  const room = Math.max(1, Math.floor((width - tickRoom - 8) / 64));
  const needed = rows.length / Math.min(room, 12);
  return grain === "month" ? ([1, 3, 6, 12].find((n) => n >= needed) ?? 12) : Math.ceil(needed);
}

function isTick(rows, i, grain, step) {
  return grain === "month" ? (Number(rows[i].start.slice(5, 7)) - 1) % step === 0 : i % step === 0;
}

/** Two levels: the month or day above, the year where it first appears below. */
function labelOf(rows, grain, width) {
  const step = stepOf(rows, grain, width);
  const shown = rows.filter((_, i) => isTick(rows, i, grain, step));
  return (_, i) => {
    const {start} = shown[i];
    if (grain === "year") return start.slice(0, 4);
    const isNew = i === 0 || shown[i - 1].start.slice(0, 4) !== start.slice(0, 4);
    const name =
      grain === "quarter"
        ? `Q${Math.ceil(Number(start.slice(5, 7)) / 3)}`
        : grain === "month"
          ? monthName(start)
          : date(start).replace(/ \d{4}$/, "");
    return isNew ? `${name}\n${start.slice(0, 4)}` : name;
  };
}
