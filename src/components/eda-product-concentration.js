import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {frame, labelled} from "./chart-frame.js";
import {counted, exact, percent} from "./format.js";

/** How few products the revenue comes from, year by year. */
export function concentrationAnswer(rows) {
  const years = yearsOf(rows);
  const whole = years.filter(({is_complete}) => is_complete);
  const last = whole.at(-1) ?? years.at(-1);
  if (!last) return "There are no dated sales yet.";
  if (last.products_of_80 === null) return `In ${last.calendar_year} the products brought no revenue in all.`;
  const when = `in ${last.calendar_year}${last.is_complete ? "" : " so far"}`;
  if (last.products === 1) return `One product made all of the revenue ${when}: no other sold.`;
  const share = last.products_of_80 / last.products;
  const before = whole.at(-2);
  const was = before?.products_of_80 ? before.products_of_80 / before.products : null;
  const against =
    was === null
      ? ""
      : Math.abs(was - share) < 0.005
        ? `, as in ${before.calendar_year}`
        : `; in ${before.calendar_year} it took ${exact(before.products_of_80)} of ${exact(before.products)} (${percent(was, 0)}), so revenue became ${share < was ? "more" : "less"} concentrated`;
  const verdict =
    share <= 0.2 ? "The old rule of 20 and 80 holds" : "Less concentrated than the old rule of 20 and 80";
  return `${verdict}: ${when} ${exact(last.products_of_80)} of ${counted(last.products, "product")} (${percent(share, share < 0.01 ? 2 : 0)}) made 80% of the revenue${against}. The largest alone made ${percent(last.largest_share)}.`;
}

/** How it was computed and of how many. */
export function concentrationMethod(rows) {
  const years = yearsOf(rows);
  const counts = years
    .map(({calendar_year, products}) => `${exact(products)} in ${calendar_year}`)
    .join(", ");
  return html`n = products that sold in the year: ${counts || "0"}. Products by revenue, the largest first; a
    tenth is rounded up to whole products; lines without a known product are left out; incomplete years are
    told and not judged. <a href="../dashboards/products?period=all">Product by product</a>`;
}

/** Cumulative share by tenth of the products, a line a year. */
export function concentrationChart(rows, width) {
  const years = yearsOf(rows).filter(({products}) => products > 1);
  if (!years.length) return "";
  const shown = years.slice(-6).map(({calendar_year}) => calendar_year);
  const newest = shown.at(-1);
  const data = [
    ...shown.map((calendar_year) => ({calendar_year, tenth: 0, share: 0})),
    ...rows.filter(({calendar_year, share}) => shown.includes(calendar_year) && share !== null)
  ].toSorted((a, b) => a.calendar_year - b.calendar_year || a.tenth - b.tenth);
  const base = frame(width, null);
  const chart = Plot.plot({
    ...base,
    color: {
      domain: shown.map(String),
      range: shown.map((year, index) =>
        year === newest
          ? "var(--ink)"
          : ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"][index]
      ),
      legend: true
    },
    x: {
      label: null,
      ticks: width < 480 ? [0, 5, 10] : 6,
      tickFormat: (tenth) => `${tenth * 10}%`,
      tickSize: 0
    },
    y: {...base.y, tickFormat: (value) => percent(value, 0)},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.ruleY([0.8], {stroke: "var(--ink-faint)", strokeDasharray: "4 4"}),
      Plot.lineY(data, {
        x: "tenth",
        y: "share",
        stroke: ({calendar_year}) => String(calendar_year),
        strokeWidth: 2
      }),
      Plot.tip(
        data.filter(({tenth}) => tenth),
        Plot.pointer({
          x: "tenth",
          y: "share",
          title: ({calendar_year, tenth, share, top_products, products}) =>
            `${calendar_year}\n${exact(top_products)} of ${exact(products)} products (${tenth * 10}%)\n${percent(share)} of the revenue`
        })
      )
    ]
  });
  return labelled(
    "share of the revenue (up) that the largest products make (share of the products, right)",
    chart
  );
}

function yearsOf(rows) {
  return [...new Map(rows.map((row) => [row.calendar_year, row])).values()];
}
