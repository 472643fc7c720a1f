import {html} from "htl";
import {compact, counted, exact, percent} from "./format.js";
import {money} from "./shop.js";

const measures = [
  {key: "revenue", label: money("Revenue")},
  {key: "quantity", label: "Pieces"},
  {key: "orders", label: "Orders"},
  {key: "customers", label: "Customers"},
  {key: "margin_rate", label: "Margin %"}
];

/**
 * Where a product stands among the products of its subcategory: per measure `{key, label, value, place, peers, rank}`;
 * `rank` is the share of the other products with less, those with the same counted half; null without others.
 */
export function standings(rows, number) {
  const own = rows.find((row) => row.product_number === number);
  return measures.map(({key, label}) => {
    const value = own?.[key] ?? null;
    const others = rows
      .filter((row) => row.product_number !== number && row[key] !== null)
      .map((row) => row[key]);
    const less = others.filter((other) => other < value).length;
    const same = others.filter((other) => other === value).length;
    const isKnown = value !== null && others.length > 0;
    return {
      key,
      label,
      value,
      peers: others.length,
      place: isKnown ? others.length - less - same + 1 : null,
      rank: isKnown ? (less + same / 2) / others.length : null
    };
  });
}

/** The finding: its place by revenue. */
export function peersTitle(rows, {product_number, product_name, subcategory}) {
  const [revenue] = standings(rows, product_number);
  const name = product_name.slice(0, 60);
  if (revenue.value === null) return `${name} did not sell in these days`;
  if (revenue.place === null) return `Nothing else of ${subcategory} sold in these days`;
  return `${ordinal(revenue.place)} of ${exact(revenue.peers + 1)} in ${subcategory} by revenue`;
}

/** One row a measure: its place on a track from the least to the most of its peers. */
export function Peers(rows, number) {
  return html`<div class="peers" role="list">
    ${standings(rows, number).map(
      ({key, label, value, peers, place, rank}) =>
        html`<div class="peer" role="listitem" data-peer=${key} data-rank=${rank ?? ""}>
          <span>${label}</span>
          <b data-tip=${key === "margin_rate" ? null : exact(value)}
            >${key === "margin_rate" ? percent(value) : compact(value)}</b
          >
          <span class="peer-track" aria-hidden="true"
            ><i></i>${rank === null ? null : html`<em style=${{left: `${rank * 100}%`}}></em>`}</span
          >
          <span class="peer-place"
            >${rank === null ? "n/a" : html`above ${percent(rank, 0)} of ${counted(peers, "peer")}, ${ordinal(place)}`}</span
          >
        </div>`
    )}
  </div>`;
}

function ordinal(number) {
  const text = exact(number);
  const tens = number % 100;
  if (tens > 10 && tens < 14) return `${text}th`;
  return `${text}${["th", "st", "nd", "rd"][number % 10] ?? "th"}`;
}
