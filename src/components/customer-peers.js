import {html} from "htl";
import {counted, exact, percent} from "./format.js";
import {money} from "./shop.js";

/** How a customer stands among all buyers, as `{label, value, share, says}` for revenue, orders and recency. */
export function peersOf(customer) {
  const {buyers} = customer;
  return [
    {
      label: money("Revenue"),
      value: exact(customer.revenue_amount),
      share: customer.less_revenue / buyers,
      says: `${standing("most", "more", customer.less_revenue, buyers)}; half have up to ${exact(customer.median_revenue)}`
    },
    {
      label: "Orders",
      value: exact(customer.count_orders),
      share: customer.less_orders / buyers,
      says: `${standing("most", "more", customer.less_orders, buyers)}; half have up to ${exact(customer.median_orders)}`
    },
    {
      label: "Last order",
      value: customer.recency_days === null ? "n/a" : `${counted(customer.recency_days, "day")} ago`,
      share: customer.recency_days === null ? null : customer.less_recent / buyers,
      says:
        customer.recency_days === null
          ? "none of the orders has a day"
          : `${standing("latest", "later", customer.less_recent, buyers)}; half within ${counted(customer.median_recency, "day")}`
    }
  ];
}

/** A line for each measure: the value, where it stands between none and all of the buyers, and that in words. */
export function CustomerPeers(customer) {
  return html`<ul class="peers">
    ${peersOf(customer).map(
      ({label, value, share, says}) =>
        html`<li data-peer=${label} data-share=${share ?? ""}>
          <span class="peer-label">${label}</span>
          <b>${value}</b>
          <span class="peer-strip" aria-hidden="true"
            >${share === null ? null : html`<i style=${{left: `${share * 100}%`}}></i>`}</span
          >
          <span class="peer-says">${says}</span>
        </li>`
    )}
  </ul>`;
}

/** Where somebody stands by how many buyers have less: `the most of all 9 buyers`, `more than all but 2 of 999 buyers`. */
export function standing(most, more, less, buyers) {
  if (buyers === 1) return "the only buyer";
  const others = buyers - less - 1;
  if (!others) return `the ${most} of all ${counted(buyers, "buyer")}`;
  const share = percent(less / buyers, 0);
  const than = !less ? "none" : share === percent(1, 0) ? `all but ${exact(others)}` : share;
  return `${more} than ${than} of ${counted(buyers, "buyer")}`;
}
