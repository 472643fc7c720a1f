import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, frame, labelled} from "./chart-frame.js";
import {counted, exact, list, percent, tick} from "./format.js";
import {money} from "./shop.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/** How much of the differences in pieces the price explains. */
export function pricePiecesAnswer(rows) {
  const [first] = rows;
  if (!first) return "Nothing was sold in the last twelve months.";
  const {products, r2, slope} = first;
  if (r2 === null) return `${counted(products, "product")} sold, too few or too much alike to compare.`;
  const within = categoriesOf(rows).filter((one) => one.category_r2 !== null);
  const parts = within
    .slice(0, 4)
    .map(
      ({category, category_r2, category_slope}) =>
        `${brief(category, 24)} ${percent(category_r2, 0)}${category_slope > 0 ? ", and the dearer sell more" : ""}`
    );
  const turned = within.some(({category_slope}) => category_slope * slope < 0);
  return `${r2 >= 0.5 ? "Much of it" : r2 >= 0.2 ? "Some of it" : "Hardly"}: across all products price explains ${percent(r2, 0)} of the differences in pieces; a product twice as dear sells ${percent(Math.abs(2 ** slope - 1), 0)} ${slope < 0 ? "fewer" : "more"} pieces. ${parts.length ? `Within a category: ${list(parts)}.` : ""}${turned ? " What holds across categories turns round within one: it is what a product is, more than its price, that goes with its pieces." : ""}`;
}

/** How it was computed and of how many. */
export function pricePiecesMethod(rows) {
  const {products = 0} = rows[0] ?? {};
  return html`n = ${counted(products, "product")} sold in the last twelve
    months${products > rows.length ? `, the ${exact(rows.length)} largest drawn` : ""}. R² of the logarithms
    of pieces and of the mean price paid. Products compared with one another, not one product at two prices:
    it says nothing of what a price change would do.
    <a href="../dashboards/products">The same products by margin</a>`;
}

/** Pieces against price, a dot a product. */
export function pricePiecesChart(rows, width) {
  const data = rows.map((row) => ({...row, price: Number(row.price), pieces: Number(row.pieces)}));
  if (data.length < 2) return "";
  const categories = categoriesOf(rows).map(({category}) => category);
  const base = frame(width, null);
  const chart = Plot.plot({
    ...base,
    height: 320,
    color: {
      domain: categories,
      range: categories.map((name, index) =>
        name === "n/a" ? "var(--other)" : (hues[index] ?? "var(--other)")
      ),
      legend: categories.length <= 5
    },
    x: {type: "log", label: null, ticks: 5, tickFormat: power, tickSize: 0},
    y: {...base.y, type: "log", tickFormat: power},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.dot(data, {
        x: "price",
        y: "pieces",
        r: data.length > 150 ? 3 : 4,
        fill: "category",
        fillOpacity: 0.75,
        title: ({product_name, price, pieces, category}) =>
          `${brief(product_name)}\n${exact(Number(price.toFixed(2)))} a piece\n${exact(pieces)} pieces\n${brief(category)}`,
        tip: true
      })
    ]
  });
  return labelled(
    `pieces in twelve months (up) by ${money("mean price paid")} (right), each step ten times more`,
    chart
  );
}

function categoriesOf(rows) {
  return [...new Map(rows.map((row) => [row.category, row])).values()];
}

function power(value) {
  return Number.isInteger(Math.round(Math.log10(value) * 1000) / 1000) ? tick(value) : "";
}
