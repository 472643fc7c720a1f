import * as Plot from "@observablehq/plot";
import {frame} from "./auto-chart.js";
import {axisText, counted, day, exact, percent} from "./numbers.js";

/** Which products had two prices, when they changed and by how much. */
export function twoPricesAnswer(rows) {
  if (!rows.length) return "None: every product was sold at one price throughout.";
  const {all_products: all, repriced_products: repriced} = rows[0];
  const up = rows.filter(({change}) => change > 0).length;
  const changes = rows.map(({change}) => Number(change)).toSorted((a, b) => a - b);
  const median = changes[Math.floor(changes.length / 2)];
  const dates = rows.map(({changed_on}) => changed_on).toSorted();
  const overlap = rows.filter(({changed_on, first_until}) => first_until >= changed_on).length;
  return `${exact(repriced)} of ${counted(all, "product")} were sold at more than one price: ${exact(up)} became dearer, by ${percent(median, 0)} in the middle, first sold at the new price between ${day(dates[0])} and ${day(dates.at(-1))}. ${overlap ? `${exact(overlap)} were still sold at the old price after that.` : "None was sold at the old price after that: one price list replaced another."}`;
}

/** How it was computed and of how many. */
export function twoPricesMethod(rows) {
  return `n = ${counted(rows[0]?.all_products ?? 0, "product")} with a dated, uncorrected sale. Lines whose price or money was corrected are left out, so that a repaired price is not taken for a new one. First and last price are those of the oldest and the newest line.`;
}

/** Old and new price of the products that bring most. */
export function twoPricesChart(rows, width) {
  const data = rows
    .slice(0, 15)
    .map((row, key) => ({...row, key, first: Number(row.first_price), last: Number(row.last_price)}));
  const clip = (text) =>
    text.length > (width < 480 ? 16 : 30) ? `${text.slice(0, width < 480 ? 15 : 29)}…` : text;
  const longest = Math.max(...data.map(({product_name}) => clip(product_name).length));
  const high = Math.max(...data.flatMap(({first, last}) => [first, last]));
  return Plot.plot({
    ...frame(width, null),
    height: 48 + data.length * 24,
    marginLeft: 16 + longest * 6.8,
    marginRight: 64,
    x: {
      axis: "top",
      label: width < 480 ? null : "price of one piece, old → new",
      labelAnchor: "left",
      labelArrow: "none",
      ticks: width < 480 ? 2 : 5,
      tickFormat: axisText,
      domain: [0, high * 1.05]
    },
    y: {
      label: null,
      domain: data.map(({key}) => key),
      tickFormat: (key) => clip(data[key].product_name),
      tickSize: 0
    },
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.arrow(data, {
        x1: "first",
        x2: "last",
        y1: "key",
        y2: "key",
        stroke: "var(--c1)",
        strokeWidth: 2,
        headLength: 6
      }),
      Plot.dot(data, {x: "first", y: "key", r: 3, fill: "var(--other)"}),
      Plot.dot(data, {
        x: "last",
        y: "key",
        r: 3,
        fill: "var(--c1)",
        title: (row) =>
          `${row.product_name}\n${exact(row.first_price)} → ${exact(row.last_price)}\nfrom ${day(row.changed_on)}\n${exact(row.first_pieces)} pieces before, ${exact(row.last_pieces)} after`,
        tip: true
      }),
      Plot.text(data, {
        x: ({first, last}) => Math.max(first, last),
        y: "key",
        text: ({change}) => `${change > 0 ? "+" : "−"}${percent(Math.abs(change), 0)}`,
        textAnchor: "start",
        dx: 8,
        fill: "var(--ink-soft)"
      })
    ]
  });
}
