import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {tipStyle} from "./chart-frame.js";
import {compact, counted, exact, percent, percentChange, signed} from "./format.js";
import {asImage} from "./image.js";
import {choosing, productPage} from "./product-address.js";
import {money} from "./shop.js";

/** What stands under a share in the rows of `products_sold.json`: how many products, their revenue, those that make 80 %. */
export function concentration(rows) {
  const products = rows.reduce((sum, {members}) => sum + members, 0);
  const total = rows.reduce((sum, {revenue}) => sum + revenue, 0);
  const at =
    total > 0
      ? rows.find(({place, cumulative}) => place !== null && cumulative >= total * 0.8 - 0.005)
      : null;
  return {products, total, most: at?.place ?? null, share: at ? at.place / products : null};
}

/** The finding: how few products make four fifths of the revenue. */
export function paretoTitle(rows) {
  const {products, total, most, share} = concentration(rows);
  if (!products) return "Nothing was sold";
  if (total <= 0) return `${counted(products, "product")} brought no revenue in all`;
  if (products === 1) return "One product makes all of the revenue";
  if (most === null) return "Lines without a known product hold more than a fifth of the revenue";
  return `${percent(share, share < 0.1 ? 1 : 0)} of the products (${exact(most)} of ${exact(products)}) make 80% of the revenue`;
}

/** Cumulative share of revenue by rank of the product; `hue(category)` colours the point under the pointer. */
export function Pareto(rows, {width, height = 280, hue, onSelect}) {
  const {products, total, most, share} = concentration(rows);
  const named = rows.filter(({place}) => place !== null);
  if (!named.length || total <= 0) return html`<p class="small-print">There is no revenue to share out.</p>`;
  const points = [{place: 0, cumulative: 0}, ...named];
  const part = ({cumulative}) => cumulative / total;
  const isLate = most / products > 0.55;
  const chart = Plot.plot({
    width,
    height,
    marginLeft: 48,
    marginRight: 16,
    marginTop: 16,
    marginBottom: 40,
    ariaLabel: `Cumulative share of revenue over ${counted(products, "product")}, the largest first`,
    x: {domain: [0, products], label: null},
    y: {domain: [0, Math.max(1, ...named.map(part))], label: null},
    marks: [
      Plot.gridY({ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], stroke: "var(--line)", strokeOpacity: 1}),
      Plot.axisY({
        ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
        tickFormat: (value) => percent(value, 0),
        tickSize: 0,
        fill: "var(--ink-soft)"
      }),
      Plot.axisX({
        ticks: width < 480 ? 3 : 6,
        tickFormat: (value) => (Number.isInteger(value) ? exact(value) : ""),
        tickSize: 0,
        label: "products, the largest first",
        labelAnchor: "center",
        labelArrow: "none",
        fill: "var(--ink-soft)"
      }),
      Plot.areaY(points, {x: "place", y: part, fill: "var(--accent)", fillOpacity: 0.1}),
      Plot.lineY(points, {x: "place", y: part, stroke: "var(--accent)", strokeWidth: 2}),
      Plot.ruleY([0], {stroke: "var(--line-strong)"}),
      ...(most
        ? [
            Plot.link([0], {
              x1: 0,
              y1: 0.8,
              x2: most,
              y2: 0.8,
              stroke: "var(--ink-faint)",
              strokeDasharray: "4 4"
            }),
            Plot.link([0], {
              x1: most,
              y1: 0,
              x2: most,
              y2: 0.8,
              stroke: "var(--ink-faint)",
              strokeDasharray: "4 4"
            }),
            Plot.dot([0], {x: most, y: 0.8, r: 4, fill: "var(--accent)"}),
            Plot.text([0], {
              x: most,
              y: 0.8,
              text: () =>
                `${exact(most)} of ${counted(products, "product")} (${percent(share, 0)})\nmake 80%`,
              textAnchor: isLate ? "end" : "start",
              dx: isLate ? -12 : 12,
              dy: isLate ? -24 : 24,
              fill: "var(--ink)",
              stroke: "var(--card)",
              strokeWidth: 4,
              fontWeight: 600
            })
          ]
        : []),
      Plot.dot(
        named,
        Plot.pointerX({x: "place", y: part, r: 5, fill: ({category}) => hue(category), stroke: "var(--card)"})
      ),
      Plot.tip(
        named,
        Plot.pointerX({
          x: "place",
          y: part,
          title: (row) => told(row, total, products),
          ...tipStyle
        })
      )
    ]
  });
  asImage(chart);
  return onSelect ? choosing(chart, onSelect) : chart;
}

/** The columns of the table of products, whose names lead to their pages; shares are of all `rows`. */
export function productColumns(rows, {base, baseName}) {
  const {total} = concentration(rows);
  const most = Math.max(...rows.map(({place, revenue}) => (place === null ? 0 : Math.abs(revenue))), 0);
  return [
    {label: "#", isNumber: true, value: ({place}) => exact(place)},
    {label: "Product", isHead: true, value: (row) => productLink(row)},
    {
      label: money("Revenue"),
      isNumber: true,
      value: ({revenue}) =>
        html`<span class="cell-bar"
          ><i
            class=${revenue < 0 ? "bad" : ""}
            style=${{width: `${most ? (Math.abs(revenue) / most) * 100 : 0}%`}}
          ></i
          >${exact(revenue)}</span
        >`
    },
    {label: "Share", isNumber: true, value: ({revenue}) => (total > 0 ? percent(revenue / total) : "n/a")},
    {
      label: "Up to here",
      isNumber: true,
      value: ({cumulative}) => (total > 0 ? percent(cumulative / total) : "n/a")
    },
    {
      label: "Margin %",
      isNumber: true,
      value: ({margin, revenue}) => percent(revenue > 0 && margin !== null ? margin / revenue : null)
    },
    {label: "Pieces", isNumber: true, value: ({quantity}) => exact(quantity)},
    ...(base
      ? [
          {label: `vs ${baseName}`, isNumber: true, value: (row) => signed(row.revenue - row[base], compact)},
          {label: "%", isNumber: true, value: (row) => percentChange(row.revenue, row[base])}
        ]
      : [])
  ];
}

/** A product's name as a link to its page; words alone where the line's product is unknown. */
export function productLink({product_number: number, product_name: name}, base = "..") {
  const text = name?.trim() ? name : "(no name)";
  return number === null
    ? text
    : html`<a class="product-name" dir="auto" href=${productPage(number, base)} title=${text}>${text}</a>`;
}

function told(row, total, products) {
  return [
    row.product_name.slice(0, 60),
    `Revenue ${exact(row.revenue)} (${percent(row.revenue / total)})`,
    `${exact(row.place)} of ${exact(products)}, up to here ${percent(row.cumulative / total)}`,
    `${counted(row.quantity, "piece")}`,
    row.category
  ].join("\n");
}
