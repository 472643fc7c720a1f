import {compact, date, exact, percent, percentChange, points, signed, signedExact} from "./format.js";

/** A value of a measure in three digits. */
export function shortValue({format}, value) {
  if (format === "date") return date(value);
  return format === "percent" ? percent(value) : compact(value);
}

/** A value of a measure with all its digits. */
export function exactValue({format}, value) {
  if (format === "date") return date(value);
  return format === "percent" ? percent(value, 2) : exact(value);
}

/** What a value changed by: `+9.44M (+180%)`, shares in points; "n/a" where there is nothing to compare with. */
export function changeOf({format}, value, before, isExact = false) {
  if (typeof value !== "number" || typeof before !== "number") return "n/a";
  if (format === "percent") return points(value, before);
  const change = Number((value - before).toFixed(2));
  return `${isExact ? signedExact(change) : signed(change)} (${percentChange(value, before)})`;
}

/** Whether a change is `good`, `bad` or `flat`; of costs less is better. */
export function changeClass({name}, value, before) {
  if (typeof value !== "number" || typeof before !== "number" || value === before) return "flat";
  return value > before === /^cost/.test(name) ? "bad" : "good";
}
