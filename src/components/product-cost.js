import {compact, counted, exact, percent, signed} from "./format.js";
import {productLink} from "./product-pareto.js";

/** Sums of rows as in `products_cost.json`. */
export function costTotals(rows) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return Object.fromEntries(
    [
      "lines",
      "assumed_lines",
      "cost",
      "assumed_cost",
      "cost_today",
      "margin",
      "margin_today",
      "difference",
      "assumed_difference",
      "products",
      "moved_products",
      "versioned_products"
    ].map((key) => [key, sum(key)])
  );
}

/** The finding: what today's cost would make of the margin. */
export function costTitle(rows) {
  const {difference, lines} = costTotals(rows);
  if (!lines) return "There are no sales lines yet";
  if (difference === 0) return "At today's cost the margin would be the same";
  return `At today's cost the margin would be ${compact(Math.abs(difference))} ${difference < 0 ? "lower" : "higher"}`;
}

/** The difference explained, and the assumption it rests on. */
export function costSentence(rows) {
  const all = costTotals(rows);
  if (!all.lines) return "";
  const [before, after] = [all.margin, all.margin_today];
  const moved = `${exact(all.moved_products)} of ${counted(all.products, "product")} cost something else today than on the order date`;
  const margin =
    all.difference === 0
      ? `No line would cost anything else today: margin ${exact(before)}.`
      : `Margin ${exact(before)} at the cost of the order date, ${exact(after)} at the newest cost: ${signed(all.difference, exact)}, because ${moved}.`;
  const assumed = all.assumed_lines
    ? ` ${counted(all.assumed_lines, "line")} (${percent(all.assumed_lines / all.lines, 0)}), costing ${exact(all.assumed_cost)}, ${all.assumed_lines === 1 ? "is" : "are"} older than the first known version of ${all.assumed_lines === 1 ? "its" : "their"} product: that version's cost is assumed for them${all.difference === 0 ? "" : `, and with it ${signed(all.assumed_difference, exact)} of the difference`}.`
    : " No line is older than the first known version of its product, so no cost is assumed.";
  return margin + assumed;
}

/** The rows as parts of a change of the margin, the largest first, the rest as one: what `Contribution` draws. */
export function costParts(rows, most = 6) {
  const named = rows.filter(({product_number, difference}) => product_number !== null && difference !== 0);
  const shown = named.slice(0, most);
  const rest = costTotals(rows.filter((row) => !shown.includes(row)));
  return [
    ...shown.map((row) => part(row, row.product_name.trim() || row.product_number)),
    ...(rest.moved_products ? [part(rest, null)] : [])
  ];
}

function part({moved_products, margin, margin_today, difference}, member) {
  return {member, members: moved_products, base: margin, revenue: margin_today, change: difference};
}

/** Columns of the table beside the bars. */
export const costColumns = [
  {
    label: "Product",
    isHead: true,
    value: (row) =>
      row.product_number === null
        ? `${counted(row.products, "other product")} of ${row.category}`
        : productLink(row)
  },
  {
    label: "First known cost",
    isNumber: true,
    value: ({first_cost}) => (first_cost === null ? "" : exact(first_cost))
  },
  {
    label: "Cost today",
    isNumber: true,
    value: ({current_cost}) => (current_cost === null ? "" : exact(current_cost))
  },
  {label: "Cost at the order date", isNumber: true, value: ({cost}) => exact(cost)},
  {label: "Would cost today", isNumber: true, value: ({cost_today}) => exact(cost_today)},
  {label: "Margin", isNumber: true, value: ({margin}) => exact(margin)},
  {label: "Margin today", isNumber: true, value: ({margin_today}) => exact(margin_today)},
  {label: "Difference", isNumber: true, value: ({difference}) => signed(difference, exact)},
  {
    label: "Lines assumed",
    isNumber: true,
    value: ({assumed_lines, lines}) => `${exact(assumed_lines)} of ${exact(lines)}`
  }
];
