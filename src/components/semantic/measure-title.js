import {date, month} from "../format.js";
import {filterText, formatOf, isAdditive, memberText} from "./measures.js";
import {withUnit} from "../shop.js";
import {goalWords} from "../markers.js";

const nameOf = {
  day: (start) => `on ${date(start)}`,
  week: (start) => `in the week of ${date(start)}`,
  month: (start) => `in ${month(start)}`,
  quarter: (start) => `in Q${Math.ceil(Number(start.slice(5, 7)) / 3)} ${start.slice(0, 4)}`,
  year: (start) => `in ${start.slice(0, 4)}`
};

/** What a card of a measure found (see `answerMeasure`), in words computed from it. */
export function titleOf(answer) {
  const {dimension, grain} = answer;
  if (dimension && grain) return leaderOverTime(answer);
  if (dimension) return leader(answer);
  if (grain) return peak(answer);
  const {measure, total, base} = answer;
  const {short} = formatOf(measure);
  const change = base ? changeText(measure, total) : "";
  return `${measure.label}: ${short(total.value)}${change && `, ${change}`}`;
}

/** Measure · how broken down · filter · data through. */
export function subtitleOf({
  measure,
  dimension,
  grain,
  filters,
  compare,
  through,
  buckets,
  partial,
  targets = []
}) {
  const broken = [dimension?.label.toLowerCase(), grain].filter(Boolean).join(" and ");
  const grey = grain && !dimension && compare !== "none" ? ", a year before in grey" : "";
  const goal = grain && !dimension ? goalWords(targets, buckets ?? []) : "";
  const isCut = (buckets ?? partial ?? []).some((one) => one === true || one.isPartial);
  const cut = grain && isCut ? `, incomplete ${dimension ? "dashed" : "hatched"}` : "";
  return [
    withUnit(measure),
    ...(broken ? [`by ${broken}${grey}${goal}${cut}`] : []),
    filterText(filters),
    `data through ${date(through)}`
  ].join(" · ");
}

/** "+9.45M (+154%) vs same period last year", or why there is no comparison. */
export function comparisonOf({measure, total, base, compare, first}) {
  if (compare === "none") return "no comparison";
  if (!base) return `no comparison: data begin ${date(first)}`;
  const name = compare === "previous" ? "previous period" : "same period last year";
  return `${changeText(measure, total)} vs ${name}`;
}

function changeText(measure, {value, base}) {
  const {change, rate} = formatOf(measure);
  const percent = rate(value, base);
  return `${change(value, base)}${percent === null || percent === "n/a" ? "" : ` (${percent})`}`;
}

function peak({measure, grain, buckets}) {
  const complete = buckets.filter(({isPartial}) => !isPartial);
  const best = highest(complete.length ? complete : buckets);
  if (!best) return `No ${measure.label.toLowerCase()} in this selection`;
  return `${measure.label} peaked ${nameOf[grain](best.start)} at ${formatOf(measure).short(best.value)}`;
}

function leader({measure, dimension, rows, total}) {
  const first = highest(rows);
  if (!first) return `No ${measure.label.toLowerCase()} in this selection`;
  const {short} = formatOf(measure);
  const share = isAdditive(measure) && total.value > 0 && first.value > 0 ? first.value / total.value : null;
  const word = isAdditive(measure) ? "leads" : "is highest";
  return `${memberText(first.member)} ${word} by ${dimension.label.toLowerCase()}: ${short(first.value)}${share === null ? "" : `, ${formatOf({format: "percent"}).short(share)} of ${measure.label.toLowerCase()}`}`;
}

function leaderOverTime({measure, dimension, grain, starts, series}) {
  const named = series.filter(({isRest}) => !isRest);
  const tops = starts.map((_, i) => highest(named.map(({member, values}) => ({member, value: values[i]}))));
  const counts = new Map();
  for (const top of tops) if (top) counts.set(top.member, (counts.get(top.member) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!first) return `No ${measure.label.toLowerCase()} in this selection`;
  const [member, count] = first;
  return `${memberText(member)} led ${measure.label.toLowerCase()} by ${dimension.label.toLowerCase()} in ${count} of ${starts.length} ${grain}s`;
}

function highest(rows) {
  return rows
    .filter(({value}) => typeof value === "number" && value !== 0)
    .reduce((best, row) => (!best || row.value > best.value ? row : best), null);
}
