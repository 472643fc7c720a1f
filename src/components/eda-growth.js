import * as Plot from "@observablehq/plot";
import {brief, labelled, sideways} from "./chart-frame.js";
import {compact, counted, exact, percent, signed, signedExact} from "./format.js";
import {money} from "./shop.js";

const effects = [
  {key: "new_products", label: "New products", words: "new products"},
  {key: "stopped_products", label: "Stopped products", words: "products no longer sold"},
  {key: "volume", label: "Pieces", words: "more or fewer pieces of continuing products"},
  {key: "mix", label: "Mix", words: "their mix"},
  {key: "price", label: "Price", words: "their prices"}
];

/** What drove the last complete year, as a sentence. */
export function growthAnswer(rows) {
  if (!rows.length) return "There are not two complete calendar years to compare yet.";
  const year = rows[0].calendar_year;
  const [before, now] = [total(rows, "previous"), total(rows, "revenue")];
  const parts = effects.map((effect) => ({...effect, value: total(rows, effect.key)}));
  const [main, second] = parts.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const top = rows[0];
  const share = before ? ` (${now >= before ? "+" : "−"}${percent(Math.abs(now / before - 1), 0)})` : "";
  return `${year} brought ${compact(now)} after ${compact(before)} in ${year - 1}: ${signed(now - before)}${share}. The largest part is ${main.words}, ${signed(main.value)}; next ${second.words}, ${signed(second.value)}. ${brief(top.category)} account for ${percent(Number(top.change) / (now - before), 0)} of the change.`;
}

/** How it was computed and of how many. */
export function growthMethod(rows) {
  if (!rows.length) return "Needs two whole calendar years before the data end.";
  return `n = ${counted(total(rows, "products"), "product")}, ${exact(total(rows, "continuing_products"))} of them sold in both years since before October; ${exact(total(rows, "pieces"))} pieces against ${exact(total(rows, "previous_pieces"))}. New: first sold in the last quarter of the year before or later. Pieces, mix and price are of the continuing products. Price: pieces now × change of the average price; pieces: growth of the category's pieces at last year's prices; mix: the remainder, so the parts sum to the change to the cent (${signedExact(total(rows, "change").toFixed(2))}).`;
}

/** From one year to the next, effect by effect. */
export function growthChart(rows, width) {
  const bars = growthBars(rows);
  const row = (_, index) => index;
  const chart = Plot.plot({
    ...sideways(width, {names: bars.map(({label}) => label), height: 32}),
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.barX(bars, {
        x1: "from",
        x2: "to",
        y: row,
        fill: "fill",
        insetTop: 5,
        insetBottom: 5,
        title: (bar) => `${bar.label}\n${exact((bar.value ?? bar.to).toFixed(2))}`,
        tip: true
      }),
      Plot.text(bars, {
        x: ({from, to}) => Math.max(from, to),
        y: row,
        text: ({value, to}) => (value === undefined ? compact(to) : signed(value)),
        textAnchor: "start",
        dx: 4,
        fill: "var(--ink)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled(`${money("revenue")} of the year, and what moved it`, chart);
}

function growthBars(rows) {
  const year = rows[0].calendar_year;
  const whole = (label, to) => ({label, from: 0, to, fill: "var(--other)"});
  let level = total(rows, "previous");
  const steps = effects.map(({key, label}) => {
    const value = total(rows, key);
    const from = level;
    level += value;
    return {label, value, from, to: level, fill: value < 0 ? "var(--c2)" : "var(--c1)"};
  });
  return [whole(`${year - 1}`, total(rows, "previous")), ...steps, whole(`${year}`, total(rows, "revenue"))];
}

function total(rows, key) {
  return rows.reduce((sum, row) => sum + Number(row[key]), 0);
}
