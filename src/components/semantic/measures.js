import {compact, date, exact, percent, percentChange, points, signed, tick} from "../format.js";
import {months, weekdays} from "../shop.js";

/** What follows from the definitions alone: nothing here knows a measure or a dimension by its name. */

const minus = "−";

/** The measure of a name, or undefined. */
export function measureOf({measures}, name) {
  return measures.find((one) => one.name === name);
}

/** The dimension of a name, or undefined. */
export function dimensionOf({dimensions}, name) {
  return dimensions.find((one) => one.name === name);
}

/** The dimensions that have members. */
export function categories({dimensions}) {
  return dimensions.filter(({kind}) => kind === "categorical");
}

/** Every measure that is no reading of another, each with its readings: `[{measure, readings}]`. */
export function mainMeasures({measures}) {
  const readingsOf = (measure) => [measure.as_reported, measure.as_today].filter(Boolean);
  const isOther = (measure) => (name) => name !== measure.name;
  const read = new Set(measures.flatMap((one) => readingsOf(one).filter(isOther(one))));
  const under = ({name}) => {
    const found = new Set([name]);
    for (const one of found) {
      const measure = measures.find((other) => other.name === one);
      if (measure) readingsOf(measure).forEach((reading) => found.add(reading));
    }
    return measures.filter((one) => one.name !== name && found.has(one.name));
  };
  return measures.filter(({name}) => !read.has(name)).map((measure) => ({measure, readings: under(measure)}));
}

/** Whether values of parts add up to the value of the whole: sums and counts do, distinct counts and ratios do not. */
export function isAdditive({kind, agg}) {
  return kind === "simple" && ["sum", "count"].includes(agg);
}

/** Whether rows can be selected by the filters in words of the marts, where each of their dimensions is a column of its name. */
export function canAsk(definitions, filters) {
  return Object.keys(filters).every((name) => dimensionOf(definitions, name)?.expr === name);
}

/** The simple measures that the asked ones are or are made of. */
export function simpleParts({measures}, asked = measures) {
  const names = new Set(
    asked.flatMap((one) => (one.kind === "ratio" ? [one.numerator, one.denominator] : [one.name]))
  );
  return measures.filter(({name}) => names.has(name));
}

/** A row's value of a measure, from the values of its simple parts by name. */
export function valueOf(measure, row) {
  if (!row) return null;
  if (measure.kind === "simple") return row[measure.name] ?? null;
  const [above, below] = [row[measure.numerator] ?? null, row[measure.denominator] ?? null];
  return above === null || !below ? null : above / below;
}

/** What a measure is where no line is: nothing sold is 0, a ratio or a day of nothing is none. */
export function valueOfNothing({kind, agg}) {
  return kind === "simple" && ["sum", "count", "count_distinct"].includes(agg) ? 0 : null;
}

/**
 * How a measure is written: `short` (three digits), `full` (every digit), `tick`, `change(value, base)` and
 * `changeFull`, `rate(value, base)` (percent; null where a change has none) and `tone(value, base)`.
 */
export function formatOf({format, better}) {
  const tone = (value, base) =>
    typeof value !== "number" || typeof base !== "number" || value === base
      ? "flat"
      : value > base === (better !== "less")
        ? "good"
        : "bad";
  if (format === "date") {
    const text = (day) => (day ? date(String(day)) : "n/a");
    const none = () => "n/a";
    return {
      short: text,
      full: text,
      tick: none,
      change: none,
      changeFull: none,
      rate: () => null,
      tone: () => "flat"
    };
  }
  if (format === "percent") {
    const tickOf = (value) => `${tick(value * 100)}%`.replace("-", minus);
    return {
      short: (value) => percent(value),
      full: (value) => percent(value, 2),
      tick: tickOf,
      change: points,
      changeFull: points,
      rate: () => null,
      tone
    };
  }
  const change = (write) => (value, base) =>
    isNumber(value) && isNumber(base) ? signed(value - base, write) : "n/a";
  return {
    short: compact,
    full: exact,
    tick,
    change: change(compact),
    changeFull: change((number) => exact(Number(number.toFixed(2)))),
    rate: percentChange,
    tone
  };
}

/** A member as text: null is "n/a" as in the lake's words, an empty text says so. */
export function memberText(member) {
  if (member === null || member === undefined) return "n/a";
  return member === "" ? "(empty)" : String(member);
}

/** Many members of a dimension, in words: "countries"; "values" where the label is an adjective. */
export function pluralOf({name, label}) {
  if (name.startsWith("is_")) return "values";
  const word = label.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** The place of each member where all are weekdays or months, which keep their own order; else null. */
export function ordinalOf(members) {
  const named = members.filter((member) => member !== null && member !== "n/a");
  const order = [weekdays, months].find((names) => named.every((member) => names.includes(member)));
  if (!order || named.length < 2) return null;
  return (member) => (order.includes(member) ? order.indexOf(member) : order.length);
}

/** The filters in words: "Canada, Bikes", or "all sales". */
export function filterText(filters) {
  return Object.values(filters).flat().map(memberText).join(", ") || "all sales";
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}
