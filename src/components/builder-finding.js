import {html} from "htl";
import {changeClass, changeOf, exactValue, shortValue} from "./builder-measure.js";
import {completeness} from "./builder-period.js";
import {keyName} from "./builder-series.js";
import {percent} from "./format.js";
import {whyOf} from "./why-button.js";

/** The answer in a sentence: whether its period is complete, the whole, its change, and the largest part. */
export function findingOf(parts) {
  const {plan, answer} = parts;
  const told = completeness(plan.period);
  const [measure] = parts.measures;
  const hasWhole = answer.total && plan.groups.length > 0 && measure.format !== "date";
  if (!told && !hasWhole) return "";
  return html`<div class="builder-finding">
    ${told ? html`<p class="card-subtitle">${told.question}</p>` : ""}
    <p class="sentence" dir="auto">
      ${told ? `${told.answer}.` : ""} ${hasWhole ? wholeOf(parts, told?.isComplete ?? true) : ""}
    </p>
  </div>`;
}

function wholeOf({plan, measures: [measure], answer, markOf}, isComplete) {
  const {total, baseTotal, rows} = answer;
  const change = plan.base
    ? html`,
        <b class=${changeClass(measure, total[0], baseTotal?.[0])}
          >${changeOf(measure, total[0], baseTotal?.[0] ?? null)}</b
        >
        on ${plan.baseLabel}`
    : "";
  return html`${measure.label}
    <b data-total=${measure.name} data-tip=${exactValue(measure, total[0])}
      >${shortValue(measure, total[0])}</b
    >
    ${isComplete ? "in all" : "so far"}${change}${largestOf(plan, measure, total[0], rows)}.
    ${whyOf(markOf(measure, [], total[0]))}`;
}

function largestOf({groups}, measure, total, rows) {
  const named = rows.filter(({values, isOther}) => !isOther && typeof values[0] === "number");
  if (named.length < 2) return "";
  const best = named.reduce((a, b) => (b.values[0] > a.values[0] ? b : a));
  const share =
    measure.agg === "sum" && total > 0 && best.values[0] > 0 ? ` (${percent(best.values[0] / total)})` : "";
  const names = best.keys.map((key, index) => keyName(key, groups[index], 40)).join(", ");
  return `; most: ${names} with ${shortValue(measure, best.values[0])}${share}`;
}
