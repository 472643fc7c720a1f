import {html} from "htl";
import {drawAnswer} from "./builder-chart.js";
import {findingOf} from "./builder-finding.js";
import {marksOf} from "./builder-marks.js";
import {measuresOf} from "./builder-plan.js";
import {chartsOf, keyName} from "./builder-series.js";
import {answerTable, flat} from "./builder-table.js";
import {sentenceOf} from "./builder-words.js";
import {card} from "./card.js";
import {goToQuestion} from "./builder-chips.js";
import {date, list} from "./format.js";
import {Segments} from "./segments.js";

const names = {
  figure: "Figure",
  bars: "Columns",
  ranked: "Bars",
  lines: "Lines",
  stacked: "Stacked",
  grouped: "Side by side",
  heat: "Heat map",
  table: "Table"
};

/**
 * An answer as a card: the question as its title, the finding below it, a chart that suits its shape, the same as a table.
 * `isFixed` leaves out what changes the question.
 */
export function answerCard(plan, answer, {definitions, offered, isFixed = false}) {
  const measures = measuresOf(plan.asked, definitions);
  const parts = {
    plan,
    measures,
    answer,
    markOf: marksOf(plan, definitions, {isFixed}),
    listed: Object.fromEntries(Object.entries(offered.members).map(([name, {listed}]) => [name, listed]))
  };
  const charts = chartsOf(plan, measures, answer.rows);
  const type = charts.includes(plan.asked.chart) ? plan.asked.chart : charts[0];
  const node = card({
    id: "answer",
    className: "builder-card",
    title: sentenceOf(plan, definitions),
    subtitle: subtitleOf(plan, answer, offered),
    height: plan.groups.length ? 280 : 96,
    controls: isFixed ? null : controls(plan, charts, type),
    draw: (width) =>
      html`<div class="builder-drawing">
        ${findingOf(parts)} ${type === "table" ? answerTable(parts) : drawAnswer(type, parts, width)}
      </div>`,
    table: type === "table" ? undefined : () => answerTable(parts),
    data: () => flat(plan, measures, answer)
  });
  node.dataset.chart = type;
  return node;
}

function controls(plan, charts, type) {
  const {asked} = plan;
  return html`<div class="builder-controls">
    ${Segments(
      charts.map((value) => ({value, label: names[value]})),
      {id: "chart", label: "Chart", value: type, onChange: (chart) => goToQuestion({...asked, chart})}
    )}
    ${
      plan.groups.length > 1 && type === "table"
        ? html`<button
            type="button"
            class="quiet"
            id="pivot"
            aria-pressed=${String(asked.isPivoted)}
            onclick=${() => goToQuestion({...asked, chart: "table", isPivoted: !asked.isPivoted})}
          >
            Pivot: ${plan.groups.at(-1).label.toLowerCase()} across
          </button>`
        : ""
    }
  </div>`;
}

function subtitleOf(plan, {isCut, rows}, {through}) {
  const {period, base, baseLabel, asked} = plan;
  const days = `${date(period.from)} – ${date(period.to)}`;
  return [
    days,
    asked.vs && base
      ? `${baseLabel}: ${date(base.from)} – ${date(base.to)}`
      : asked.vs
        ? `n/a: ${baseLabel}`
        : null,
    aloneWords(plan, rows),
    isCut ? "the first 20,000 groups; there are more" : null,
    `data through ${date(through)}`
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The buckets of before that no bucket is compared with. */
function aloneWords({groups}, rows) {
  const index = groups.findIndex(({isGrain}) => isGrain);
  const alone = [...new Set(rows.filter(({isAlone}) => isAlone).map(({keys}) => keys[index]))];
  if (!alone.length) return null;
  const names = alone.slice(0, 3).map((key) => keyName(key, groups[index]));
  const more = alone.length > 3 ? [`${alone.length - 3} more`] : [];
  return `no ${groups[index].name} is compared with ${list([...names, ...more])}, in the table and in all`;
}
