import {html} from "htl";
import {date, exact} from "./format.js";
import {segmentOf} from "./customer-scores.js";
import {money} from "./shop.js";

/** The columns of a table of customers, each number a link to the customer's page. */
export function topColumns(rows, {base}) {
  const most = Math.max(...rows.map(({revenue_amount}) => Math.abs(revenue_amount)), 1);
  return [
    {
      label: "Customer",
      isHead: true,
      value: ({customer_key, customer_number}) =>
        html`<a href=${`${base}/customer?key=${encodeURIComponent(customer_key)}`}
          >${customer_number ?? customer_key}</a
        >`
    },
    {
      label: money("Revenue"),
      isNumber: true,
      value: ({revenue_amount}) =>
        html`<span class="cell-bar"
          ><i
            class=${revenue_amount < 0 ? "bad" : null}
            style=${{width: `${(Math.abs(revenue_amount) / most) * 100}%`}}
          ></i
          >${exact(revenue_amount)}</span
        >`
    },
    {label: "Orders", isNumber: true, value: ({count_orders}) => exact(count_orders)},
    {label: "First order", value: ({first_order_on}) => date(first_order_on)},
    {label: "Last order", value: ({last_order_on}) => date(last_order_on)},
    {label: "Country", value: ({country}) => country},
    {label: "Age", value: ({age_band}) => age_band},
    {
      label: "R F M",
      value: ({recency_score: r, frequency_score: f, monetary_score: m}) =>
        html`<span data-tip=${segmentOf(r, f)}>${r} ${f} ${m}</span>`
    }
  ];
}
