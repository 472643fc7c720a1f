import {html} from "htl";
import {counted, date, exact, list, percent} from "./format.js";
import {productLink} from "./product-pareto.js";
import {table} from "./table.js";

/** Per category how many products of the catalogue have no line: `{category, unsold, products, rows}`, most first. */
export function unsoldByCategory(rows) {
  return [...Map.groupBy(rows, ({category}) => category)].map(([category, own]) => ({
    category,
    unsold: own[0].unsold,
    products: own[0].products,
    rows: own
  }));
}

/** The finding, of all products there are. */
export function unsoldTitle(rows, products) {
  if (!products) return "The catalogue is empty";
  const unsold = unsoldByCategory(rows).reduce((sum, group) => sum + group.unsold, 0);
  if (!unsold)
    return products === 1
      ? "The one product of the catalogue has been sold"
      : `Every one of the ${exact(products)} products has been sold`;
  return `${exact(unsold)} of ${counted(products, "product")} (${percent(unsold / products, 0)}) were never sold`;
}

/** Which categories they are of, in words. */
export function unsoldSentence(rows) {
  const groups = unsoldByCategory(rows);
  if (!groups.length) return "";
  const words = groups
    .slice(0, 4)
    .map(({category, unsold, products}) => `${exact(unsold)} of ${exact(products)} in ${category}`);
  const more =
    groups.length > 4
      ? [`${exact(groups.slice(4).reduce((sum, {unsold}) => sum + unsold, 0))} in others`]
      : [];
  return `${list([...words, ...more])}.`;
}

/** One part a category that opens the names of its products. */
export function Unsold(rows) {
  return html`<div class="unsold">
    ${unsoldByCategory(rows).map(({category, unsold, products, rows: own}) => {
      const place = html`<div></div>`;
      const node = html`<details class="unsold-part">
        <summary>
          <span class="unsold-name">${category}</span>
          <span class="unsold-bar" aria-hidden="true"
            ><i style=${{width: `${(unsold / products) * 100}%`}}></i
          ></span>
          <span>${exact(unsold)} of ${exact(products)}</span>
        </summary>
        ${place}
      </details>`;
      node.addEventListener(
        "toggle",
        () =>
          place.append(
            table(own, unsoldColumns, {most: 200, caption: `Never sold in ${category}`}),
            unsold > own.length
              ? html`<p class="small-print">the first ${exact(own.length)} of ${exact(unsold)}</p>`
              : ""
          ),
        {once: true}
      );
      return node;
    })}
  </div>`;
}

const unsoldColumns = [
  {label: "Product", isHead: true, value: (row) => productLink(row)},
  {label: "Number", value: ({product_number}) => product_number},
  {label: "Subcategory", value: ({subcategory}) => subcategory},
  {label: "Cost", isNumber: true, value: ({cost}) => exact(cost)},
  {label: "Known since", value: ({valid_from}) => date(valid_from)}
];
