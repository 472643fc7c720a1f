import * as Plot from "@observablehq/plot";
import {brief, labelled, sideways} from "./chart-frame.js";
import {counted, date, exact, percent} from "./format.js";
import {money} from "./shop.js";

/** Which products had two prices, when they changed and by how much. */
export function twoPricesAnswer(found) {
  const rows = found.filter(({prices}) => prices);
  if (!rows.length) return "No product was sold at more than one price.";
  const {all_products: all, repriced_products: repriced} = rows[0];
  const up = rows.filter(({change}) => change > 0).length;
  const changes = rows.map(({change}) => Number(change)).toSorted((a, b) => a - b);
  const median = changes[Math.floor(changes.length / 2)];
  const dates = rows.map(({changed_on}) => changed_on).toSorted();
  const overlap = rows.filter(({changed_on, first_until}) => first_until >= changed_on).length;
  return `${exact(repriced)} of ${counted(all, "product")} were sold at more than one price: ${exact(up)} became dearer, by a median of ${percent(median, 0)}, first sold at the new price between ${date(dates[0])} and ${date(dates.at(-1))}. ${overlap ? `${exact(overlap)} were still sold at the old price after that.` : "None was sold at the old price after that: one price list replaced another."}`;
}

/** How it was computed and of how many. */
export function twoPricesMethod(rows) {
  return `n = ${counted(rows[0]?.all_products ?? 0, "product")} with a dated, uncorrected sale. Lines whose price or money was corrected are left out, so that a repaired price is not taken for a new one. First and last price are those of the oldest and the newest line.`;
}

/** Old and new price of the products that bring most. */
export function twoPricesChart(found, width) {
  const rows = found.filter(({prices}) => prices);
  if (!rows.length) return "";
  const data = rows
    .slice(0, 15)
    .map((row) => ({...row, first: Number(row.first_price), last: Number(row.last_price)}));
  const row = (_, index) => index;
  const base = sideways(width, {names: data.map(({product_name}) => product_name)});
  const high = Math.max(...data.flatMap(({first, last}) => [first, last]));
  const chart = Plot.plot({
    ...base,
    x: {...base.x, domain: [0, high * 1.02]},
    y: {...base.y, type: "band"},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.link(data, {x1: "first", x2: "last", y: row, stroke: "var(--c1)", strokeWidth: 2}),
      Plot.dot(data, {x: "first", y: row, r: 4, fill: "var(--card)", stroke: "var(--c1)"}),
      Plot.dot(data, {x: "last", y: row, r: 4, fill: "var(--c1)", title: priceTitle, tip: true}),
      Plot.text(data, {
        x: ({first, last}) => Math.max(first, last),
        y: row,
        text: ({change}) => `${change > 0 ? "+" : "−"}${percent(Math.abs(change), 0)}`,
        textAnchor: "start",
        dx: 8,
        fill: "var(--ink-soft)"
      })
    ]
  });
  const more = rows.length > data.length ? `, the ${data.length} products that bring most` : "";
  return labelled(`${money("price of one piece")}, old (open) and new (filled)${more}`, chart);
}

function priceTitle(row) {
  return `${brief(row.product_name)}\n${exact(row.first_price)} → ${exact(row.last_price)}\nfrom ${date(row.changed_on)}\n${exact(row.first_pieces)} pieces at the old, ${exact(row.last_pieces)} at the new price`;
}
