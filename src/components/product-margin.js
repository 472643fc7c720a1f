import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, isolated, tipStyle} from "./chart-frame.js";
import {compact, counted, exact, list, percent, tick} from "./format.js";
import {asImage} from "./image.js";
import {choosing} from "./product-address.js";
import {money} from "./shop.js";

const lowest = -1;

/** Products with a margin %: those that took in money, with a known cost. */
export function withRate(rows) {
  return rows
    .filter(({place, revenue, margin}) => place !== null && revenue > 0 && margin !== null)
    .map((row) => ({...row, rate: row.margin / row.revenue}));
}

/** The finding: where the margin of the largest products lies, and who loses. */
export function marginTitle(rows) {
  const rated = withRate(rows);
  if (!rated.length) return "No product has a margin to compare";
  const lossy = rated.filter(({rate}) => rate < 0);
  const byRate = rated.toSorted((a, b) => a.rate - b.rate);
  const [low, high] = [byRate[0], byRate.at(-1)];
  if (lossy.length)
    return `${counted(lossy.length, "product")} ${lossy.length === 1 ? "loses" : "lose"} money, ${brief(low.product_name, 40)} most of its revenue (${percent(low.rate, 0)})`;
  if (rated.length === 1)
    return `${brief(low.product_name, 40)} keeps ${percent(low.rate, 0)} of its revenue`;
  return `Margins run from ${percent(low.rate, 0)} (${brief(low.product_name, 40)}) to ${percent(high.rate, 0)} (${brief(high.product_name, 40)})`;
}

/** What is not drawn, in words; empty where everything is. */
export function marginNote(rows) {
  const all = rows.reduce((sum, {members}) => sum + members, 0);
  const drawn = withRate(rows);
  const below = drawn.filter(({rate}) => rate < lowest).length;
  const none = rows.filter(({place}) => place !== null).length - drawn.length;
  const notes = [
    all > drawn.length + none
      ? `${exact(drawn.length)} of ${exact(all)} products drawn: the largest, every so many-th of the rest, the outermost margins`
      : null,
    none ? `${counted(none, "product")} without revenue or cost left out` : null,
    below ? `${exact(below)} below ${percent(lowest, 0)} at the foot` : null
  ].filter(Boolean);
  return notes.length ? `${list(notes)}.` : "";
}

/** Margin % against revenue, a dot a product, the outermost named. `chosen` is a product's number. */
export function MarginScatter(rows, {width, height = 320, hue, chosen, onSelect}) {
  const dots = withRate(rows).map((row) => ({...row, shown: Math.max(row.rate, lowest)}));
  if (!dots.length) return html`<p class="small-print">No product here has revenue and a known cost.</p>`;
  const total = dots.reduce((sum, {revenue}) => sum + revenue, 0);
  const rate = dots.reduce((sum, {margin}) => sum + margin, 0) / total;
  const low = Math.min(...dots.map(({revenue}) => revenue));
  const high = Math.max(...dots.map(({revenue}) => revenue));
  const bottom = Math.min(0, ...dots.map(({shown}) => shown));
  const top = Math.min(1, Math.max(...dots.map(({shown}) => shown)) * 1.12 + 0.02);
  const place = (value) => Math.log10(value);
  const chart = Plot.plot({
    width,
    height,
    marginLeft: 48,
    marginRight: 24,
    marginTop: 16,
    marginBottom: 40,
    ariaLabel: `Margin % against revenue of ${counted(dots.length, "product")}`,
    x: {type: "log", domain: [low / 1.3, high * 1.6], label: null},
    y: {domain: [bottom, Math.max(top, rate * 1.1)], label: null},
    marks: [
      Plot.gridY({ticks: 5, stroke: "var(--line)", strokeOpacity: 1}),
      Plot.axisY({ticks: 5, tickFormat: (value) => percent(value, 0), tickSize: 0, fill: "var(--ink-soft)"}),
      Plot.axisX({
        ticks: powers(low, high),
        tickFormat: tick,
        tickSize: 0,
        label: `${money("revenue")}, each step ten times more`,
        labelAnchor: "center",
        labelArrow: "none",
        fill: "var(--ink-soft)"
      }),
      Plot.ruleY([rate], {stroke: "var(--ink-faint)", strokeDasharray: "4 4"}),
      Plot.text([rate], {
        x: () => low / 1.3,
        y: (value) => value,
        text: () => `all ${percent(rate)}`,
        textAnchor: "start",
        dx: 4,
        dy: -8,
        fill: "var(--ink-soft)",
        stroke: "var(--card)",
        strokeWidth: 4
      }),
      Plot.ruleY([0], {stroke: "var(--line-strong)"}),
      Plot.dot(dots, {
        x: "revenue",
        y: "shown",
        r: dots.length > 200 ? 3 : 4,
        fill: ({category}) => hue(category),
        fillOpacity: dots.length > 200 ? 0.55 : 0.8,
        stroke: "var(--card)",
        strokeWidth: 0.5
      }),
      Plot.dot(
        dots.filter(({product_number}) => product_number === chosen),
        {x: "revenue", y: "shown", r: 7, stroke: "var(--ink)", strokeWidth: 2}
      ),
      ...labels(dots, {
        width,
        height,
        place,
        domain: [place(low / 1.3), place(high * 1.6)],
        y: [bottom, top]
      }).map(({row, isLeft, isAbove}) =>
        Plot.text([row], {
          x: "revenue",
          y: "shown",
          text: (row) => labelOf(row, width),
          textAnchor: isLeft ? "end" : "start",
          dx: isLeft ? -8 : 8,
          dy: isAbove ? -8 : 8,
          fill: "var(--ink)",
          stroke: "var(--card)",
          strokeWidth: 4
        })
      ),
      Plot.tip(
        dots,
        Plot.pointer({
          x: "revenue",
          y: "shown",
          title: (row) =>
            [
              brief(row.product_name),
              `Revenue ${exact(row.revenue)}`,
              `Margin ${exact(row.margin)} (${percent(row.rate)})`,
              counted(row.quantity, "piece"),
              row.category
            ].join("\n"),
          ...tipStyle
        })
      )
    ]
  });
  asImage(chart);
  return onSelect ? choosing(chart, onSelect) : chart;
}

/** The key of the hues: categories among the rows, the largest first. */
export function categoryKey(rows, hue) {
  const names = [...new Set(withRate(rows).map(({category}) => category))];
  const coloured = names.filter((name) => hue(name) !== "var(--other)");
  const rest = names.length - coloured.length;
  return html`<div class="hue-key">
    ${coloured.map((name) => html`<span><i style=${{background: hue(name)}}></i>${brief(name, 24)}</span>`)}
    ${rest ? html`<span><i style=${{background: "var(--other)"}}></i>${coloured.length ? "others" : "all"}</span>` : null}
  </div>`;
}

/** The largest, the lowest and the highest margin and whoever else stands out, as far as their names do not collide. */
function labels(dots, {width, height, place, domain, y}) {
  const byRate = dots.toSorted((a, b) => a.rate - b.rate);
  const byRevenue = dots.toSorted((a, b) => b.revenue - a.revenue);
  const wanted = [byRevenue[0], byRate[0], byRate.at(-1), byRate[1], byRate.at(-2), byRevenue[1]].filter(
    Boolean
  );
  const taken = [];
  const found = [];
  for (const row of new Set(wanted)) {
    const left = ((place(row.revenue) - domain[0]) / (domain[1] - domain[0] || 1)) * (width - 72);
    const room = labelOf(row, width).length * 6.6 + 8;
    const isLeft = left + room > width - 48;
    if (isLeft && left - room < -48) continue;
    const isAtFoot = row.shown - y[0] < (y[1] - y[0]) * 0.1;
    const isAbove = isAtFoot || (row.rate >= 0 && row.shown < y[1] * 0.9);
    const top = (1 - (row.shown - y[0]) / (y[1] - y[0] || 1)) * (height - 56) + (isAbove ? -8 : 8);
    const box = {from: isLeft ? left - room : left, to: isLeft ? left : left + room, top};
    if (taken.some((one) => Math.abs(one.top - box.top) < 18 && one.from < box.to && box.from < one.to))
      continue;
    if (width < 480 && found.length === 3) break;
    taken.push(box);
    found.push({row, isLeft, isAbove});
  }
  return found;
}

function labelOf({product_name, rate}, width) {
  return `${isolated(brief(product_name, width < 480 ? 18 : 28))} ${percent(rate, 0)}`;
}

function powers(low, high) {
  const from = Math.ceil(Math.log10(low / 1.3));
  const to = Math.floor(Math.log10(high * 1.6));
  const all = Array.from({length: Math.max(0, to - from + 1)}, (_, index) => 10 ** (from + index));
  if (all.length < 2) return [low, high].map((value) => Number(value.toPrecision(2)));
  return all.filter((_, index) => index % Math.ceil(all.length / 6) === 0);
}

/** Columns beside the scatter. */
export const marginColumns = [
  {label: "Revenue", isNumber: true, value: ({revenue}) => exact(revenue)},
  {label: "Margin", isNumber: true, value: ({margin}) => exact(margin)},
  {label: "Margin %", isNumber: true, value: ({rate}) => percent(rate)},
  {label: "Pieces", isNumber: true, value: ({quantity}) => compact(quantity)}
];
