import * as Plot from "@observablehq/plot";
import {brief, labelled, sideways} from "./chart-frame.js";
import {compact, counted, exact, percent, signed} from "./format.js";

/** Categories of a chart. */
const most = 15;

/** How much of the margin rests on an assumed cost. */
export function versionsAnswer(rows) {
  const lines = total(rows, "lines");
  if (!lines) return "There are no sales lines yet.";
  const assumed = total(rows, "assumed_lines");
  const [margin, assumedMargin] = [total(rows, "margin"), total(rows, "assumed_margin")];
  const [cost, current] = [total(rows, "cost"), total(rows, "current_cost")];
  const rest = assumed
    ? `${percent(assumed / lines, 0)} of the lines are older than the first known version of their product; the first version reaches back to them, so ${percent(assumedMargin / margin, 0)} of the margin (${compact(assumedMargin)} of ${compact(margin)}) rests on that assumption.`
    : "No line is older than the first known version of its product: every cost is a known one.";
  return `${rest} ${exact(total(rows, "versioned_products"))} of ${counted(total(rows, "products"), "sold product")} have more than one version; at today's cost all lines together would cost ${compact(current)} instead of ${compact(cost)}, ${signed(cost - current)} margin.`;
}

/** How it was computed and of how many. */
export function versionsMethod(rows) {
  return `n = ${counted(total(rows, "lines"), "sales line")}, dated or not; ${exact(total(rows, "lines_without_cost"))} have no cost at all. Assumed: the order date lies before the start of the product's first version. Cost at the order date: the version valid on it, else on the ship date.`;
}

/** Lines with a known and with an assumed cost, of the categories with most. */
export function versionsChart(found, width) {
  const rows = found.toSorted((a, b) => b.lines - a.lines).slice(0, most);
  const data = rows.flatMap((row, index) => [
    {...row, index, kind: "known cost", part: row.lines - row.assumed_lines},
    {...row, index, kind: "assumed cost", part: row.assumed_lines}
  ]);
  const chart = Plot.plot({
    ...sideways(width, {names: rows.map(({category}) => category), height: 36, right: 112}),
    color: {domain: ["known cost", "assumed cost"], range: ["var(--c1)", "var(--last-year)"], legend: true},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 5}),
      Plot.barX(data, {
        x: "part",
        y: "index",
        fill: "kind",
        insetTop: 5,
        insetBottom: 5,
        title: ({category, kind, part, lines}) =>
          `${brief(category)}, ${kind}\n${exact(part)} of ${exact(lines)} lines`,
        tip: true
      }),
      Plot.text(rows, {
        x: "lines",
        y: (_, index) => index,
        text: (row) => `${percent(row.assumed_lines / row.lines, 0)} assumed`,
        textAnchor: "start",
        dx: 6,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  const more = found.length > most ? `, the ${most} categories with most` : "";
  return labelled(`sales lines by category of the product${more}`, chart);
}

function total(rows, key) {
  return rows.reduce((sum, row) => sum + Number(row[key]), 0);
}
