import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, labelled, sideways} from "./chart-frame.js";
import {compact, counted, date, exact, month, percent, percentChange} from "./format.js";

/** What the largest launch did to the older products beside it, and how often launches go so. */
export function neighboursAnswer(found) {
  const rows = found.map(numbered);
  const [first] = rows;
  if (!first)
    return "No product was launched into a subcategory that already sold, with half a year of data on either side.";
  const {subcategory, launched_on, products, neighbours} = first;
  const both = first.neighbours_after + first.launched_after;
  const replaced = first.neighbours_before - first.neighbours_after;
  const verdict =
    replaced <= 0
      ? "they lost nothing"
      : both >= first.neighbours_before
        ? "together the subcategory grew"
        : `the new ones made up ${percent(Math.min(1, first.launched_after / replaced), 0)} of what the older lost`;
  const judged = rows.filter(({rest_before}) => rest_before > 0);
  const harmed = judged.filter((row) => ratio(row) < restRatio(row)).length;
  const rest =
    first.rest_before > 0
      ? ` (the rest of the shop ${percentChange(first.rest_after, first.rest_before)})`
      : "";
  return `The launch that brought most: ${counted(products, "new product")} of ${brief(subcategory)} from ${date(launched_on)} on, ${compact(first.launched_after)} in 180 days. The ${counted(neighbours, "older one")} beside went from ${compact(first.neighbours_before)} to ${compact(first.neighbours_after)}, ${percentChange(first.neighbours_after, first.neighbours_before)}${rest}: ${verdict}. Over ${counted(judged.length, "launch", "launches")} the older products did worse than the rest of the shop in ${exact(harmed)}.`;
}

/** How it was computed and of how many. */
export function neighboursMethod(rows) {
  return html`n = ${counted(rows.length, "launch", "launches")} with 180 days of data before and after. A
    launch: products first sold within 30 days of each other, in a subcategory that sold before. Before
    against after, so season, a fading old model and a planned replacement are not told apart from
    cannibalisation; the rest of the shop is beside it as a measure.
    <a
      href=${rows[0] ? `../dashboards/products?${new URLSearchParams({period: "all", subcategory: rows[0].subcategory})}` : "../dashboards/products"}
      >The products of this subcategory</a
    >`;
}

/** Change of the older products and of the rest of the shop, launch by launch. */
export function neighboursChart(found, width) {
  const data = found
    .map(numbered)
    .filter(({rest_before}) => rest_before > 0)
    .slice(0, 12);
  if (!data.length) return "";
  const row = (_, index) => index;
  const most = Math.max(
    1,
    ...data.flatMap((one) => [change(ratio(one)), change(restRatio(one))]).filter((value) => value <= 3)
  );
  const shown = (value) => Math.min(change(value), most);
  const base = sideways(width, {
    names: data.map(({subcategory, launched_on}) => `${month(launched_on)}, ${subcategory}`),
    height: 28,
    right: 24
  });
  const chart = Plot.plot({
    ...base,
    x: {...base.x, domain: [-1, most * 1.05], tickFormat: (value) => percent(value, 0)},
    y: {...base.y, type: "band"},
    color: {
      domain: ["older products of the subcategory", "rest of the shop"],
      range: ["var(--c1)", "var(--other)"],
      legend: true
    },
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.ruleX([0], {stroke: "var(--line-strong)"}),
      Plot.link(data, {
        x1: (one) => shown(ratio(one)),
        x2: (one) => shown(restRatio(one)),
        y: row,
        stroke: "var(--line-strong)",
        strokeWidth: 2
      }),
      Plot.dot(data, {x: (one) => shown(restRatio(one)), y: row, r: 5, fill: () => "rest of the shop"}),
      Plot.dot(data, {
        x: (one) => shown(ratio(one)),
        y: row,
        r: 5,
        fill: () => "older products of the subcategory",
        title: (one) =>
          `${brief(one.subcategory)}, ${counted(one.products, "new product")}\nfrom ${date(one.launched_on)}: ${exact(one.launched_after)}\n${exact(one.neighbours)} older: ${exact(one.neighbours_before)} → ${exact(one.neighbours_after)}\nrest: ${percentChange(one.rest_after, one.rest_before)}`,
        tip: true
      })
    ]
  });
  return labelled(
    "change of revenue, 180 days after a launch against 180 before, launches that brought most first",
    chart
  );
}

function numbered(row) {
  const keys = ["neighbours_before", "neighbours_after", "launched_after", "rest_before", "rest_after"];
  return {...row, ...Object.fromEntries(keys.map((key) => [key, Number(row[key])]))};
}

const ratio = ({neighbours_before, neighbours_after}) => neighbours_after / neighbours_before;
const restRatio = ({rest_before, rest_after}) => rest_after / rest_before;
const change = (value) => value - 1;
