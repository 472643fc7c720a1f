import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {frame} from "./chart-frame.js";
import {counted, exact, month, percent, signed} from "./format.js";
import {asImage} from "./image.js";

/** Sums of months as `product-facts` asks them. */
export function priceTotals(prices) {
  const sum = (key) => prices.reduce((total, row) => total + row[key], 0);
  const [lines, list, other] = [sum("lines"), sum("list_lines"), sum("other_lines")];
  return {lines, list, other, corrected: lines - list - other, amount: sum("other_amount")};
}

/** The finding: whether what was paid is what the list says. */
export function pricesTitle(prices) {
  const {list, other, amount} = priceTotals(prices);
  if (!list && !other) return "No line tells a price";
  if (!other)
    return list === 1 ? "The one line paid the list price" : `All ${exact(list)} lines paid the list price`;
  return `${percent(other / (list + other))} of the lines paid another price than the list's: ${signed(amount, exact)} in all`;
}

/** How the list price is known, and what is left out. */
export function pricesNote(prices) {
  const {lines, list, other, corrected} = priceTotals(prices);
  return `n = ${counted(list + other, "dated line")}${corrected > 0 ? `; ${exact(corrected)} of ${exact(lines)} were corrected and are no witnesses` : ""}. List price: what most lines of the month paid, or of the months before and after, for a list may change within one.`;
}

/** Lines by month: at the list price, and at another. */
export function PriceBars(prices, {width, height = 180}) {
  const data = prices.flatMap(({month: start, list_lines, other_lines, list_price}) => [
    {at: new Date(start), start, kind: "at the list price", lines: list_lines, list_price},
    {at: new Date(start), start, kind: "at another price", lines: other_lines, list_price}
  ]);
  if (!data.some(({lines}) => lines > 0)) return html`<p class="small-print">Nothing to draw.</p>`;
  return asImage(
    Plot.plot({
      ...frame(width, null),
      height,
      marginLeft: 40,
      ariaLabel: "Lines by month at the list price and at another",
      x: {type: "utc", label: null, ticks: Math.max(2, Math.min(6, Math.floor(width / 90))), tickSize: 0},
      y: {...frame(width, null).y, ticks: 4},
      marks: [
        Plot.gridY({ticks: 4, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.rectY(data, {
          x: "at",
          interval: "month",
          y: "lines",
          fill: ({kind}) => (kind === "at another price" ? "var(--c2)" : "var(--c1)"),
          inset: 0.5,
          title: ({start, kind, lines, list_price}) =>
            `${month(start)}, ${kind}\n${counted(lines, "line")}\nlist price ${exact(list_price)}`,
          tip: {fill: "var(--card)", stroke: "var(--line-strong)"}
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"})
      ]
    })
  );
}

/** Columns of the table by month. */
export const priceColumns = [
  {label: "Month", isHead: true, value: (row) => month(row.month)},
  {label: "List price", isNumber: true, value: ({list_price}) => exact(list_price)},
  {label: "Lines at it", isNumber: true, value: ({list_lines}) => exact(list_lines)},
  {label: "At another", isNumber: true, value: ({other_lines}) => exact(other_lines)},
  {label: "More or less paid", isNumber: true, value: ({other_amount}) => signed(other_amount, exact)},
  {label: "Pieces", isNumber: true, value: ({quantity}) => exact(quantity)}
];
