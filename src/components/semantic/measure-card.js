import {html} from "htl";
import {CardBadge} from "../badge.js";
import {Bars, barColumns} from "../bars.js";
import {card} from "../card.js";
import {date, exact, span} from "../format.js";
import {table} from "../table.js";
import {whyButton} from "../why-button.js";
import {canAsk, formatOf, isAdditive, memberText} from "./measures.js";
import {comparisonOf, subtitleOf, titleOf} from "./measure-title.js";
import {RankedBars, rankedHeight} from "./ranked-bars.js";
import {SeriesLines, seriesName} from "./series-lines.js";
import {withUnit} from "../shop.js";
import {MarkerList} from "../markers.js";

const most = 12;
const lastDrawn = new Map();
let made = 0;

/**
 * A card of a measure of dbt's YAML: a title computed from what it shows, measure · break-down · filter · data through,
 * the comparison, a badge, a chart by the shape of what is asked, and the same as a table. It asks the browser's DuckDB
 * itself; until then it keeps its place, or shows what the card of the same `id` showed before.
 *
 * - nothing more: one figure; `grain` (day to year, or true for what suits): bars; `by` (a dimension): ranked bars;
 *   both: the leading members as lines and the rest as one
 * - `filters` (`{country: ["Canada", null]}`), `from`, `to` (else the last 12 months of the data),
 *   `compare`: `last_year`, `previous` or `none`
 * - `markers` and `targets` of the measure, for bars (see `Bars`)
 * - `onRange({from, to})` for brushed bars, `onSelect(member, event)` for a clicked member, `controls` in its head
 * - `answer` draws what is known already (see `answerMeasure`), without DuckDB; `coverage` (`coverage.json`) gives the
 *   badge, with `answer.standing` the words of the selection; `id`, `title`, `height` override
 *
 *     display(MeasureCard({measure: "revenue", by: "category", compare: "previous"}));
 *     display(MeasureCard({measure: "margin_rate", grain: "month", filters: {country: ["Canada"]}}));
 */
export function MeasureCard({answer, ...options}) {
  const id = options.id ?? `measure-${++made}`;
  const node = html`<div class="measure-card" data-measure=${options.measure}></div>`;
  const show = (found) => {
    const shown = found ? drawn(found, {...options, id}) : empty(options, id);
    lastDrawn.set(id, shown);
    node.replaceChildren(shown);
  };
  if (answer !== undefined) {
    show(answer);
    return node;
  }
  const load = async () => {
    const stale = lastDrawn.get(id);
    stale?.classList.add("is-stale");
    node.replaceChildren(stale ?? waiting(options, id));
    try {
      const {answerMeasure} = await import("./measure-answer.js");
      show(await answerMeasure(options));
    } catch (error) {
      node.replaceChildren(failed(error, options, id, load));
    }
  };
  load();
  return node;
}

function drawn(answer, options) {
  const {dimension, grain} = answer;
  const isDate = answer.measure.format === "date";
  const shape = isDate ? dated : dimension && grain ? overTime : dimension ? ranked : grain ? bars : figure;
  const {height, draw, table} = shape(answer, options);
  return card({
    id: options.id,
    title: options.title ?? titleOf(answer),
    subtitle: subtitleOf({...answer, targets: options.targets}),
    badge: html`<p class="card-comparison">${comparison(answer)}</p>
      ${badge(answer, options)}`,
    height: options.height ?? height,
    controls: options.controls,
    draw,
    table
  });
}

function comparison(answer) {
  const {measure, total, base} = answer;
  const {short, tone} = formatOf(measure);
  return html`<span data-figure=${measure.name} data-value=${total.value ?? ""}>${short(total.value)}</span>
    <b class=${base ? tone(total.value, total.base) : "flat"}>${comparisonOf(answer)}</b>`;
}

function badge({measure: {name}, standing, through, total}, {coverage}) {
  if (!coverage) return null;
  const values = {[name]: total.value, [`${name}_as_reported`]: standing?.reported ?? total.value};
  return CardBadge(name, {
    coverage,
    current: standing ? {...standing, ...values} : null,
    question: {through, period: null, reading: "corrected"}
  });
}

function figure({measure, total, from, to}) {
  const {full} = formatOf(measure);
  return {
    height: 72,
    draw: () => html`<p class="measure-figure">${full(total.value)} <span>${span(from, to)}</span></p>`
  };
}

function bars(answer, {onRange, height = 280, markers = [], targets = []}) {
  const {measure, grain, buckets} = answer;
  const show = formatOf(measure);
  const unit = measure.label;
  const ask = markable(answer);
  const markOf = ask && (({from, to, value}) => ask({from, to, value}));
  return {
    height,
    draw: (width) =>
      buckets.length
        ? html`<div>
            ${Bars(buckets, {width, height, grain, unit, show, isAdditive: isAdditive(measure), onRange, markOf, markers, targets})}${MarkerList(markers, {from: buckets[0].from, to: buckets.at(-1).to})}
          </div>`
        : html`<p class="small-print">No day is in this selection.</p>`,
    table: () =>
      table(
        buckets.toReversed(),
        [
          ...barColumns({
            unit,
            show,
            first: (row) =>
              onRange
                ? html`<button class="link" onclick=${() => onRange({from: row.from, to: row.to})}>
                    ${span(row.from, row.to)}
                  </button>`
                : span(row.from, row.to)
          }),
          ...(markOf
            ? [{label: "", value: (row) => whyButton(() => markOf(row), {name: span(row.from, row.to)})}]
            : [])
        ],
        {caption: `${unit} by ${grain}, newest first`}
      )
  };
}

function ranked(answer, {onSelect}) {
  const {dimension, rows, from, to, filters} = answer;
  const ask = dimension.expr === dimension.name ? markable(answer) : null;
  const markOf =
    ask && (({member, value}) => ask({from, to, value, filters: {...filters, [dimension.name]: [member]}}));
  return {
    height: rankedHeight(rows.length, most),
    draw: (width) =>
      rows.length
        ? RankedBars(answer, {width, most, onSelect, markOf})
        : html`<p class="small-print">No sales line is in this selection.</p>`,
    table: () => memberTable(answer, onSelect)
  };
}

function memberTable({measure, dimension, rows}, onSelect) {
  const {full, changeFull, rate} = formatOf(measure);
  const name = ({member}) =>
    onSelect
      ? html`<button class="link" onclick=${(event) => onSelect(member, event)}>
          ${memberText(member)}
        </button>`
      : memberText(member);
  return table(
    rows,
    [
      {label: dimension.label, isHead: true, value: name},
      {label: withUnit(measure), isNumber: true, value: ({value}) => full(value)},
      {label: "Before", isNumber: true, value: ({base}) => full(base)},
      {
        label: "Change",
        isNumber: true,
        value: ({value, base}) => (base === null ? "n/a" : changeFull(value, base))
      },
      {label: "%", isNumber: true, value: ({value, base}) => (base === null ? "" : (rate(value, base) ?? ""))}
    ],
    {caption: `${measure.label} by ${dimension.label.toLowerCase()}`}
  );
}

function overTime(answer, {height = 280}) {
  const {measure, dimension, grain, starts, series} = answer;
  const {full} = formatOf(measure);
  return {
    height,
    draw: (width) =>
      series.length
        ? SeriesLines(answer, {width, height})
        : html`<p class="small-print">No sales line is in this selection.</p>`,
    table: () =>
      table(
        starts.map((start, i) => ({start, i})).toReversed(),
        [
          {label: grain, isHead: true, value: ({start}) => date(start)},
          ...series.map((one) => ({
            label: seriesName(one, dimension),
            isNumber: true,
            value: ({i}) => full(one.values[i])
          }))
        ],
        {caption: `${measure.label} by ${dimension.label.toLowerCase()} and ${grain}, newest first`}
      )
  };
}

/** Days as a measure are no lengths: they are written, not drawn. */
function dated(answer, options) {
  const {measure, buckets, rows} = answer;
  const {full} = formatOf(measure);
  if (rows) return {height: 200, draw: () => memberTable(answer, options.onSelect)};
  if (!buckets) return figure(answer);
  const columns = [
    {label: "Days", isHead: true, value: ({from, to}) => span(from, to)},
    {label: measure.label, isNumber: true, value: ({value}) => full(value)}
  ];
  return {height: 200, draw: () => table(buckets.toReversed(), columns, {caption: measure.label})};
}

/** What "why?" asks of a mark, where every filter can be asked of the rows by its name. */
function markable({definitions, measure, filters}) {
  if (!canAsk(definitions, filters)) return null;
  return ({value, ...mark}) => ({
    filters,
    ...mark,
    measure: measure.name,
    title: `${measure.label} ${exact(value)}`
  });
}

function heightOf({by, grain, height}) {
  return height ?? (by && !grain ? rankedHeight(7) : grain ? 280 : 72);
}

function waiting(options, id) {
  return card({
    id,
    title: options.title ?? "…",
    subtitle: "Asking the browser's DuckDB",
    height: heightOf(options),
    className: "is-waiting",
    draw: () => html`<div class="skeleton" style=${{height: `${heightOf(options)}px`}}></div>`
  });
}

function empty(options, id) {
  return card({
    id,
    title: "No dated sales yet",
    subtitle: "The release holds no sales line with an order date",
    height: heightOf(options),
    draw: () => html`<p class="small-print">This card fills with the first one.</p>`
  });
}

function failed(error, options, id, retry) {
  return card({
    id,
    title: "This card could not be answered",
    subtitle: "Asking the browser's DuckDB",
    height: heightOf(options),
    controls: options.controls,
    draw: () =>
      html`<div role="alert">
        <p class="small-print">${error.message}</p>
        <button class="button" onclick=${retry}>Try again</button>
      </div>`
  });
}
