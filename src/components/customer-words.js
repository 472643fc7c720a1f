import {curvesOf} from "./customer-curve.js";
import {ratesOf, spansOf} from "./customer-figures.js";
import {whenOf} from "./findings.js";
import {compact, counted, exact, month, percent, percentChange, span} from "./format.js";
import {segmentMoves} from "./customer-scores.js";
import {cohortCells, quarter} from "./customer-cohorts.js";

/** Sentences computed from an answer of `customersOf`; each is text. */

/** Who bought in the period, how many for the first time, and who of the watched came back. */
export function customersHeadline({question, spans, returns}) {
  const [current, base] = spansOf(question, spans);
  const {period, baseName} = question;
  const when = whenOf(question);
  if (!current?.customers) return `Nobody bought ${when}.`;
  const change = base?.customers
    ? `, ${percentChange(current.customers, base.customers)} against the ${baseName}`
    : "";
  const share =
    period === "all"
      ? ""
      : ` ${percent(current.new_customers / current.customers, 0)} of them for the first time, with ${current.revenue > 0 ? percent(current.new_revenue / current.revenue, 0) : "n/a"} of the revenue.`;
  const year = ratesOf(365, returns).latest;
  const came = year
    ? ` Of the ${compact(year.customers)} who first bought ${span(year.starts_on, year.ends_on)}, each watched for a year since, ${percent(year.rate, 0)} came back within it.`
    : "";
  return `${compact(current.customers)} ${current.customers === 1 ? "customer" : "customers"} bought ${when}${change}${period === "all" ? "." : ";"}${share}${came}`;
}

/** The title of the curve: within a year, and the cohorts that differ most. */
export function curveTitle(points) {
  const at = (days) =>
    curvesOf(points)
      .map((curve) => curve.points.find((one) => one.days === days))
      .filter(Boolean);
  const days = [365, 180, 90].find((day) => at(day).some(({cohort}) => cohort === "All"));
  if (!days) return "Who orders a second time?";
  const all = at(days).find(({cohort}) => cohort === "All");
  const cohorts = at(days)
    .filter(({cohort}) => cohort !== "All")
    .toSorted((a, b) => b.share - a.share);
  const said = `${percent(all.share, 0)} of ${counted(all.customers, "buyer")} order again within ${days === 365 ? "a year" : `${days} days`}`;
  if (cohorts.length < 2) return said;
  const [best, worst] = [cohorts[0], cohorts.at(-1)];
  return `${said} (${best.cohort}: ${percent(best.share, 0)}, ${worst.cohort}: ${percent(worst.share, 0)})`;
}

/** The title of the months: the one with most new customers. */
export function monthsTitle(months) {
  const best = months
    .filter(({is_complete}) => is_complete)
    .reduce((most, row) => (most && most.new_customers >= row.new_customers ? most : row), null);
  return best?.new_customers
    ? `Most new customers came in ${month(best.month)}: ${exact(best.new_customers)}`
    : "Are customers new or returning?";
}

/** The title of the cohorts: what the youngest with a whole year behind them have brought, against those a year older. */
export function cohortsTitle(cohorts) {
  const after = cohortCells(cohorts).filter(({quarters, is_complete}) => quarters === 4 && is_complete);
  const last = after.at(-1);
  if (!last) return "What is a customer worth?";
  const earlier = after.find(
    ({cohort_on}) => cohort_on === `${Number(last.cohort_on.slice(0, 4)) - 1}${last.cohort_on.slice(4)}`
  );
  const than = earlier ? `, one of ${quarter(earlier.cohort_on)} ${compact(earlier.per_customer)}` : "";
  return `Four quarters on, a customer of ${quarter(last.cohort_on)} has brought ${compact(last.per_customer)}${than}`;
}

/** The title of the scores: what became of those who were loyal a year before. */
export function scoresTitle(rows) {
  const loyal = segmentMoves(rows)[0];
  if (!loyal.then) return "Who buys often, and lately?";
  const next = loyal.reached.find(({name, customers}) => name !== "Loyal" && customers);
  return `Of ${exact(loyal.then)} loyal a year before, ${percent(loyal.stayed / loyal.then, 0)} still are${next ? `, ${percent(next.customers / loyal.then, 0)} are now ${next.name.toLowerCase()}` : ""}`;
}
