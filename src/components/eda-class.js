import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {labelled, sideways} from "./chart-frame.js";
import {compact, counted, date, exact, percent} from "./format.js";
import {addressOf} from "./sql-address.js";
import {neverCameBack} from "./sql-questions.js";

const kinds = [
  {name: "next_year", label: "the year after", color: "var(--c1)"},
  {name: "later_only", label: "only later", color: "var(--c2)"},
  {name: "never_since", label: "never since", color: "var(--other)"}
];

/** The newest year whose year after is over: the last full year but one, if it had customers; undefined where there is none. */
export function classOf(rows) {
  return rows.find(({is_followed}) => is_followed);
}

/** Whether the customers of a year came back, or never. */
export function classAnswer(rows) {
  const one = classOf(rows);
  if (!rows.length) return "There are no dated orders of known customers yet.";
  if (!one) return `It cannot be told yet: the year after ${rows.at(-1).calendar_year} is not over.`;
  const {
    calendar_year: year,
    customers,
    next_year,
    later_only,
    never_since,
    revenue,
    later_revenue,
    last_day
  } = one;
  const later = later_only ? `, ${percent(later_only / customers)} only later` : "";
  const before = rows.find((row) => row.calendar_year === year - 1);
  const than = before?.is_followed
    ? ` Of the customers of ${year - 1}, ${percent(before.next_year / before.customers)} did so in ${year}.`
    : "";
  return `Of the ${exact(customers)} customers of ${year}, ${percent(next_year / customers)} bought again in ${year + 1}${later}; ${percent(never_since / customers)} never since, until ${date(last_day)}. They had spent ${compact(Number(revenue))} in ${year} and brought ${compact(Number(later_revenue))} afterwards.${than}`;
}

/** How it was computed and of how many. */
export function classMethod(rows) {
  const followed = classOf(rows);
  const one = followed ?? rows[0];
  const text = `n = ${counted(one?.customers ?? 0, "customer")}${one ? ` with a dated order in ${one.calendar_year}` : ""}. A customer belongs to every year with an order; orders of the same year do not count as coming back. Only years whose year after is over are drawn, so nobody is called lost for want of a whole year; "never since" means until the data end.`;
  if (!followed) return text;
  const {text: question, ...query} = neverCameBack(followed.calendar_year);
  return html`${text} <a href=${`../explore/sql${addressOf(query)}`}>${question}</a>`;
}

/** Of each year's customers, the shares that came back the year after, only later or never. */
export function classChart(rows, width) {
  const told = rows.filter(({is_followed}) => is_followed).toReversed();
  if (!told.length) return "";
  const parts = told.flatMap((row, index) =>
    kinds.map(({name, label}) => ({...row, index, label, count: row[name], share: row[name] / row.customers}))
  );
  const base = sideways(width, {
    names: told.map(({calendar_year, customers}) => `${calendar_year}, n = ${exact(customers)}`),
    height: 36,
    right: 24
  });
  const chart = Plot.plot({
    ...base,
    x: {...base.x, domain: [0, 1], tickFormat: (share) => percent(share, 0)},
    y: {...base.y, type: "band"},
    color: {domain: kinds.map(({label}) => label), range: kinds.map(({color}) => color), legend: true},
    marks: [
      Plot.barX(parts, {
        x: "share",
        y: "index",
        fill: "label",
        insetTop: 4,
        insetBottom: 4,
        title: ({calendar_year, label, count, share}) =>
          `Customers of ${calendar_year}: ${label}\n${exact(count)} (${percent(share)})`,
        tip: true
      }),
      Plot.text(
        parts.filter(({share}) => share >= 0.08),
        Plot.stackX({
          x: "share",
          y: "index",
          z: "label",
          text: ({share}) => percent(share, 0),
          fill: "var(--card)",
          fontWeight: 600
        })
      ),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  return labelled("bought again: share of the customers of each year", chart);
}
