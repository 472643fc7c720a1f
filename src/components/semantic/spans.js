import {addDays, addYears, daysIn, endOf, startOf} from "../time.js";

/** Spans of days and what they are compared with. A span is `{from, to}`, both within. */

/** The span that one is compared with: `last_year`, `previous`, or null for none and where the data begin later. */
export function baseOf({from, to}, compare, first) {
  const base =
    compare === "last_year"
      ? {from: addYears(from, -1), to: addYears(to, -1)}
      : compare === "previous"
        ? {from: addDays(from, -daysIn(from, to)), to: addDays(from, -1)}
        : null;
  return base && (!first || base.from >= first) ? base : null;
}

/** The grain that draws a span in a readable number of bars. */
export function grainFor({from, to}) {
  const days = daysIn(from, to);
  return days <= 62 ? "day" : days <= 200 ? "week" : days <= 365 * 6 ? "month" : "quarter";
}

/** The grains that leave a span readable: at most 400 bars. */
export function grainsFor({from, to}) {
  const days = daysIn(from, to);
  const lengths = {day: 1, week: 7, month: 30, quarter: 91, year: 365};
  return Object.keys(lengths).filter((grain) => days / lengths[grain] <= 400);
}

/** The day of a year before that a bar's day is held against; a week's has the same weekday. */
export function yearBefore(day, grain) {
  return grain === "week" ? addDays(day, -364) : addYears(day, -1);
}

/**
 * The buckets of a span, each with its value and that of the same days a year before. `values` and `before` are maps
 * from a bucket's first day to its value, asked over the span and over the span a year before; `nothing` is the value
 * of a bucket without lines; `before` null draws none. `isPartial`: days of the bucket lie outside of the span.
 */
export function bucketsFrom({from, to}, grain, {values, before, nothing, first}) {
  const buckets = [];
  for (let start = startOf(from, grain); start <= to; start = endOf(start, grain)) {
    const end = endOf(start, grain);
    const begin = start < from ? from : start;
    const stop = end > addDays(to, 1) ? addDays(to, 1) : end;
    const back = startOf(yearBefore(begin, grain), grain);
    const isKnown = before && yearBefore(begin, grain) >= first;
    buckets.push({
      start,
      end,
      from: begin,
      to: addDays(stop, -1),
      isPartial: begin > start || stop < end,
      days: daysIn(begin, stop) - 1,
      allDays: daysIn(start, end) - 1,
      value: values.has(start) ? values.get(start) : nothing,
      lastYear: isKnown ? (before.has(back) ? before.get(back) : nothing) : null
    });
  }
  return buckets;
}
