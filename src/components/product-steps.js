import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {brief, frame, tipStyle} from "./chart-frame.js";
import {date, exact, list, month, percent, signed} from "./format.js";
import {asImage} from "./image.js";
import {addDays} from "./time.js";

/**
 * The spans of price and cost of one product, out of rows as in `products_steps.json`: `{kind, value, from, to,
 * isAssumed}`, only as far as it sold. A cost before its first version is that version's, assumed.
 */
export function spansOf(rows) {
  const sold = rows.find(({first_month}) => first_month !== null);
  if (!sold) return [];
  const {first_month: first, last_day: last} = sold;
  const prices = endingBefore(rows, "price", last).map((step) => ({...step, isAssumed: false}));
  const costs = endingBefore(rows, "cost", last);
  const [oldest] = costs;
  const assumed =
    oldest && oldest.from > first
      ? [{...oldest, from: first, to: addDays(oldest.from, -1), isAssumed: true}]
      : [];
  const known = costs.map((step) => ({...step, isAssumed: false, isFirst: step.isFirst && !assumed.length}));
  return [...prices, ...assumed, ...known]
    .filter(({from, to}) => from <= last && to >= first)
    .map((step) => ({
      ...step,
      from: step.from < first ? first : step.from,
      to: step.to > last ? last : step.to
    }));
}

/** The finding of the steps: how often price and cost moved, and what that makes of the margin of a piece. */
export function stepsTitle(rows) {
  const spans = spansOf(rows);
  const name = brief(rows[0]?.product_name, 60);
  if (!spans.length) return `${name} was not sold yet`;
  const [prices, costs] = ["price", "cost"].map((kind) =>
    spans.filter((span) => span.kind === kind && !span.isAssumed)
  );
  if (!prices.length) return `${name}: no line tells its price`;
  const price = moved("price", prices);
  if (!costs.length || !prices[0].value || !prices.at(-1).value) return `${name}: ${price}`;
  const cost = moved("cost", costs);
  const [before, after] = [
    (prices[0].value - costs[0].value) / prices[0].value,
    (prices.at(-1).value - costs.at(-1).value) / prices.at(-1).value
  ];
  const isSame = percent(before, 0) === percent(after, 0);
  const margin = isSame ? "" : `; a piece keeps ${percent(after, 0)} instead of ${percent(before, 0)}`;
  return `${name}: ${price}, ${cost}${margin}`;
}

/** Price and cost of one piece as steps over the months it sold; where the cost is assumed it is dashed. */
export function Steps(rows, {width, height = 240, domain, marginLeft = 56, hasLabels = true}) {
  const spans = spansOf(rows).map((span) => ({
    ...span,
    x1: new Date(span.from),
    x2: new Date(addDays(span.to, 1))
  }));
  if (!spans.length) return html`<p class="small-print">No dated sale, so there are no steps to draw.</p>`;
  const values = spans.map(({value}) => value);
  const [low, high] = [Math.min(0, ...values), Math.max(...values, 0)];
  const right = hasLabels ? 76 : 16;
  const ends = labelPlaces(spans, {high: high - low, height: height - 48});
  const hue = ({kind}) => (kind === "price" ? "var(--c1)" : "var(--c2)");
  return asImage(
    Plot.plot({
      ...frame(width, null),
      height,
      marginLeft,
      marginRight: right,
      marginTop: 16,
      marginBottom: 32,
      ariaLabel: "Price and cost of one piece over time",
      x: {
        type: "utc",
        domain,
        label: null,
        ticks: Math.max(2, Math.min(6, Math.floor(width / 110))),
        tickSize: 0
      },
      y: {...frame(width, null).y, domain: [low, (high || 1) * 1.12]},
      marks: [
        Plot.gridY({ticks: 5, stroke: "var(--line)", strokeOpacity: 1}),
        Plot.ruleY([0], {stroke: "var(--line-strong)"}),
        ...joins(spans, hue),
        ...[true, false].map((isAssumed) =>
          Plot.link(
            spans.filter((span) => span.isAssumed === isAssumed),
            {
              x1: "x1",
              x2: "x2",
              y1: "value",
              y2: "value",
              stroke: hue,
              strokeWidth: 2,
              strokeDasharray: isAssumed ? "4 4" : null
            }
          )
        ),
        Plot.text(
          spans.filter(({isFirst}) => isFirst),
          {
            x: "x1",
            y: "value",
            text: ({value}) => exact(value),
            textAnchor: "start",
            dx: 4,
            dy: -8,
            fill: "var(--ink-soft)",
            stroke: "var(--card)",
            strokeWidth: 4
          }
        ),
        ...(hasLabels
          ? [
              Plot.text(ends, {
                x: "x2",
                y: "value",
                dy: 0,
                text: ({kind, value, shown = value}) => `${kind} ${exact(shown)}`,
                textAnchor: "start",
                dx: 8,
                fill: hue,
                fontWeight: 600
              })
            ]
          : []),
        Plot.tip(
          spans,
          Plot.pointer({
            x: ({x1, x2}) => new Date((+x1 + +x2) / 2),
            y: "value",
            title: ({kind, value, from, to, isAssumed}) =>
              `${isAssumed ? "Assumed cost" : kind === "price" ? "List price" : "Cost"} ${exact(value)}\n${kind === "price" ? `${month(from)} – ${month(to)}` : `${date(from)} – ${date(to)}`}`,
            ...tipStyle
          })
        )
      ]
    })
  );
}

/** The steps as a table. */
export const stepColumns = [
  {
    label: "What",
    isHead: true,
    value: ({kind, isAssumed}) => (isAssumed ? "assumed cost" : kind === "price" ? "list price" : "cost")
  },
  {label: "From", value: ({kind, from}) => (kind === "price" ? month(from) : date(from))},
  {label: "To", value: ({kind, to}) => (kind === "price" ? month(to) : date(to))},
  {label: "One piece", isNumber: true, value: ({value}) => exact(value)}
];

/** What the chart assumes, in words. */
export function stepsNote(rows) {
  const assumed = spansOf(rows).find(({isAssumed}) => isAssumed);
  const notes = [
    "list price: what most uncorrected lines of a month paid, for the source has none of its own"
  ];
  if (assumed)
    notes.push(
      `dashed: before ${date(addDays(assumed.to, 1))} no version is known, the cost of the first is assumed`
    );
  return `${list(notes).replace(/^l/, "L")}.`;
}

function endingBefore(rows, kind, last) {
  const steps = rows
    .filter((row) => row.kind === kind && row.starts_on !== null && row.value !== null)
    .toSorted((a, b) => (a.starts_on < b.starts_on ? -1 : 1));
  return steps.map(({starts_on, value}, index) => ({
    kind,
    value,
    from: starts_on,
    to: steps[index + 1] ? addDays(steps[index + 1].starts_on, -1) : starts_on > last ? starts_on : last,
    isFirst: index === 0 && steps.length > 1
  }));
}

function moved(kind, steps) {
  const [first, last] = [steps[0].value, steps.at(-1).value];
  if (steps.length === 1) return `${kind} stayed at ${exact(last)}`;
  if (first === last) return `${kind} moved ${steps.length - 1} times and is back at ${exact(last)}`;
  return first > 0
    ? `${kind} ${signed((last - first) / first, (ratio) => percent(ratio, 0))}`
    : `${kind} now ${exact(last)}`;
}

/** The uprights between one step and the next of its kind. */
function joins(spans, hue) {
  const pairs = ["price", "cost"].flatMap((kind) => {
    const own = spans.filter((span) => span.kind === kind);
    return own.slice(1).map((span, index) => ({kind, x: span.x1, from: own[index].value, to: span.value}));
  });
  return [Plot.link(pairs, {x1: "x", x2: "x", y1: "from", y2: "to", stroke: hue, strokeWidth: 1})];
}

/** The last step of each kind, moved apart where their labels would meet. */
function labelPlaces(spans, {high, height}) {
  const last = ["price", "cost"]
    .map((kind) => spans.filter((span) => span.kind === kind).at(-1))
    .filter(Boolean);
  const least = (16 / height) * (high || 1);
  if (last.length < 2 || Math.abs(last[0].value - last[1].value) >= least) return last;
  const middle = (last[0].value + last[1].value) / 2;
  const sign = last[0].value >= last[1].value ? 1 : -1;
  return last.map((span, index) => ({
    ...span,
    value: middle + (sign * (index ? -1 : 1) * least) / 2,
    shown: span.value
  }));
}
