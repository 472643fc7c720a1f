import {html} from "htl";
import {categoryBars} from "./category-bars.js";
import {brief} from "./chart-frame.js";
import {compact, counted, exact, percent} from "./format.js";

/** Which products were never sold, and whether their kind sells at all. */
export function unsoldAnswer(found) {
  const {all_products: all = 0, all_unsold: unsold = 0} = found[0] ?? {};
  if (!all) return "The catalogue is empty.";
  if (!unsold) return `None: each of the ${counted(all, "product")} of the catalogue has been sold.`;
  const rows = found.filter((row) => row.unsold);
  const sum = (some) => some.reduce((total, row) => total + row.unsold, 0);
  const idle = rows.filter(({is_sold}) => !is_sold);
  const byCategory = [...Map.groupBy(rows, ({category}) => category)]
    .map(([category, own]) => ({category, unsold: sum(own)}))
    .toSorted((a, b) => b.unsold - a.unsold);
  const kinds = idle.length
    ? `${exact(sum(idle))} are of ${counted(idle.length, "subcategory", "subcategories")} of which nothing was ever sold: not slow goods, but goods the shop does not offer, or whose sales are not in these data. ${exact(sum(rows) - sum(idle))} stand beside products that do sell.`
    : `All of them stand beside products of their subcategory that do sell.`;
  return `${exact(unsold)} of ${counted(all, "product")} (${percent(unsold / all, 0)}), most of them ${brief(byCategory[0].category)} (${exact(byCategory[0].unsold)}). ${kinds}`;
}

/** How it was computed and of how many. */
export function unsoldMethod(rows) {
  const {all_products: all = 0} = rows[0] ?? {};
  return html`n = ${counted(all, "product")} of the catalogue, each by its newest version. Sold: at least one
    sales line of any version, dated or not. <a href="../dashboards/products">Their names</a>`;
}

/** The subcategories with most unsold products. */
export function unsoldChart(found, width) {
  const rows = found.filter((row) => row.unsold);
  if (!rows.length) return "";
  const data = rows.slice(0, 15).map((row) => ({
    label: row.subcategory,
    value: row.unsold,
    group: row.category,
    note: `of ${exact(row.products)}`,
    title: `${brief(row.subcategory)}, ${brief(row.category)}\n${exact(row.unsold)} of ${exact(row.products)} never sold\nthe others brought ${compact(Number(row.revenue))}`
  }));
  const more = rows.length > data.length ? `, the ${data.length} subcategories with most` : "";
  return categoryBars(data, width, {label: `products never sold${more}`});
}
