import {html} from "htl";
import {focusAgain} from "./focus.js";
import {compact, counted, decimals, exact, percent, points, signed} from "./format.js";

const fifths = [1, 2, 3, 4, 5];

/** Five parts of the grid by what its customers do. */
export const segments = [
  {name: "Loyal", says: "often and lately", holds: (r, f) => r >= 4 && f >= 4},
  {name: "Recent", says: "lately, seldom", holds: (r, f) => r >= 4 && f <= 3},
  {name: "Between", says: "some time ago", holds: (r) => r === 3},
  {name: "Loyal once", says: "often, long ago", holds: (r, f) => r <= 2 && f >= 4},
  {name: "Gone quiet", says: "seldom, long ago", holds: (r, f) => r <= 2 && f <= 3}
];

/** The name of the segment of two scores; null without scores. */
export function segmentOf(recency, frequency) {
  return recency ? segments.find(({holds}) => holds(recency, frequency)).name : null;
}

/**
 * The cells of the grid from `customers_rfm.json`: customers now and a year before as numbers and shares, and where those
 * that are there now were then.
 */
export function scoreCells(rows) {
  const sum = (test) => rows.reduce((total, row) => total + (test(row) ? row.customers : 0), 0);
  const now = sum(() => true);
  const before = sum(({recency_before}) => recency_before);
  return fifths.toReversed().flatMap((recency) =>
    fifths.map((frequency) => {
      const isHere = (row) => row.recency === recency && row.frequency === frequency;
      const wasHere = (row) => row.recency_before === recency && row.frequency_before === frequency;
      const customers = sum(isHere);
      const then = sum(wasHere);
      return {
        recency,
        frequency,
        segment: segmentOf(recency, frequency),
        customers,
        then,
        share: now ? customers / now : null,
        shareThen: before ? then / before : null,
        stayed: sum((row) => isHere(row) && wasHere(row)),
        joined: sum((row) => isHere(row) && !row.recency_before),
        revenue: rows.reduce((total, row) => total + (isHere(row) ? row.revenue : 0), 0)
      };
    })
  );
}

/** The segments now and a year before, and how many of those of then are where they were. */
export function segmentMoves(rows) {
  const all = rows.reduce((total, {customers}) => total + customers, 0);
  const known = rows.filter(({recency_before}) => recency_before);
  const allThen = known.reduce((total, {customers}) => total + customers, 0);
  const sum = (some) => some.reduce((total, {customers}) => total + customers, 0);
  return segments.map(({name, says}) => {
    const now = rows.filter((row) => segmentOf(row.recency, row.frequency) === name);
    const then = known.filter((row) => segmentOf(row.recency_before, row.frequency_before) === name);
    const stayed = then.filter((row) => now.includes(row));
    const reached = segments
      .map((other) => ({
        name: other.name,
        customers: sum(then.filter((row) => segmentOf(row.recency, row.frequency) === other.name))
      }))
      .toSorted((a, b) => b.customers - a.customers);
    return {
      name,
      says,
      customers: sum(now),
      revenue: now.reduce((total, {revenue}) => total + revenue, 0),
      then: sum(then),
      share: all ? sum(now) / all : null,
      shareThen: allThen ? sum(then) / allThen : null,
      stayed: sum(stayed),
      reached
    };
  });
}

/**
 * The grid of scores, recency upwards and frequency to the right: customers in each cell, and the change of their share
 * against a year before. `cell` is the chosen one, `onSelect({recency, frequency})` chooses.
 */
export function ScoreGrid(rows, {cell, onSelect}) {
  const cells = scoreCells(rows);
  const most = Math.max(...cells.map(({customers}) => customers), 1);
  return focusAgain(
    html`<table class="scores">
      <caption class="hidden">
        Customers by recency (rows) and frequency (columns)
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">Recency</span></th>
          ${fifths.map((one) => html`<th scope="col">F${one}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${fifths.toReversed().map(
          (recency) =>
            html`<tr>
              <th scope="row">R${recency}</th>
              ${cells
                .filter((one) => one.recency === recency)
                .map((one) => html`<td>${button(one, {most, cell, onSelect})}</td>`)}
            </tr>`
        )}
      </tbody>
    </table>`
  );
}

/** The segments in a line each: customers and the change of their share. */
export function SegmentList(rows) {
  return html`<ul class="score-segments">
    ${segmentMoves(rows).map(
      ({name, says, customers, then, share, shareThen, stayed}) =>
        html`<li
          data-tip=${[`${name}: ${says}`, `A year before ${exact(then)}`, then ? `${exact(stayed)} of them still are` : null].filter(Boolean).join("\n")}
        >
          <span>${name} <span class="faint">${says}</span></span>
          <b>${exact(customers)}</b>
          <span>${points(share, shareThen)}</span>
        </li>`
    )}
  </ul>`;
}

/** The columns of the table of segments. */
export const segmentColumns = [
  {label: "Segment", isHead: true, value: ({name, says}) => html`${name} <span class="faint">${says}</span>`},
  {label: "Customers", isNumber: true, value: ({customers}) => exact(customers)},
  {label: "Share", isNumber: true, value: ({share}) => percent(share)},
  {label: "A year before", isNumber: true, value: ({then}) => exact(then)},
  {label: "Change of share", isNumber: true, value: ({share, shareThen}) => points(share, shareThen)},
  {
    label: "Of those then, still",
    isNumber: true,
    value: ({stayed, then}) => (then ? percent(stayed / then) : "n/a")
  }
];

/** The columns of the table of cells. */
export const scoreColumns = [
  {
    label: "Cell",
    isHead: true,
    value: ({recency, frequency, segment}) => `R${recency} F${frequency} · ${segment}`
  },
  {label: "Customers", isNumber: true, value: ({customers}) => exact(customers)},
  {label: "A year before", isNumber: true, value: ({then}) => exact(then)},
  {label: "Change of share", isNumber: true, value: ({share, shareThen}) => points(share, shareThen)},
  {label: "Stayed", isNumber: true, value: ({stayed}) => exact(stayed)},
  {label: "New since", isNumber: true, value: ({joined}) => exact(joined)},
  {label: "Revenue", isNumber: true, value: ({revenue}) => exact(revenue)}
];

function button(one, {most, cell, onSelect}) {
  const {recency, frequency, customers, share, shareThen} = one;
  const isChosen = cell?.recency === recency && cell?.frequency === frequency;
  // no darker than that ink stays legible on it
  const strength = Math.round((customers / most) * 45);
  const change = share === null || shareThen === null ? null : Number(((share - shareThen) * 100).toFixed(1));
  return html`<button
    type="button"
    id=${`score-${recency}-${frequency}`}
    style=${{background: `color-mix(in oklab, var(--heat-1) ${strength}%, var(--heat-0))`}}
    aria-pressed=${String(isChosen)}
    aria-label=${`Recency ${recency}, frequency ${frequency}: ${counted(customers, "customer")}`}
    data-tip=${told(one)}
    onclick=${() => onSelect({recency, frequency})}
  >
    <b>${compact(customers)}</b>
    <small>${change === null ? "" : signed(change, (value) => decimals(value, 1))}</small>
  </button>`;
}

function told({recency, frequency, segment, customers, then, share, shareThen, stayed, joined, revenue}) {
  return [
    `Recency ${recency}, frequency ${frequency} (${segment})`,
    `${counted(customers, "customer")}, ${percent(share)} of the buyers`,
    shareThen === null
      ? null
      : `A year before ${exact(then)}, ${percent(shareThen)}: ${points(share, shareThen)}`,
    `${exact(stayed)} were here then, ${exact(joined)} had not bought yet, ${exact(customers - stayed - joined)} came from other cells`,
    `Revenue ${exact(revenue)}`
  ]
    .filter(Boolean)
    .join("\n");
}
