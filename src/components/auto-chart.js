import * as Plot from "@observablehq/plot";
import {brief, frame, labelled, sideways} from "./chart-frame.js";
import {compact} from "./format.js";
import {isDated, isNumeric} from "./result-table.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--other)"];

/**
 * The chart that a result's shape suggests, or null: day or year and number → bars or a line, one series for each of up
 * to six texts; text and number → horizontal bars of the 20 largest.
 */
export function autoChart({columns, rows}, {width}) {
  const shape = shapeOf(columns, rows);
  if (!shape) return null;
  return shape.time === undefined
    ? barsByText(columns, rows, shape, width)
    : overTime(columns, rows, shape, width);
}

function shapeOf(columns, rows) {
  if (rows.length < 2) return null;
  const find = (test) => columns.findIndex(test);
  const isOrdinal = ({name, type}) =>
    /int/i.test(type) && isNumeric(type) && /(^|_)(year|month|quarter|week|day|days|since|hour)$/i.test(name);
  const dated = find(({type}) => isDated(type));
  const time = dated >= 0 ? dated : find(isOrdinal);
  const number = columns.findIndex(
    (column, index) =>
      index !== time &&
      isNumeric(column.type) &&
      !isOrdinal(column) &&
      !/(^|_)(key|id|row)$/i.test(column.name)
  );
  const text = find(({type}) => /^(varchar|utf8|enum|bool)/i.test(type));
  if (number < 0) return null;
  if (time >= 0 && time < number) return timeShape(rows, time, number, text);
  return text >= 0 && text < number ? {text, number} : null;
}

function timeShape(rows, time, number, text) {
  const series = text < 0 ? [] : [...new Set(rows.map((row) => row[text]))];
  const points = new Set(rows.map((row) => `${row[time]}\n${series.length ? row[text] : ""}`));
  if (points.size < rows.length || series.length > hues.length) return null;
  return {time, number, text: series.length ? text : undefined, series};
}

function overTime(columns, rows, {time, number, text, series = []}, width) {
  const isDate = isDated(columns[time].type);
  const data = rows
    .filter((row) => row[time] !== null)
    .map((row) => ({
      x: isDate
        ? new Date(
            `${String(row[time]).replace(" ", "T").slice(0, 19)}${String(row[time]).length > 10 ? "Z" : ""}`
          )
        : Number(row[time]),
      y: row[number] === null ? NaN : Number(row[number]),
      series: text === undefined ? "" : name(row[text])
    }))
    .sort((a, b) => a.x - b.x);
  const color = {domain: series.map(name), range: hues, legend: series.length > 1};
  const steps = new Set(data.map(({x}) => Number(x))).size;
  const fill = series.length > 1 ? "series" : "var(--c1)";
  const title = ({x, y, series}) =>
    [brief(series), isDate ? x.toISOString().slice(0, 10) : x, y.toLocaleString("en-US")]
      .filter((part) => part !== "")
      .join("\n");
  const bars = steps <= 60 && steps > 1 && !data.some(({y}) => y < 0 && series.length > 1);
  const chart = Plot.plot({
    ...frame(width, null),
    color: {...color, tickFormat: (text) => brief(text, 30)},
    x: isDate
      ? {type: "utc", label: null, ticks: Math.min(6, Math.floor(width / 90))}
      : {label: columns[time].name, tickFormat: (x) => String(x), ticks: 6},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      bars
        ? Plot.rectY(data, {...span(data, isDate), y: "y", fill, title, tip: true, inset: 0.5})
        : Plot.lineY(data, {x: "x", y: "y", z: "series", stroke: fill, strokeWidth: 1.5, title, tip: true}),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled(columns[number].name, chart);
}

/** Each bar reaches to the next point in time. */
function span(data, isDate) {
  const points = [...new Set(data.map(({x}) => Number(x)))].sort((a, b) => a - b);
  const gaps = points.slice(1).map((point, index) => point - points[index]);
  const last = Math.min(...gaps);
  const next = new Map(points.map((point, index) => [point, points[index + 1] ?? point + last]));
  const end = (x) => Math.min(next.get(Number(x)), Number(x) + 1.15 * last);
  const value = (number) => (isDate ? new Date(number) : number);
  return isDate
    ? {x1: "x", x2: ({x}) => value(end(x))}
    : {x1: ({x}) => x - last / 2, x2: ({x}) => x + last / 2};
}

function barsByText(columns, rows, {text, number}, width) {
  const totals = new Map();
  for (const row of rows)
    if (row[number] !== null)
      totals.set(name(row[text]), (totals.get(name(row[text])) ?? 0) + Number(row[number]));
  if (totals.size < rows.length || totals.size < 2) return null;
  const all = [...totals].map(([label, value]) => ({label, value})).sort((a, b) => b.value - a.value);
  const data = all.slice(0, 20);
  const row = (_, index) => index;
  const chart = Plot.plot({
    ...sideways(width, {names: data.map(({label}) => label)}),
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.barX(data, {
        x: "value",
        y: row,
        fill: "var(--c1)",
        insetTop: 3,
        insetBottom: 3,
        title: ({label, value}) => `${brief(label)}\n${value.toLocaleString("en-US")}`,
        tip: true
      }),
      Plot.text(data, {
        x: ({value}) => Math.max(0, value),
        y: row,
        text: ({value}) => compact(value),
        textAnchor: "start",
        dx: 4,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  const more = all.length - data.length;
  return labelled(
    `${columns[number].name}${more ? `, the ${data.length} largest of ${all.length}` : ""}`,
    chart
  );
}

function name(value) {
  return value === null ? "n/a" : String(value);
}
