import {html} from "htl";
import {card} from "./card.js";
import {brief} from "./chart-frame.js";
import {CustomerPeers, standing} from "./customer-peers.js";
import {correctionsSql, customerSql, ordersSql, rowsSql} from "./customer-query.js";
import {segmentOf} from "./customer-scores.js";
import {CustomerTimeline} from "./customer-timeline.js";
import {openDatabase} from "./database.js";
import {compact, counted, date, exact, percent} from "./format.js";
import {table} from "./table.js";
import {whyButton} from "./why-button.js";
import {money} from "./shop.js";

/** One customer by key or number: a frame at once, then what the browser's DuckDB tells of the customer. */
export function CustomerPanel(key, {base = "."} = {}) {
  const panel = html`<div class="customer" data-state="asking">
    <p class="sentence" role="status">Looking for customer ${brief(key, 40)} in the browser's DuckDB…</p>
    <div class="card skeleton customer-frame"></div>
  </div>`;
  read(key).then(
    (found) => show(panel, found ? "found" : "none", found ? parts(found, base) : [unknown(key)]),
    (error) => show(panel, "failed", [failed(error, () => panel.replaceWith(CustomerPanel(key, {base})))])
  );
  return panel;
}

async function read(key) {
  const {query} = await openDatabase();
  const [customer] = await query(customerSql(key));
  if (!customer) return null;
  const id = customer.key_text;
  const [orders, corrections] = [await query(ordersSql(id)), await query(correctionsSql(id))];
  return {customer, orders, corrections};
}

function show(panel, state, nodes) {
  panel.dataset.state = state;
  panel.replaceChildren(...nodes);
}

function unknown(key) {
  return html`<div class="card state">
    <h2>No customer has this number</h2>
    <p>
      Neither a number nor a key is <bdi>${brief(key, 60)}</bdi>. A customer number is written whole, as in
      the list of suggestions that opens while you type.
    </p>
  </div>`;
}

function failed(error, onRetry) {
  return html`<div class="card state is-wrong" role="alert">
    <h2>The customer cannot be shown</h2>
    <p>${error.message}.</p>
    <button class="button" onclick=${onRetry}>Try again</button>
  </div>`;
}

function parts({customer, orders, corrections}, base) {
  const where = `customer ${customer.customer_number ?? customer.key_text} · data through ${date(customer.through)}`;
  if (!customer.count_lines)
    return [
      sentenceOf(customer, orders),
      html`<p class="small-print">There is no sales line of this customer.</p>`
    ];
  const dated = orders.filter(({order_date}) => order_date);
  return [
    sentenceOf(customer, orders),
    html`<div class="cards two-one">
      ${timelineCard(dated, corrections, customer, where)}${peersCard(customer, where)}
    </div>`,
    html`<div class="cards">${ordersCard(orders, corrections, customer, {where, base})}</div>`
  ];
}

function sentenceOf(
  {
    customer_number,
    key_text,
    country,
    revenue_amount,
    count_orders,
    first_order_on,
    last_order_on,
    count_lines,
    recency_score,
    frequency_score,
    monetary_score
  },
  orders
) {
  const name = customer_number ?? key_text;
  const from = country === "n/a" ? "" : ` from ${country}`;
  if (!count_lines) return html`<p class="sentence">Customer ${name}${from} has not ordered.</p>`;
  const undated = orders.filter(({order_date}) => !order_date).length;
  const when = !first_order_on
    ? ""
    : first_order_on === last_order_on
      ? ` on ${date(first_order_on)}`
      : ` between ${date(first_order_on)} and ${date(last_order_on)}`;
  const scores = recency_score
    ? ` Recency ${recency_score}, frequency ${frequency_score}, money ${monetary_score} of 5: ${segmentOf(recency_score, frequency_score).toLowerCase()}.`
    : "";
  const late = undated ? ` ${counted(undated, "order")} without a day.` : "";
  return html`<p class="sentence" data-figure="revenue" data-value=${revenue_amount}>
    Customer ${name}${from} spent ${exact(revenue_amount)} in
    ${counted(count_orders, "order")}${when}.${scores}${late}
  </p>`;
}

function timelineCard(dated, corrections, {through}, where) {
  const changed = new Set(corrections.map(({order_number}) => order_number)).size;
  return card({
    id: "timeline",
    title: timelineTitle(dated),
    subtitle: `Orders · by day and ${money("revenue")}${changed ? ", ringed where a line was corrected" : ""} · ${where}`,
    height: 240,
    draw: (width) =>
      dated.length
        ? CustomerTimeline(dated, {width, through})
        : html`<p class="small-print">None of the orders has a day.</p>`
  });
}

/** The longest wait between two days of ordering. */
function timelineTitle(dated) {
  const days = [...new Set(dated.map(({order_date}) => order_date))];
  if (!days.length) return "When did the customer order?";
  if (days.length < 2) return `Ordered on one day, ${date(days[0])}`;
  const waits = days
    .slice(1)
    .map((day, i) => ({day, wait: Math.round((Date.parse(day) - Date.parse(days[i])) / 86400000)}));
  const longest = waits.reduce((most, one) => (one.wait > most.wait ? one : most));
  return `Ordered on ${counted(days.length, "day")}; the longest wait, ${counted(longest.wait, "day")}, ended on ${date(longest.day)}`;
}

function peersCard(customer, where) {
  return card({
    id: "peers",
    title: peersTitle(customer),
    subtitle: `Place among all buyers, from least to most · ${where}`,
    height: 200,
    draw: () => CustomerPeers(customer)
  });
}

function peersTitle({less_revenue, buyers}) {
  const words = standing("most revenue", "more revenue", less_revenue, buyers);
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}

function ordersCard(orders, corrections, {key_text, count_orders}, {where, base}) {
  const sql = `${base}/explore/sql?${new URLSearchParams({q: rowsSql(key_text)})}`;
  const most = orders.reduce((best, row) => (best && best.revenue >= row.revenue ? best : row), null);
  const columns = [
    {label: "Order", isHead: true, value: ({order_number}) => order_number ?? "n/a"},
    {label: "Day", value: ({order_date}) => date(order_date)},
    {label: "Products", value: ({products}) => productsOf(products)},
    {label: "Pieces", isNumber: true, value: ({quantity}) => exact(quantity)},
    {label: money("Revenue"), isNumber: true, value: ({revenue}) => exact(revenue)},
    {
      label: "Margin %",
      isNumber: true,
      value: ({revenue, margin}) => (revenue > 0 && margin !== null ? percent(margin / revenue) : "n/a")
    },
    {
      label: "Corrected",
      value: ({order_number}) => correctionsOf(corrections.filter((one) => one.order_number === order_number))
    },
    {
      label: "",
      value: (row) =>
        row.order_number ? whyButton(() => markOf(row, key_text), {name: `of order ${row.order_number}`}) : ""
    }
  ];
  return card({
    id: "orders",
    title:
      count_orders === 1
        ? `1 order of ${compact(most.revenue)}`
        : `${counted(count_orders, "order")}, the largest of ${compact(most.revenue)}`,
    subtitle: `Orders, newest first · ${where}`,
    height: 80,
    controls: html`<a class="quiet-link" href=${sql}>The rows in SQL</a>`,
    draw: () =>
      html`<div class="customer-orders">
        ${table(orders.toReversed(), columns, {most: 100, caption: "Orders of the customer"})}
      </div>`
  });
}

function markOf({order_number, revenue}, key) {
  return {
    title: `Revenue ${exact(revenue)}`,
    filters: {customer_key: [key], order_number: [order_number]}
  };
}

function productsOf(products) {
  const names = (products ?? "n/a").split("\n");
  const shown = names.slice(0, 4).map((name) => brief(name, 48));
  return html`<bdi
    data-tip=${
      names.length > 4 || products?.length > 160
        ? names
            .slice(0, 30)
            .map((name) => brief(name, 80))
            .join("\n")
        : null
    }
    >${shown.join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""}</bdi
  >`;
}

function correctionsOf(found) {
  if (!found.length) return "";
  return html`<ul class="customer-corrections">
    ${found.map(
      ({column_name, source_value, corrected, rule, product_name}) =>
        html`<li data-tip=${brief(product_name, 80)}>
          ${column_name.replace(/^sls_/, "")} <s>${brief(source_value ?? "∅", 24)}</s> →
          ${brief(corrected ?? "∅", 24)}
          <span class="faint">${rule}</span>
        </li>`
    )}
  </ul>`;
}
