import {categoryBars} from "./category-bars.js";
import {brief} from "./chart-frame.js";
import {compact, counted, date, exact, percent} from "./format.js";
import {money} from "./shop.js";

/** What fell silent, and what it used to bring. */
export function stoppedAnswer(found) {
  const rows = found.filter(({last_order_on}) => last_order_on);
  if (!rows.length) return "Nothing that sold regularly has fallen silent.";
  const {judged_products: judged, stopped_products: stopped} = rows[0];
  const money = rows.reduce((sum, row) => sum + Number(row.last_year_revenue), 0);
  const byCategory = Map.groupBy(rows, ({category}) => category);
  const [category, members] = [...byCategory].toSorted((a, b) => b[1].length - a[1].length)[0];
  const latest = rows
    .map(({last_order_on}) => last_order_on)
    .toSorted()
    .at(-1);
  const recent = rows.filter(({silent_days}) => silent_days <= 60).length;
  return `${exact(stopped)} of ${counted(judged, "product")} with a rhythm stopped; they brought ${compact(money)} in their last twelve months. ${members.length === rows.length ? `All are ${brief(category)}` : `${exact(members.length)} are ${brief(category)} (${percent(members.length / rows.length, 0)})`}; the last sale of any of them was on ${date(latest)}${recent ? `, and ${exact(recent)} fell silent within the last 60 days` : ""}.`;
}

/** How it was computed and of how many. */
export function stoppedMethod(rows) {
  const {judged_products: judged = 0, rare_products: rare = 0} = rows[0] ?? {};
  return `n = ${counted(judged, "product")} with at least ten days of sales (${exact(rare)} sold too rarely to judge). Stopped: silent until the data end for more than ten times the usual gap between two days of sales.`;
}

/** The stopped products by what they brought in their last twelve months. */
export function stoppedChart(found, width) {
  const rows = found.filter(({last_order_on}) => last_order_on);
  if (!rows.length) return "";
  const data = rows.slice(0, 15).map((row) => ({
    label: row.product_name,
    value: Number(row.last_year_revenue),
    group: row.category,
    note: `silent ${row.silent_days} d`,
    title: `${brief(row.product_name)}\n${exact(row.last_year_revenue)} in its last 12 months\nlast sold ${date(row.last_order_on)}, silent for ${row.silent_days} days; usual gap ${row.usual_gap} days`
  }));
  return categoryBars(data, width, {
    label: `${money("revenue")} in the last 12 months before silence`,
    rest: rows[0].stopped_products - data.length
  });
}
