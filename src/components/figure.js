import {html} from "htl";
import {Badge, badgeOf} from "./badge.js";
import {compact, exact, percent, percentChange, points, signed, span} from "./format.js";
import {money} from "./shop.js";
import {Sparkline} from "./sparkline.js";
import {whyButton} from "./why-button.js";

/** The five key figures of the shop: name in the data, label, whether more is better. */
export const keyFigures = [
  {key: "revenue", label: "Revenue", isMoney: true},
  {key: "orders", label: "Orders"},
  {key: "average_order_value", label: "Average order value", isMoney: true},
  {key: "customers", label: "Customers"},
  {key: "margin", label: "Margin", isMoney: true}
];

/**
 * The row of key figures of an answer: `{question, current, base, months}`, and the `coverage` of its badges.
 * Every card carries `data-figure` and the exact number as `data-value`.
 */
export function FigureRow({current, base, question, months, coverage, labels = {}}) {
  return html`<div class="figures">
    ${keyFigures.map(({key, label, isMoney}) =>
      Figure({
        key,
        label: isMoney ? money(labels[key] ?? label) : label,
        current,
        base,
        question,
        coverage,
        values: monthlyValues(months, key)
      })
    )}
  </div>`;
}

/** One figure: label, value, change absolute and in percent, the named comparison, a sparkline. */
export function Figure({key, label, current, base, question, coverage, values}) {
  const {baseName, baseShort, spans, filters} = question;
  const value = current?.[key] ?? null;
  const before = base?.[key] ?? null;
  const change = value === null || before === null ? null : value - before;
  return html`<article
    class="card figure"
    data-figure=${key}
    data-value=${value ?? ""}
    tabindex="0"
    data-tip=${[told({label, value, before, current, base}), ...badgeOf(key, {current, question, coverage}).notes].join("\n")}
  >
    <h2 class="figure-label">${label} ${key === "margin" ? rate(current, base) : null}</h2>
    <div class="figure-value">
      ${compact(value)}
      ${value === null ? null : whyButton(() => ({title: `${label} ${exact(value)}`, measure: key, ...spans.current, filters}))}
    </div>
    <div class="figure-change">
      <b class=${change === null || change === 0 ? "flat" : change > 0 ? "good" : "bad"}
        >${change === null ? "n/a" : `${signed(change)} (${percentChange(value, before)})`}</b
      >
    </div>
    <div class="figure-base">${before === null ? baseName : `from ${compact(before)} ${baseShort}`}</div>
    ${Badge(key, {current, question, coverage})}
    ${Sparkline(values, {label: `${label} by month, ${values.length} complete months`})}
  </article>`;
}

/** The last 25 complete months of a figure. */
function monthlyValues(months, key) {
  const value =
    key === "average_order_value"
      ? ({revenue, orders}) => (orders ? revenue / orders : 0)
      : (row) => row[key];
  return months
    .filter(({is_complete}) => is_complete)
    .slice(-25)
    .map((row) => value(row) ?? 0);
}

function rate(current, base) {
  if (typeof current?.margin_rate !== "number") return null;
  const against = base ? `, ${points(current.margin_rate, base.margin_rate)}` : "";
  return html`<span class="figure-rate" data-figure="margin_rate" data-value=${current.margin_rate}
    >${percent(current.margin_rate)}${against}</span
  >`;
}

function told({label, value, before, current, base}) {
  const lines = [`${label}: ${exact(value)}`];
  if (current) lines.push(span(current.starts_on, current.ends_on));
  if (before !== null)
    lines.push(
      `Before: ${exact(before)}`,
      span(base.starts_on, base.ends_on),
      `Change: ${signed(value - before, exact)}`
    );
  return lines.join("\n");
}
