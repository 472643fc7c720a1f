import {shop} from "./shop.js";

/** Days are ISO texts (`2014-01-28`), compared as texts; a bucket's `end` is the first day after it. */

/** The day `n` days later. */
export function addDays(day, n) {
  const date = new Date(day);
  date.setUTCDate(date.getUTCDate() + n);
  return iso(date);
}

/** The same day `n` years later; 29 February becomes the 28th, as SQL's interval has it. */
export function addYears(day, n) {
  const text = `${String(Number(day.slice(0, 4)) + n).padStart(4, "0")}${day.slice(4)}`;
  return day.endsWith("-02-29") && iso(new Date(text)) !== text ? `${text.slice(0, 8)}28` : text;
}

/** How many days a span holds, both ends counted. */
export function daysIn(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86400000) + 1;
}

/** The grain that draws a span in a readable number of bars. */
export function grainOf(from, to) {
  const days = daysIn(from, to);
  return days <= 62 ? "day" : days <= 200 ? "week" : "month";
}

/** First day of the bucket a day falls in; weeks begin with the shop's first weekday. */
export function startOf(day, grain) {
  if (grain === "month") return `${day.slice(0, 7)}-01`;
  if (grain === "week") return addDays(day, -((new Date(day).getUTCDay() + 13 - shop.week) % 7));
  if (grain === "quarter")
    return `${day.slice(0, 5)}${String(Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
  if (grain === "year") return `${day.slice(0, 4)}-01-01`;
  return day;
}

/** First day after the bucket that begins on `start`. */
export function endOf(start, grain) {
  if (grain === "day") return addDays(start, 1);
  if (grain === "week") return addDays(start, 7);
  if (grain === "quarter") return startOf(addDays(start, 95), "quarter");
  if (grain === "year") return addYears(start, 1);
  return startOf(addDays(start, 31), "month");
}

/** Today's ISO text of a date. */
export function iso(date) {
  return date.toISOString().slice(0, 10);
}

/**
 * The buckets of a span. Each sums `measure` over its days inside the span and, as `lastYear`, over the same days a year
 * before (weeks: 52 weeks before, so that weekdays agree); null where the data begin later. `isPartial`: days are missing.
 */
export function bucketsOf(days, {from, to, grain, measure = "revenue", first = days[0]?.day}) {
  if (!first || from > to) return [];
  const byDay = new Map(days.map((row) => [row.day, row[measure]]));
  return bucketSpans({from, to}, grain).map((bucket) => {
    const stop = addDays(bucket.to, 1);
    const back = yearBefore(bucket.from, grain);
    return {
      ...bucket,
      value: sum(byDay, bucket.from, stop),
      lastYear: back < first ? null : sum(byDay, back, yearBefore(stop, grain))
    };
  });
}

/** The buckets that a span falls into, `{start, end, from, to, isPartial, days, allDays}`; `from` and `to` lie within it. */
export function bucketSpans({from, to}, grain) {
  const buckets = [];
  for (let start = startOf(from, grain); start <= to; start = endOf(start, grain)) {
    const end = endOf(start, grain);
    const begin = start < from ? from : start;
    const stop = end > addDays(to, 1) ? addDays(to, 1) : end;
    buckets.push({
      start,
      end,
      from: begin,
      to: addDays(stop, -1),
      isPartial: begin > start || stop < end,
      days: daysIn(begin, stop) - 1,
      allDays: daysIn(start, end) - 1
    });
  }
  return buckets;
}

/** The day of a year before that a bar's day is held against; a week's has the same weekday. */
export function yearBefore(day, grain) {
  return grain === "week" ? addDays(day, -364) : addYears(day, -1);
}

function sum(byDay, from, end) {
  let total = 0;
  for (let day = from; day < end; day = addDays(day, 1)) total += byDay.get(day) ?? 0;
  return total;
}
