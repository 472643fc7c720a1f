import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {counted, date, signedExact, span} from "./format.js";

/**
 * What marks a chart over time: events of the shop, changes of costs, gaps and restatements, as `{day, until, label,
 * kind}` in order. `shop` is `shop.json`, `found` is `markers.json`.
 */
export function markersOf(shop, found) {
  const restated = shop.restatements.map(({day, change, reasons}) => ({
    day,
    until: null,
    kind: "restatement",
    label: `Restated later, revenue ${signedExact(change)} (${reasons.join(", ")})`
  }));
  const events = shop.events.map((event) => ({...event, kind: "event"}));
  return [...events, ...found, ...restated].sort((a, b) => (a.day < b.day ? -1 : 1));
}

/**
 * The marks of markers inside a chart's days, which take `width` pixels: a sign at the top, whose words come under the
 * pointer; spans are shaded. Signs that would touch are one, with their number.
 */
export function markerMarks(markers, {x1, x2, width}) {
  const rows = markers
    .map((one) => ({...one, at: new Date(one.day), end: new Date(one.until ?? one.day)}))
    .filter(({at, end}) => end >= x1 && at < x2)
    .map((one) => ({...one, at: one.at < x1 ? x1 : one.at}));
  if (!rows.length) return [];
  const isNear = (a, b) => ((b.at - a.at) / (x2 - x1)) * width < 24;
  return [
    Plot.rectX(
      rows.filter(({until}) => until),
      {x1: "at", x2: "end", fill: "var(--ink-faint)", fillOpacity: 0.12}
    ),
    Plot.ruleX(rows, {x: "at", stroke: "var(--ink-faint)", strokeDasharray: "3 3", strokeOpacity: 0.6}),
    Plot.text(gathered(rows, isNear), {
      x: ([{at}]) => at,
      frameAnchor: "top",
      dy: -16,
      text: (group) => `${signs[group[0].kind]}${group.length > 1 ? ` ${group.length}` : ""}`,
      fill: "var(--ink-soft)",
      fontSize: 12,
      title: (group) => group.map(wordsOf).join("\n"),
      className: "marker"
    })
  ];
}

/** Rows in order of time, near ones together. */
function gathered(rows, isNear) {
  return rows
    .toSorted((a, b) => a.at - b.at)
    .reduce((groups, row) => {
      const last = groups.at(-1);
      if (last && isNear(last[0], row)) last.push(row);
      else groups.push([row]);
      return groups;
    }, []);
}

function wordsOf({label, day, until}) {
  return `${label}, ${until ? span(day, until) : date(day)}`;
}

/** One sign a kind: the words are in the tooltip and in the list below the chart. */
const signs = {event: "▾", cost: "¤", gap: "∅", restatement: "↺"};

/** The markers inside some days in words, closed until asked for; nothing where there are none. */
export function MarkerList(markers, {from, to}) {
  const shown = markers.filter(({day, until}) => (until ?? day) >= from && day <= to);
  if (!shown.length) return "";
  return html`<details class="markers">
    <summary>${counted(shown.length, "marker")} in these days</summary>
    <ul>
      ${shown.map((one) => html`<li><b aria-hidden="true">${signs[one.kind]}</b> ${wordsOf(one)}</li>`)}
    </ul>
  </details>`;
}

/** Whether a target falls on any of these bars, in the words of a chart's subtitle. */
export function goalWords(targets, buckets) {
  return buckets.some((bucket) => targetOn(targets, bucket) !== null) ? ", the target as a line" : "";
}

/** The part of a target that falls on some days, by days; null where none does. `targets` are of one measure. */
export function targetOn(targets, {from, to}) {
  const days = (a, b) => Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000) + 1;
  const parts = targets.flatMap((one) => {
    const [begin, end] = [one.from > from ? one.from : from, one.to < to ? one.to : to];
    return begin <= end ? [(one.target * days(begin, end)) / days(one.from, one.to)] : [];
  });
  return parts.length ? parts.reduce((sum, part) => sum + part, 0) : null;
}
