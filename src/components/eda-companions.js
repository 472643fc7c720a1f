import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, labelled, sideways} from "./chart-frame.js";
import {counted, decimals, exact, list, percent} from "./format.js";

/** What is bought with the subcategory that is bought most often with others. */
export function companionsAnswer(found) {
  const [first] = found;
  if (!first?.anchor) return "Every order holds products of one subcategory only.";
  const {anchor, anchor_orders, mixed_orders} = first;
  const rows = found.filter(({orders}) => orders);
  const opening = `${brief(anchor)} is the subcategory most often bought with others: of ${counted(anchor_orders, "order")} with it ${exact(mixed_orders)} ${Number(mixed_orders) === 1 ? "holds" : "hold"} another`;
  if (!rows.length) return `${opening}, none of them in five orders.`;
  const most = rows
    .slice(0, 3)
    .map(({subcategory, share}) => `${brief(subcategory)} (${percent(share, 0)} of these orders)`);
  const beyond = frequent(rows).toSorted((a, b) => b.lift - a.lift)[0];
  const against = beyond
    ? beyond.lift > 1.05
      ? ` Most beyond what chance would bring: ${brief(beyond.subcategory)}, ${decimals(beyond.lift, 1)} times as often as in all orders.`
      : ` None comes more often than in all orders, so nothing in particular belongs to it.`
    : "";
  return `${opening}, most often ${list(most)}.${against}`;
}

/** How it was computed and of how many. */
export function companionsMethod(rows) {
  const {all_orders: all = 0, anchor} = rows[0] ?? {};
  return html`n = ${counted(all, "order")}. A subcategory counts once an order; from five orders on it is
    shown. The mark is the share of all orders: what chance would bring. Lift is told of those in at least 1%
    of the orders with ${anchor ? brief(anchor) : "it"}.
    <a href="../dashboards/products?pairs=lift">Pairs of products</a>`;
}

/** Share of the orders with each companion, and its share of all orders. */
export function companionsChart(found, width) {
  const data = found.filter(({orders}) => orders).slice(0, 15);
  if (!data.length) return "";
  const row = (_, index) => index;
  const chance = ({other_orders, all_orders}) => other_orders / all_orders;
  const base = sideways(width, {names: data.map(({subcategory}) => subcategory), right: 112});
  const chart = Plot.plot({
    ...base,
    x: {...base.x, tickFormat: (value) => percent(value, 0)},
    y: {...base.y, type: "band"},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.barX(data, {
        x: "share",
        y: row,
        fill: "var(--c1)",
        insetTop: 4,
        insetBottom: 4,
        title: (one) =>
          `${brief(one.subcategory)}\n${exact(one.orders)} of ${exact(one.anchor_orders)} orders (${percent(one.share)})\n${percent(chance(one))} of all orders\nlift ${decimals(one.lift, 2)}`,
        tip: true
      }),
      Plot.tickX(data, {x: chance, y: row, stroke: "var(--ink)", strokeWidth: 2}),
      Plot.text(data, {
        x: (one) => Math.max(one.share, chance(one)),
        y: row,
        text: ({share, lift}) => `${percent(share, 0)} · ×${decimals(lift, 1)}`,
        textAnchor: "start",
        dx: 8,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled(
    `share of the orders with ${brief(data[0].anchor)} (bar), of all orders (mark), lift`,
    chart
  );
}

function frequent(rows) {
  return rows.filter(({orders, anchor_orders}) => orders >= anchor_orders * 0.01);
}
