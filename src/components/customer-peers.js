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
      says: `${above("more than", customer.less_revenue, buyers)} of ${counted(buyers, "buyer")}; half have up to ${exact(customer.median_revenue)}`
    },
    {
      label: "Orders",
      value: exact(customer.count_orders),
      share: customer.less_orders / buyers,
      says: `${above("more than", customer.less_orders, buyers)}; half have up to ${exact(customer.median_orders)}`
    },
    {
      label: "Last order",
      value: customer.recency_days === null ? "n/a" : `${counted(customer.recency_days, "day")} ago`,
      share: customer.recency_days === null ? null : customer.less_recent / buyers,
      says:
        customer.recency_days === null
          ? "none of the orders has a day"
          : `${above("later than", customer.less_recent, buyers)}; half within ${counted(customer.median_recency, "day")}`
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

function above(words, less, buyers) {
  return less ? `${words} ${percent(less / buyers, 0)}` : `${words} none`;
}
