import {shop} from "./shop.js";

const minus = "−";
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const numbers = (options) => new Intl.NumberFormat(shop.locale, options);
// compact thousands, which are long in German, are grouped as those in full
const useGrouping = numbers().format(1000) === "1000" ? "min2" : "always";
const small = numbers({maximumSignificantDigits: 3});
const large = numbers({
  notation: "compact",
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  useGrouping
});
const short = numbers({notation: "compact", maximumSignificantDigits: 3, useGrouping});
const cents = numbers({
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  trailingZeroDisplay: "stripIfInteger"
});
const fixed = [0, 1, 2].map((digits) =>
  numbers({minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false})
);
const [group, decimal] = ["group", "decimal"].map(
  (type) =>
    numbers({minimumFractionDigits: 1})
      .formatToParts(-12345678.9)
      .find((part) => part.type === type)?.value ?? ""
);

/** Three significant digits: `1.87M`, `871`, `52.4`; "n/a" for no number. */
export function compact(value) {
  if (!isNumber(value)) return "n/a";
  return withMinus((Math.abs(value) >= 999.5 ? large : small).format(value));
}

/** An axis tick: compact, without trailing zeros. */
export function tick(value) {
  return Math.abs(value) >= 999.5 ? withMinus(short.format(value)) : compact(value);
}

/** Pixels that the ticks of a vertical axis need, as they are written here. */
export const tickRoom = Math.max(48, ...[1_500_000, 500_000].map((value) => tick(value).length * 7 + 8));

/** All digits of a number or a decimal text: `1,874,128`, with cents where there are any: `4.50`. */
export function exact(value) {
  const isText = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
  if (!isText && !isNumber(value)) return "n/a";
  return withMinus(cents.format(value));
}

/** The number an exact text says; undefined for a text that is none. */
export function numberOf(text) {
  const plain = text.replaceAll(group, "").replace(decimal, ".").replace(minus, "-").replace(/^[+±]/, "");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** The same with a sign: `+748`, `−10`, `0`. */
export function signedExact(value) {
  const text = exact(value);
  return /^[−n]/.test(text) || isZero(value) ? text : `+${text}`;
}

/** Whether a number or a decimal text is zero. */
export function isZero(value) {
  return !/[1-9]/.test(String(value));
}

/** A compact change with its sign: `+9.44M`, `−736K`, `±0`. */
export function signed(value, format = compact) {
  if (!isNumber(value)) return "n/a";
  if (value === 0) return "±0";
  return value > 0 ? `+${format(value)}` : format(value);
}

/** All digits of a number or a decimal text, with so many decimals: `1,874,128.50`. */
export function exactTo(value, digits) {
  return withMinus(numbers({minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value));
}

/** A number with so many decimals, at most two: `0.67`, `5.4`. */
export function decimals(value, digits) {
  return isNumber(value) ? withMinus(fixed[digits].format(value)) : "n/a";
}

/** A share as percent: `43.0%`. */
export function percent(ratio, digits = 1) {
  if (!isNumber(ratio)) return "n/a";
  const value = ratio * 100;
  const text =
    Math.abs(value) >= 99.95 ? exact(Number(value.toPrecision(3))) : withMinus(fixed[digits].format(value));
  return `${isZero(text) ? text.replace(minus, "") : text}%`;
}

/** The change as percent of its base, as `×42` from ten times more on; "n/a" where the base is no base (null, zero or negative). */
export function percentChange(value, base) {
  if (!isNumber(value) || !isNumber(base) || base <= 0) return "n/a";
  if (value / base >= 11) return `×${compact(value / base)}`;
  const text = percent((value - base) / base);
  return value > base ? `+${text}` : text;
}

/** The difference of two shares: `+0.4 points`. */
export function points(ratio, base) {
  if (!isNumber(ratio) || !isNumber(base)) return "n/a";
  const value = Number(((ratio - base) * 100).toFixed(1));
  return `${signed(value, (number) => withMinus(fixed[1].format(number)))} points`;
}

/** `28 Jan 2014` of an ISO day. */
export function date(day) {
  if (!day) return "n/a";
  const [year, month, number] = day.split("-").map(Number);
  return `${number} ${months[month - 1]} ${year}`;
}

/** `1 – 28 Jan 2014`, `29 Jan 2013 – 28 Jan 2014`: two ISO days, nothing said twice. */
export function span(from, to) {
  if (from === to) return date(from);
  if (from.slice(0, 7) === to.slice(0, 7)) return `${Number(from.slice(8))} – ${date(to)}`;
  if (from.slice(0, 4) === to.slice(0, 4)) return `${date(from).replace(/ \d+$/, "")} – ${date(to)}`;
  return `${date(from)} – ${date(to)}`;
}

/** `Jan 2014` of an ISO day. */
export function month(day) {
  return `${months[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;
}

/** `Jan` of an ISO day. */
export function monthName(day) {
  return months[Number(day.slice(5, 7)) - 1];
}

/** `1 row`, `2 rows`, `1,200 rows`. */
export function counted(number, one, many = `${one}s`) {
  return `${exact(number)} ${Number(number) === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

function withMinus(text) {
  return text.replace("-", minus);
}
