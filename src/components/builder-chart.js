import {html} from "htl";
import {columns, series} from "./builder-columns.js";
import {heat} from "./builder-heat.js";
import {lines} from "./builder-lines.js";
import {changeClass, changeOf, exactValue, shortValue} from "./builder-measure.js";
import {ranked} from "./builder-ranked.js";
import {cellsOf, keysOf} from "./builder-series.js";
import {withUnit} from "./shop.js";
import {whyOf} from "./why-button.js";

const draw = {
  bars: columns,
  ranked,
  lines,
  stacked: (parts) => series({...parts, isStacked: true}),
  grouped: (parts) => series({...parts, isStacked: false}),
  heat
};

/**
 * An answer as a chart of a type, one below the other for each measure: `answer` of `answerRows`, `listed` the known
 * members of a dimension, whose order gives colours that stay, `markOf` of `marksOf`. A click on a mark asks about it.
 */
export function drawAnswer(type, {plan, measures, answer, listed, markOf}, width) {
  if (type === "figure") return figures(plan, measures, answer, markOf);
  const drawn = measures.filter(({format}) => format !== "date");
  return html`<div class="builder-charts">
    ${drawn.map((measure) => {
      const cells = cellsOf(plan, measure, measures.indexOf(measure), answer.rows);
      const keys = plan.groups.map((_, index) => keysOf(plan, answer.rows, index));
      const ask = (given, value) => markOf(measure, given, value);
      return draw[type]({plan, measure, cells, keys, listed, width, ask});
    })}
  </div>`;
}

function figures({base, baseLabel}, measures, {total, baseTotal}, markOf) {
  return html`<div class="builder-figures">
    ${measures.map((measure, index) => {
      const [value, before] = [total?.[index] ?? null, baseTotal?.[index] ?? null];
      return html`<div
        class="builder-figure"
        data-figure=${measure.name}
        data-value=${value ?? ""}
        data-tip=${`${measure.label}: ${exactValue(measure, value)}`}
      >
        <div class="figure-label">${withUnit(measure)}</div>
        <div class="figure-value">${shortValue(measure, value)} ${whyOf(markOf(measure, [], value))}</div>
        ${
          base
            ? html`<div class="figure-change">
                  <b class=${changeClass(measure, value, before)}>${changeOf(measure, value, before)}</b>
                </div>
                <div class="figure-base">from ${shortValue(measure, before)}: ${baseLabel}</div>`
            : html`<div class="figure-base">${baseLabel}</div>`
        }
      </div>`;
    })}
  </div>`;
}
