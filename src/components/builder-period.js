import {counted, date, month, span} from "./format.js";
import {addDays, addYears, daysIn, endOf, startOf} from "./time.js";

const quarterOf = (day) => Math.ceil(Number(day.slice(5, 7)) / 3);

/**
 * The span a period names, within the data, or null: `{key, label, phrase, from, to, kind, isCut}`. A period is a preset
 * (`12m`), a year, a quarter (`2013-Q2`), a month (`2013-05`), or two days (`2013-01-01..2013-03-31`). `isCut` where the
 * data end before it does.
 */
export function readPeriod(key, {periods, first, through}) {
  const preset = periods.find(({period}) => period === key);
  if (preset) {
    const {label, starts_on: from, ends_on: to} = preset;
    const phrase =
      key === "all"
        ? "over all days"
        : key === "ytd"
          ? `from 1 Jan to ${date(to)}`
          : `in the ${lower(label)}`;
    return {key, label, phrase, from, to, kind: "preset", whole: null, isCut: false};
  }
  const whole = wholeOf(key);
  if (!whole || first === null || whole.to < first || whole.from > through) return null;
  const from = whole.from < first ? first : whole.from;
  const to = whole.to > through ? through : whole.to;
  const isCut = to < whole.to && whole.kind !== "days";
  const label = whole.kind === "days" ? span(from, to) : whole.label;
  const phrase = `${whole.kind === "days" ? (from === to ? "on" : "from") : "in"} ${label.replace(" – ", whole.kind === "days" ? " to " : " – ")}${isCut ? ` (to ${date(to)})` : ""}`;
  return {key, label, phrase, from, to, kind: whole.kind, whole, isCut};
}

/**
 * What a period is compared with: `{base: {from, to}, label}`, over equal days where the period is cut; `base` is null and
 * `label` says why where there is nothing to compare with. Weeks are compared 52 weeks back, so that weekdays agree.
 */
export function baseOf(period, vs, grain, {periods, first}) {
  if (!vs) return {base: null, label: "no comparison"};
  const base = vs === "last_year" ? yearBefore(period, grain) : before(period, periods);
  if (!base) return {base: null, label: "nothing lies before all days"};
  if (base.from < first) return {base: null, label: `the data begin ${date(first)}`};
  return {base, label: baseLabel(period, vs, grain, base)};
}

/** The first days of the buckets of a grain that hold a day of the span. */
export function bucketStarts({from, to}, grain) {
  const starts = [];
  for (let start = bucketOf(from, grain); start <= to; start = nextBucket(start, grain)) starts.push(start);
  return starts;
}

/** The last day of a bucket. */
export function bucketEnd(start, grain) {
  return addDays(nextBucket(start, grain), -1);
}

/**
 * Whether the data hold all days of a period, as `{isComplete, question, answer}` in words: of a year, a quarter or a
 * month, and of two days where some are missing; else null, since a preset ends with the data.
 */
export function completeness({kind, from, to, whole}) {
  if (!whole) return null;
  const [before, after] = [daysIn(whole.from, from) - 1, daysIn(to, whole.to) - 1];
  const isComplete = !before && !after;
  if (isComplete && kind === "days") return null;
  const days = daysIn(whole.from, whole.to);
  const missing = (count) => `${counted(count, "day")} ${count === 1 ? "is" : "are"} missing`;
  const gaps = [
    before ? `the data begin ${date(from)}, ${missing(before)} before` : null,
    after ? `data through ${date(to)}, ${missing(after)}` : null
  ];
  return {
    isComplete,
    question: `Is ${whole.label} complete?`,
    answer: isComplete
      ? `Yes: the data hold all of its ${counted(days, "day")}`
      : `No: ${gaps.filter(Boolean).join("; ")}`
  };
}

/** A bucket in words: `2013`, `Q2 2013`, `May 2013`, `week of 6 May 2013`, `6 May 2013`. */
export function bucketName(start, grain) {
  if (start === null) return "no date";
  if (grain === "year") return start.slice(0, 4);
  if (grain === "quarter") return `Q${quarterOf(start)} ${start.slice(0, 4)}`;
  if (grain === "month") return month(start);
  return grain === "week" ? `week of ${date(start)}` : date(start);
}

/** The key of the period of two days: that of a year, a quarter or a month where they are its ends. */
export function periodKey(from, to) {
  const whole = ["year", "quarter", "month"].find(
    (grain) => bucketOf(from, grain) === from && bucketEnd(from, grain) === to
  );
  if (whole === "year") return from.slice(0, 4);
  if (whole === "quarter") return `${from.slice(0, 4)}-Q${quarterOf(from)}`;
  return whole === "month" ? from.slice(0, 7) : `${from}..${to}`;
}

/** The bucket a current one is compared with, or null: a 29 February has none in the year before. */
export function bucketBefore(start, index, {vs, grain, base}) {
  if (vs === "previous") return bucketStarts(base, grain)[index] ?? null;
  if (grain === "week") return addDays(start, -364);
  return grain === "day" && start.endsWith("-02-29") ? null : bucketOf(addYears(start, -1), grain);
}

/** The years, quarters and months that hold data, newest first, as `{key, label}`. */
export function calendarPeriods({first, through}) {
  if (first === null) return {years: [], quarters: [], months: []};
  const keys = (grain) =>
    bucketStarts({from: first, to: through}, grain)
      .map((start) => ({key: periodKey(start, bucketEnd(start, grain)), label: bucketName(start, grain)}))
      .toReversed();
  return {years: keys("year"), quarters: keys("quarter"), months: keys("month")};
}

function wholeOf(key) {
  const [, year, quarter] = /^(\d{4})(?:-Q([1-4]))?$/.exec(key) ?? [];
  if (quarter) return spanOf(`${year}-${String(quarter * 3 - 2).padStart(2, "0")}-01`, "quarter");
  if (year) return spanOf(`${year}-01-01`, "year");
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(key)) return spanOf(`${key}-01`, "month");
  const [, from, to] = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(key) ?? [];
  if (!isDay(from) || !isDay(to) || from > to) return null;
  return {kind: "days", from, to, label: span(from, to)};
}

function spanOf(from, kind) {
  return {kind, from, to: bucketEnd(from, kind), label: bucketName(from, kind)};
}

function isDay(text) {
  return (
    text !== undefined && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}

function yearBefore({key, kind, from, to, whole, isCut}, grain) {
  if (key === "all") return null;
  if (grain === "week") return {from: addDays(from, -364), to: addDays(to, -364)};
  // a whole February is compared with a whole one
  if (whole && kind !== "days" && !isCut) {
    const year = addYears(whole.from, -1);
    return {from: year, to: bucketEnd(year, kind)};
  }
  return {from: addYears(from, -1), to: addYears(to, -1)};
}

function before({key, kind, from, to, whole, isCut}, periods) {
  if (kind === "preset") {
    const {previous_starts_on, previous_ends_on} = periods.find(({period}) => period === key);
    return previous_starts_on ? {from: previous_starts_on, to: previous_ends_on} : null;
  }
  if (kind === "days") return {from: addDays(from, -daysIn(from, to)), to: addDays(from, -1)};
  const start = bucketOf(addDays(whole.from, -1), kind);
  const last = addDays(whole.from, -1);
  const cut = addDays(start, daysIn(whole.from, to) - 1);
  return {from: start, to: isCut && cut < last ? cut : last};
}

function baseLabel({kind, isCut}, vs, grain, base) {
  if (vs === "last_year" && grain === "week") return "52 weeks before";
  if (kind === "preset" || kind === "days")
    return vs === "last_year" ? "the same days a year before" : "the days before";
  const name = bucketName(bucketOf(base.from, kind), kind);
  return isCut ? `the same days of ${name}` : name;
}

function bucketOf(day, grain) {
  if (grain === "year") return `${day.slice(0, 4)}-01-01`;
  if (grain === "quarter") return `${day.slice(0, 4)}-${String(quarterOf(day) * 3 - 2).padStart(2, "0")}-01`;
  return startOf(day, grain);
}

function nextBucket(start, grain) {
  if (grain === "year") return `${String(Number(start.slice(0, 4)) + 1).padStart(4, "0")}-01-01`;
  return grain === "quarter" ? bucketOf(addDays(start, 100), "quarter") : endOf(start, grain);
}

function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
