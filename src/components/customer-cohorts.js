import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {compact, counted, exact, percent} from "./format.js";
import {hatch} from "./hatch.js";
import {asImage} from "./image.js";

/** `Q1 2012` of the first day of a quarter. */
export function quarter(day) {
  return `Q${Math.ceil(Number(day.slice(5, 7)) / 3)} ${day.slice(0, 4)}`;
}

/** The cells of `customers_cohorts.json` with money so far per customer. */
export function cohortCells(cohorts) {
  return cohorts.map((row) => ({
    ...row,
    per_customer: row.revenue_so_far / row.customers,
    in_quarter: row.revenue / row.customers
  }));
}

/**
 * Money so far per customer: a row for each quarter of first orders, a column for each quarter since; quarters that are
 * not over or not there yet are hatched.
 */
export function CustomerCohorts(cohorts, {width}) {
  const cells = cohortCells(cohorts);
  const rows = [...new Set(cells.map(({cohort_on}) => cohort_on))];
  const most = Math.max(...cells.map(({quarters}) => quarters)) + 1;
  const shown = width < 480 ? Math.min(most, 8) : most;
  const columns = Array.from({length: shown}, (_, i) => i);
  const seen = cells.filter(({quarters}) => quarters < shown);
  const lastOf = new Map(rows.map((row) => [row, seen.filter(({cohort_on}) => cohort_on === row).length]));
  const unseen = rows.flatMap((cohort_on) =>
    columns.filter((quarters) => quarters >= lastOf.get(cohort_on)).map((quarters) => ({cohort_on, quarters}))
  );
  const {mark, fill} = hatch("var(--line)");
  const high = Math.max(...seen.map(({per_customer}) => per_customer), 1);
  const room = (width - 112) / shown;
  return asImage(
    Plot.plot({
      width,
      height: 44 + rows.length * 24,
      marginLeft: 64,
      marginRight: 48,
      marginTop: 36,
      marginBottom: 8,
      padding: 0.06,
      ariaLabel: `Revenue so far per customer by quarter of the first order, ${rows.length} cohorts`,
      x: {
        axis: "top",
        domain: columns,
        tickSize: 0,
        label: "quarters since the first order",
        labelArrow: "none",
        labelAnchor: "left",
        tickFormat: String
      },
      y: {domain: rows, tickFormat: quarter, tickSize: 0, label: null},
      color: {type: "identity"},
      marks: [
        mark,
        Plot.cell(unseen, {x: "quarters", y: "cohort_on", fill}),
        Plot.cell(seen, {
          x: "quarters",
          y: "cohort_on",
          fill: ({per_customer}) => heat(per_customer / high),
          stroke: ({is_complete}) => (is_complete ? "none" : "var(--ink-soft)"),
          strokeDasharray: "2 2"
        }),
        room >= 34
          ? Plot.text(seen, {
              x: "quarters",
              y: "cohort_on",
              text: ({per_customer}) => compact(per_customer),
              fill: "var(--ink)",
              fontSize: 11
            })
          : null,
        Plot.text(
          rows.map((cohort_on) => seen.find((cell) => cell.cohort_on === cohort_on)),
          {
            y: "cohort_on",
            frameAnchor: "right",
            textAnchor: "start",
            dx: 6,
            text: ({customers}) => compact(customers),
            fill: "var(--ink-soft)"
          }
        ),
        Plot.text(["n"], {
          frameAnchor: "top-right",
          dx: 6,
          dy: -14,
          textAnchor: "start",
          text: String,
          fill: "var(--ink-soft)"
        }),
        Plot.tip(
          seen,
          Plot.pointer({
            x: "quarters",
            y: "cohort_on",
            title: told,
            ...tipStyle
          })
        )
      ]
    })
  );
}

/** The columns of the table beside the cells. */
export const cohortColumns = [
  {label: "First order", isHead: true, value: ({cohort_on}) => quarter(cohort_on)},
  {
    label: "Quarters since",
    isNumber: true,
    value: ({quarters, is_complete}) => `${quarters}${is_complete ? "" : " (not over)"}`
  },
  {label: "Customers", isNumber: true, value: ({customers}) => exact(customers)},
  {label: "Bought", isNumber: true, value: ({buyers}) => exact(buyers)},
  {label: "Revenue", isNumber: true, value: ({revenue}) => exact(revenue)},
  {
    label: "Per customer so far",
    isNumber: true,
    value: ({per_customer}) => exact(Number(per_customer.toFixed(2)))
  }
];

/** No darker than that ink stays legible on it. */
function heat(share) {
  return `color-mix(in oklab, var(--heat-1) ${(Math.max(0, share) * 45).toFixed(1)}%, var(--heat-0))`;
}

function told({cohort_on, quarters, per_customer, in_quarter, buyers, customers, is_complete}) {
  return [
    `First order ${quarter(cohort_on)}, ${quarters ? `${counted(quarters, "quarter")} later` : "the same quarter"}`,
    `${exact(Number(per_customer.toFixed(2)))} per customer so far`,
    `${exact(Number(in_quarter.toFixed(2)))} of it in this quarter${is_complete ? "" : ", which is not over"}`,
    `${exact(buyers)} of ${exact(customers)} bought (${percent(buyers / customers)})`
  ].join("\n");
}
