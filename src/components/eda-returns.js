import * as Plot from "@observablehq/plot";
import {brief, frame, labelled} from "./chart-frame.js";
import {counted, exact, percent} from "./format.js";

/** Who comes back and after how long. */
export function returnsAnswer(rows) {
  const all = rows.filter(({country}) => country === "All");
  if (!all.length) return "No 30 customers have been observed for 30 days yet.";
  const told = all.filter(({days}) => [90, 180, 365].includes(days));
  const longest = (told.length ? told : all).at(-1).days;
  const countries = rows
    .filter(({country, days}) => country !== "All" && days === longest)
    .toSorted((a, b) => b.share - a.share);
  const spread =
    countries.length > 1
      ? ` By ${longest} days most return in ${brief(countries[0].country, 30)} (${percent(countries[0].share, 0)} of ${exact(countries[0].customers)}), fewest in ${brief(countries.at(-1).country, 30)} (${percent(countries.at(-1).share, 0)} of ${exact(countries.at(-1).customers)}).`
      : "";
  const parts = (told.length ? told : all.slice(-1)).map(
    ({days, share, customers}) => `${percent(share, 1)} within ${days} days (n = ${exact(customers)})`
  );
  return `Of all customers watched long enough, whenever they first bought, ${parts.join(", ")} ordered on a second day.${spread}`;
}

/** How it was computed and of how many. */
export function returnsMethod(rows) {
  const [first] = rows;
  return `n = ${counted(first?.all_customers ?? 0, "customer")} with a dated order. Each point counts only customers whose first order is at least that many days before the data end: nobody is called lost for want of time. Longer spans rest on fewer and older customers, so the curve is not one group growing. The customers’ page shows the same shares below those of the latest year, and a curve that estimates over everybody, also those watched for a shorter time. Countries with fewer than 30 such customers are left out.`;
}

/** The share that came back, by days since the first order: all, and each country in grey. */
export function returnsChart(rows, width) {
  const all = rows.filter(({country}) => country === "All");
  const others = rows.filter(({country, customers}) => customers && country !== "All");
  const ends = all.filter(({days}) => [90, 180, 365, 730].includes(days));
  if (!all.length) return "";
  const chart = Plot.plot({
    ...frame(width, null),
    marginRight: 24,
    marginBottom: 40,
    x: {
      label: "days since the first order",
      labelArrow: "none",
      ticks: [30, 90, 180, 365, 540, 730],
      tickFormat: String,
      domain: [0, Math.max(...all.map(({days}) => days), 90)]
    },
    y: {...frame(width, null).y, tickFormat: (share) => percent(share, 0), zero: true},
    marks: [
      Plot.gridY({stroke: "var(--line)", strokeOpacity: 1, ticks: 5}),
      Plot.lineY(others, {x: "days", y: "share", z: "country", stroke: "var(--last-year)", strokeWidth: 1}),
      Plot.lineY(all, {x: "days", y: "share", stroke: "var(--c1)", strokeWidth: 2.5, marker: "dot"}),
      Plot.text(ends, {
        x: "days",
        y: "share",
        text: ({share}) => percent(share, 0),
        dy: -12,
        fill: "var(--ink)",
        stroke: "var(--card)",
        strokeWidth: 4
      }),
      Plot.tip(
        rows,
        Plot.pointer({
          x: "days",
          y: "share",
          title: ({country, days, share, customers, returned}) =>
            `${brief(country)}, ${days} days\n${percent(share)}: ${exact(returned)} of ${exact(customers)}`
        })
      ),
      Plot.ruleY([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("share with a second day of ordering; all in blue, each country in grey", chart);
}
