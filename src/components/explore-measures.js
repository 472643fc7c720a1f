import {html} from "htl";
import {focusAgain} from "./focus.js";
import {span} from "./format.js";
import {formatOf, mainMeasures, valueOf} from "./semantic/measures.js";
import {Sparkline} from "./sparkline.js";
import {addDays, endOf} from "./time.js";
import {withUnit} from "./shop.js";

const unfolded = new Set();

/**
 * Every measure with its value, change and sparkline, its other readings folded under it; one is chosen.
 * `head` as of `headOf`; `onChoose(name)`.
 */
export function MeasureList({current, base, months, question}, definitions, {onChoose}) {
  const line = (measure, isReading) =>
    measureLine(measure, {current, base, months, question, isReading, onChoose});
  return focusAgain(
    html`<div class="measures" role="group" aria-label="Measures">
      ${mainMeasures(definitions).map(
        ({measure, readings}) =>
          html`<div>
            ${line(measure)}${readings.length ? folded(measure, readings, line, question) : null}
          </div>`
      )}
    </div>`
  );
}

function folded(measure, readings, line, question) {
  const isOpen = unfolded.has(measure.name) || readings.some(({name}) => name === question.measure);
  const node = html`<details class="readings" open=${isOpen}>
    <summary id=${`readings-${measure.name}`}>
      ${readings.length === 1 ? "1 other reading" : `${readings.length} other readings`}<span class="hidden">
        of ${measure.label}</span
      >
    </summary>
    ${readings.map((reading) => line(reading, true))}
  </details>`;
  node.addEventListener("toggle", () => {
    if (node.open) unfolded.add(measure.name);
    else unfolded.delete(measure.name);
  });
  return node;
}

function measureLine(measure, {current, base, months, question, isReading, onChoose}) {
  const {short, full, change, changeFull, rate, tone} = formatOf(measure);
  const [value, before] = [valueOf(measure, current), base ? valueOf(measure, base) : null];
  const percent = base ? rate(value, before) : null;
  const values = sparkValues(measure, months, question.through);
  const told = [
    `${measure.label}: ${full(value)}`,
    measure.description,
    span(question.from, question.to),
    base ? `Before: ${full(before)}, ${changeFull(value, before)}` : question.baseName
  ];
  return html`<button
    class=${`measure ${isReading ? "is-reading" : ""}`}
    id=${`measure-${measure.name}`}
    aria-pressed=${String(measure.name === question.measure)}
    data-figure=${measure.name}
    data-value=${value ?? ""}
    data-base=${before ?? ""}
    data-tip=${told.join("\n")}
    onclick=${() => onChoose(measure.name)}
  >
    <span class="measure-label">${withUnit(measure)}</span>
    <span class="measure-value">${short(value)}</span>
    <span class=${`measure-change ${base ? tone(value, before) : "flat"}`}>
      ${base ? (percent === null || percent === "n/a" ? change(value, before) : percent) : question.compare === "none" ? "" : "n/a"}
    </span>
    ${Sparkline(values, {label: `${measure.label} by month, ${values.length} complete months`, width: 88, height: 24})}
  </button>`;
}

/** The complete months up to data through; a month of no value breaks no line, it is left out. */
function sparkValues(measure, months, through) {
  if (measure.format === "date") return [];
  return months
    .filter(({month}) => endOf(month, "month") <= addDays(through, 1))
    .slice(-25)
    .map((row) => valueOf(measure, row))
    .filter((value) => value !== null);
}
