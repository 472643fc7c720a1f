import {addDays, addYears, bucketSpans, daysIn, startOf, yearBefore} from "../time.js";

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

/**
 * The buckets of a span, each with its value and that of the same days a year before. `values` and `before` are maps
 * from a bucket's first day to its value, asked over the span and over the span a year before; `nothing` is the value
 * of a bucket without lines; `before` null draws none. `isPartial`: days of the bucket lie outside of the span.
 */
export function bucketsFrom({from, to}, grain, {values, before, nothing, first}) {
  return bucketSpans({from, to}, grain).map((bucket) => {
    const back = startOf(yearBefore(bucket.from, grain), grain);
    const isKnown = before && yearBefore(bucket.from, grain) >= first;
    return {
      ...bucket,
      value: values.has(bucket.start) ? values.get(bucket.start) : nothing,
      lastYear: isKnown ? (before.has(back) ? before.get(back) : nothing) : null
    };
  });
}
