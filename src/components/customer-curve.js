import * as Plot from "@observablehq/plot";
import {tipStyle} from "./chart-frame.js";
import {decimals, exact, percent} from "./format.js";
import {asImage} from "./image.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];
const marks = [90, 180, 365, 730, 1095, 1460, 1825];

/** The cohorts of a curve that are watched long enough to be a line, in order, with their colour and points. */
export function curvesOf(points) {
  const names = [...new Set(points.map(({cohort}) => cohort))];
  const longest = Math.max(...points.map(({days}) => days));
  const curves = names
    .map((cohort) => ({cohort, points: points.filter((one) => one.cohort === cohort)}))
    .filter((one) => one.points.length > 1 && one.points.at(-1).days >= longest / 12);
  const years = curves.filter(({cohort}) => /^\d+$/.test(cohort)).map(({cohort}) => cohort);
  const colorOf = (cohort) =>
    cohort === "All" ? "var(--ink)" : cohort === "earlier" ? "var(--other)" : hues[years.indexOf(cohort)];
  return curves.map((one) => ({...one, color: colorOf(one.cohort)}));
}

/**
 * The share that ordered on a second day, by days since the first: one line a cohort, solid while all its customers are
 * watched, dashed once some no longer are; all of them in ink with the 95 % band. `points` as in `customers_curve.json`.
 */
export function CustomerCurve(points, {width, height = 320}) {
  const curves = curvesOf(points);
  const all = curves.flatMap(({color, points}) => points.map((one) => ({...one, color})));
  const longest = Math.max(...all.map(({days}) => days));
  const highest = Math.max(...all.map(({share, margin}) => share + margin), 0.01);
  const ticks = marks.filter((day) => day <= longest);
  const shown = width < 480 ? ticks.filter((day) => day !== 90) : ticks;
  const ends = placed(curves, {width, height, longest, highest});
  const line = (rows, options) => Plot.lineY(rows, {x: "days", y: "share", stroke: "color", ...options});
  return asImage(
    Plot.plot({
      width,
      height,
      marginLeft: 44,
      marginRight: 88,
      marginTop: 12,
      marginBottom: 40,
      ariaLabel: `Share of customers with a second order by days since the first, ${curves.length} cohorts`,
      x: {
        domain: [0, longest],
        ticks: shown,
        tickFormat: String,
        tickSize: 0,
        label: "days since the first order",
        labelArrow: "none",
        labelAnchor: "left"
      },
      y: {
        domain: [0, Math.min(1, highest * 1.05)],
        ticks: 5,
        tickFormat: (share) => percent(share, 0),
        tickSize: 0,
        label: null
      },
      marks: [
        Plot.gridY({ticks: 5, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.ruleX(ticks, {stroke: "var(--line)", strokeDasharray: "2 3"}),
        Plot.areaY(
          all.filter(({cohort}) => cohort === "All"),
          {
            x: "days",
            y1: ({share, margin}) => Math.max(0, share - margin),
            y2: ({share, margin}) => Math.min(1, share + margin),
            fill: "var(--ink)",
            fillOpacity: 0.1
          }
        ),
        ...curves.flatMap(({cohort, points, color}) => {
          const strokeWidth = cohort === "All" ? 2.5 : 2;
          const colored = points.map((one) => ({...one, color}));
          const solid = colored.filter(({days, all_observed_days: seen}) => days <= seen);
          const dashed = colored.slice(Math.max(0, solid.length - 1));
          return [
            line(solid, {strokeWidth}),
            line(dashed, {strokeWidth, strokeDasharray: cohort === "All" ? null : "5 3"})
          ];
        }),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        Plot.dot(ends, {x: "days", y: "share", r: 3, fill: "color"}),
        Plot.text(ends, {
          x: "days",
          y: "y",
          text: ({cohort, share}) => `${cohort} ${percent(share, 0)}`,
          textAnchor: "start",
          dx: 8,
          fill: "color",
          stroke: "var(--card)",
          strokeWidth: 4,
          fontWeight: 600
        }),
        Plot.tip(
          all,
          Plot.pointer({
            x: "days",
            y: "share",
            title: told,
            ...tipStyle
          })
        )
      ],
      color: {type: "identity"}
    })
  );
}

/** The columns of the table beside the curve. */
export const curveColumns = [
  {label: "First order", isHead: true, value: ({cohort}) => cohort},
  {label: "Days", isNumber: true, value: ({days}) => exact(days)},
  {label: "Returned, estimated", isNumber: true, value: ({share}) => percent(share)},
  {label: "±", isNumber: true, value: ({margin}) => `${decimals(margin * 100, 1)} points`},
  {label: "Returned", isNumber: true, value: ({returned}) => exact(returned)},
  {label: "No longer watched", isNumber: true, value: ({censored}) => exact(censored)},
  {label: "Still watched", isNumber: true, value: ({watched}) => exact(watched)}
];

/** The points that the table beside the curve tells: those of the marked days. */
export function curveRows(points) {
  return curvesOf(points).flatMap((one) => one.points.filter(({days}) => marks.includes(days)));
}

/** The last point of each line, with a height for its label at which no two meet. */
function placed(curves, {width, height, longest, highest}) {
  const yOf = (share) => (share / Math.min(1, highest * 1.05)) * (height - 52);
  const ends = curves
    .map(({points, color}) => ({...points.at(-1), color}))
    .sort((a, b) => a.share - b.share)
    .map((end) => ({...end, at: yOf(end.share), left: (end.days / longest) * (width - 132)}));
  for (const [i, end] of ends.entries())
    for (const other of ends.slice(0, i))
      if (Math.abs(end.left - other.left) < 84 && end.at - other.at < 15) end.at = other.at + 15;
  return ends.map((end) => ({...end, y: (end.at / (height - 52)) * Math.min(1, highest * 1.05)}));
}

function told({cohort, days, share, margin, returned, watched, censored, customers}) {
  return [
    `${cohort === "All" ? "All customers" : `First order ${/^\d/.test(cohort) ? "in " : ""}${cohort}`}, day ${exact(days)}`,
    `${percent(share)} ± ${decimals(margin * 100, 1)} points returned`,
    `${exact(returned)} of ${exact(customers)} seen to return`,
    `${exact(censored)} no longer watched, ${exact(watched)} still`
  ].join("\n");
}
