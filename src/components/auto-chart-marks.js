import * as Plot from "@observablehq/plot";
import {brief, frame, labelled, sideways} from "./chart-frame.js";
import {compact, exact} from "./format.js";
import {isDated} from "./result-table.js";
import {shop} from "./shop.js";

/** The colours of series; more series than these are none. */
export const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--other)"];

/** Numbers over time or over whole steps, a series for each text: bars, stacked, or lines. */
export function overTime({columns, rows}, {time, number, text, series = []}, width, bars) {
  const isDate = isDated(columns[time].type);
  const data = rows
    .filter((row) => row[time] !== null)
    .map((row) => ({
      x: isDate ? momentOf(row[time]) : Number(row[time]),
      y: row[number] === null ? NaN : Number(row[number]),
      series: text === undefined ? "" : name(row[text])
    }))
    .sort((a, b) => a.x - b.x);
  const color = {domain: series.map(name), range: hues, legend: series.length > 1};
  const fill = series.length > 1 ? "series" : "var(--c1)";
  const title = ({x, y, series}) =>
    [brief(series), isDate ? x.toISOString().slice(0, 10) : x, y.toLocaleString(shop.locale)]
      .filter((part) => part !== "")
      .join("\n");
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

/** The 20 largest of a number by text, as horizontal bars. */
export function ranked({columns, rows}, {text, number}, width) {
  const totals = new Map();
  for (const row of rows)
    if (row[number] !== null)
      totals.set(name(row[text]), (totals.get(name(row[text])) ?? 0) + Number(row[number]));
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
        title: ({label, value}) => `${brief(label)}\n${value.toLocaleString(shop.locale)}`,
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

/** Two numbers against each other, a dot a row. */
export function scatter({columns, rows}, {numbers: [across, up], text}, width) {
  const data = rows
    .filter((row) => row[across] !== null && row[up] !== null)
    .map((row) => ({x: Number(row[across]), y: Number(row[up]), label: text < 0 ? "" : name(row[text])}));
  const chart = Plot.plot({
    ...frame(width, null),
    marginBottom: 40,
    x: {
      label: columns[across].name,
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: compact,
      ticks: Math.min(6, Math.floor(width / 90)),
      nice: true
    },
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.dot(data, {
        x: "x",
        y: "y",
        r: data.length > 1000 ? 1.5 : 3,
        fill: "var(--c1)",
        fillOpacity: data.length > 200 ? 0.4 : 0.7,
        title: ({x, y, label}) =>
          [brief(label), `${columns[across].name} ${exact(x)}`, `${columns[up].name} ${exact(y)}`]
            .filter(Boolean)
            .join("\n"),
        tip: true
      })
    ]
  });
  return labelled(columns[up].name, chart);
}

/** How many rows have a number in each of some equal steps. */
export function histogram({columns, rows}, {number}, width) {
  const data = rows.filter((row) => row[number] !== null).map((row) => Number(row[number]));
  const chart = Plot.plot({
    ...frame(width, null),
    marginBottom: 40,
    x: {
      label: columns[number].name,
      labelAnchor: "center",
      labelArrow: "none",
      tickFormat: compact,
      ticks: Math.min(6, Math.floor(width / 90))
    },
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.rectY(
        data,
        Plot.binX(
          {
            y: "count",
            title: (bin) =>
              `${exact(Math.min(...bin))} to ${exact(Math.max(...bin))}\n${exact(bin.length)} rows`
          },
          {x: (value) => value, thresholds: 24, fill: "var(--c1)", inset: 0.5, tip: true}
        )
      ),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("rows", chart);
}

/** A number by two others, darker where it is more. */
export function heat({columns, rows}, {pair: [across, down], number}, width) {
  const cells = rows.map((row) => ({
    x: name(row[across]),
    y: name(row[down]),
    value: row[number] === null ? null : Number(row[number])
  }));
  const values = cells.flatMap(({value}) => value ?? []);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const names = [...new Set(cells.map(({y}) => y))];
  const steps = [...new Set(cells.map(({x}) => x))];
  const most = Math.max(1, Math.floor((width - 120) / 64));
  const base = sideways(width, {names, right: 16});
  const chart = Plot.plot({
    ...base,
    x: {
      axis: "top",
      label: null,
      domain: steps,
      ticks: steps.filter((_, index) => index % Math.ceil(steps.length / most) === 0),
      tickFormat: (text) => brief(text, 10),
      tickSize: 0
    },
    marks: [
      Plot.cell(cells, {
        x: "x",
        y: ({y}) => names.indexOf(y),
        inset: 0.5,
        fill: ({value}) => shade(value, low, high),
        title: ({x, y, value}) => `${brief(x)} · ${brief(y)}\n${value === null ? "n/a" : exact(value)}`,
        tip: true
      })
    ]
  });
  return labelled(`${columns[number].name}, from ${compact(low)} (light) to ${compact(high)} (dark)`, chart);
}

function shade(value, low, high) {
  if (value === null) return "none";
  const share = Math.round((100 * (value - low)) / (high - low || 1));
  return `color-mix(in oklab, var(--heat-1) ${share}%, var(--heat-0))`;
}

/** A day or a moment as DuckDB writes it, in UTC. */
function momentOf(value) {
  const text = String(value);
  return new Date(`${text.replace(" ", "T").slice(0, 19)}${text.length > 10 ? "Z" : ""}`);
}

/** A value as the name of a series or a row. */
export function name(value) {
  return value === null ? "n/a" : String(value);
}
