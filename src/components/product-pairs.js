import {html} from "htl";
import {brief} from "./chart-frame.js";
import {counted, decimals, exact, percent} from "./format.js";
import {productLink} from "./product-pareto.js";
import {table} from "./table.js";

/** The pairs as asked: by n or by lift, of the chosen categories. */
export function pairsOf(pairs, {order = "n", categories = []} = {}) {
  const isChosen = ({category, other_category}) =>
    !categories.length || categories.includes(category) || categories.includes(other_category);
  const by =
    order === "lift" ? (a, b) => b.lift - a.lift || b.orders - a.orders : (a, b) => b.orders - a.orders;
  return pairs.filter(isChosen).toSorted(by);
}

/** The finding: the first pair. */
export function pairsTitle(rows) {
  const [first] = rows;
  if (!first) return "No two products are bought together often enough to tell";
  const {product_name, other_product_name, confidence, lift} = first;
  return `${percent(confidence, 0)} of the orders with ${brief(product_name, 40)} hold ${brief(other_product_name, 40)} too, ${times(lift)} as often as chance`;
}

/** `5.4 times`. */
export function times(lift) {
  return `${lift >= 10 ? exact(Math.round(lift)) : decimals(lift, 1)} times`;
}

/** What is counted, and the least n. */
export function pairsNote([first], all) {
  if (!first) return "A pair is told from five orders on, and from one in a thousand.";
  return `${counted(first.pairs, "pair")} in at least ${exact(first.least)} orders each (one in a thousand, and five); ${exact(all)} of them here. Support: share of all ${exact(first.all_orders)} orders. Confidence: share of the orders with the first product. Lift: confidence as a multiple of the other's share of all orders, 1 is chance.`;
}

/** The pairs as a table; names lead to their pages. */
export function PairTable(rows, {most = 10, first = "With", base = ".."} = {}) {
  const largest = Math.max(...rows.map(({orders}) => orders), 0);
  const link = (row) => productLink(row, base);
  return table(
    rows,
    [
      ...(first ? [{label: first, isHead: true, value: link}] : []),
      {
        label: first ? "they buy" : "Bought with it",
        isHead: !first,
        value: (row) => link({product_number: row.other_product_number, product_name: row.other_product_name})
      },
      {
        label: "n orders",
        isNumber: true,
        value: ({orders}) =>
          html`<span class="cell-bar"
            ><i style=${{width: `${(orders / largest) * 100}%`}}></i>${exact(orders)}</span
          >`
      },
      {label: "Support", isNumber: true, value: ({support}) => percent(support, 2)},
      {label: "Confidence", isNumber: true, value: ({confidence}) => percent(confidence)},
      {label: "Lift", isNumber: true, value: ({lift}) => decimals(lift, lift < 100 ? 1 : 0)}
    ],
    {most, caption: "Products bought in the same order"}
  );
}
