import {html} from "htl";
import {Badge} from "./badge.js";
import {compact, counted, date, exact, percent, percentChange, points, signed, span} from "./format.js";
import {Sparkline} from "./sparkline.js";
import {whyButton} from "./why-button.js";

const windows = [90, 180, 365];

/**
 * The key figures of an answer of `customersOf`: customers and new ones of its period, and how many returned within 90,
 * 180 and 365 days of those observed so long. Every card carries `data-figure` and its number as `data-value`.
 */
export function CustomerFigures({question, spans, months, returns}, {coverage}) {
  const [current, base] = spansOf(question, spans);
  const complete = months.filter(({is_complete}) => is_complete).slice(-25);
  const counts = [
    {
      key: "customers",
      label: "Customers",
      values: complete.map((row) => row.new_customers + row.returning_customers)
    },
    {
      key: "new_customers",
      label: "New customers",
      values: complete.map((row) => row.new_customers)
    }
  ];
  return html`<div class="figures">
    ${counts.map((one) => countFigure({...one, question, current, base, coverage}))}
    ${windows.map((days) => returnFigure(days, returns))}
  </div>`;
}

/** The rows of a question's period and of what it is compared with; null where there is none. */
export function spansOf({period, base}, spans) {
  const find = (name) =>
    spans.find((row) => row.period === (period ?? "chosen") && row.span === name) ??
    spans.find((row) => row.period === "chosen" && row.span === name) ??
    null;
  return [find("current"), base ? find(base) : null];
}

/** The rate of a window among the latest customers observed so long, and of those a year before: `{latest, before, all}`. */
export function ratesOf(days, returns) {
  const find = (name) => {
    const row = returns.find((one) => one.days === days && one.span === name);
    return row ? {...row, rate: row.returned / row.customers} : null;
  };
  return {latest: find("latest"), before: find("before"), all: find("all")};
}

function countFigure({key, label, values, question, current, base, coverage}) {
  const value = current?.[key] ?? null;
  const before = base?.[key] ?? null;
  const change = value === null || before === null ? null : value - before;
  const share =
    key === "new_customers" && current?.customers ? `${percent(value / current.customers)} of all` : "";
  const mark = () => ({
    title: `${label} ${exact(value)}`,
    measure: "customers",
    ...question.spans.current,
    filters: question.filters
  });
  return figure({
    key,
    label,
    aside: share,
    value,
    text: compact(value),
    why: value === null ? null : whyButton(mark),
    change: change === null ? "n/a" : `${signed(change)} (${percentChange(value, before)})`,
    tone: change === null || change === 0 ? "flat" : change > 0 ? "good" : "bad",
    base: before === null ? question.baseName : `from ${compact(before)} ${question.baseShort}`,
    foot: Badge("customers", {current, question, coverage}),
    spark: Sparkline(values, {label: `${label} by month, ${values.length} complete months`}),
    tip: [
      `${label}: ${exact(value)}`,
      current ? span(current.starts_on, current.ends_on) : null,
      before === null ? null : `Before: ${exact(before)}, ${span(base.starts_on, base.ends_on)}`,
      change === null ? null : `Change: ${signed(change, exact)}`,
      key === "new_customers" ? "New: the first order of all is in these days." : null
    ]
  });
}

function returnFigure(days, returns) {
  const {latest, before, all} = ratesOf(days, returns);
  const change = latest && before ? points(latest.rate, before.rate) : "n/a";
  const tone =
    !latest || !before || latest.rate === before.rate ? "flat" : latest.rate > before.rate ? "good" : "bad";
  const values = returns
    .filter((row) => row.days === days && /^\d{4}-\d{2}$/.test(row.span))
    .filter(({span: month}) => month < latest?.ends_on.slice(0, 7))
    .map(({customers, returned}) => returned / customers);
  const told = (name, row) =>
    row
      ? `${name}: ${percent(row.rate, 2)}, ${exact(row.returned)} of ${exact(row.customers)}, first orders ${span(row.starts_on, row.ends_on)}`
      : null;
  return figure({
    key: `returned_${days}`,
    label: `Returned within ${days} days`,
    value: latest?.rate ?? null,
    text: percent(latest?.rate),
    change,
    tone,
    base: before ? `from ${percent(before.rate)} a year earlier` : "no customers a year earlier",
    foot: html`<p class="figure-n">
      ${latest ? `of ${exact(latest.customers)} new in the year to ${date(latest.ends_on)}; of all ${exact(all.customers)} watched so long: ${percent(all.rate)}` : "nobody watched so long"}
    </p>`,
    spark: Sparkline(values, {label: `Returned within ${days} days, by month of the first order`}),
    tip: [
      `Ordered on a second day within ${days} days of the first`,
      told("Latest year", latest),
      told("Year before", before),
      told("All", all),
      `Only customers whose first order is at least ${counted(days, "day")} before the data end.`
    ]
  });
}

function figure({key, label, aside, value, text, why, change, tone, base, foot, spark, tip}) {
  return html`<article
    class="card figure"
    data-figure=${key}
    data-value=${value ?? ""}
    tabindex="0"
    data-tip=${tip.filter(Boolean).join("\n")}
  >
    <h2 class="figure-label">${label} ${aside ? html`<span class="figure-rate">${aside}</span>` : null}</h2>
    <div class="figure-value">${text} ${why ?? null}</div>
    <div class="figure-change"><b class=${tone}>${change}</b></div>
    <div class="figure-base">${base}</div>
    ${foot} ${spark}
  </article>`;
}
