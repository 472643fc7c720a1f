/**
 * A function from row number to value for one column of an Arrow batch.
 * Numbers come as numbers; with `asText`, those beyond 2^53 or 15 digits as exact text, dates and times as ISO text in
 * UTC. Without it, dates and times come as Date. Lists and structs come as JSON text.
 */
export function valuesOf(field, vector, {asText}) {
  const read = readerOf(field.type, asText);
  return (row) => {
    const value = vector?.get(row);
    return value === null || value === undefined ? null : read(value);
  };
}

function readerOf(type, asText) {
  const name = String(type);
  if (name.startsWith("Decimal")) return (value) => decimalOf(value, type.scale, asText);
  if (name.startsWith("Date")) return (value) => dayOf(value, asText);
  if (name.startsWith("Timestamp")) return (value) => momentOf(value, asText);
  if (name.startsWith("Time")) return (value) => clockOf(value, type.unit);
  if (name.startsWith("Interval")) return () => "(an interval: cast it to varchar to read it)";
  if (name === "Binary") return hexOf;
  return plain(asText);
}

const plain = (asText) => (value) => {
  if (typeof value === "bigint") return integerOf(value, asText);
  if (typeof value === "object") return JSON.stringify(value, jsonValue);
  return value;
};

function hexOf(bytes) {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

function integerOf(value, asText) {
  const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe || !asText ? Number(value) : value.toString();
}

/** A decimal arrives as words of 32 bits, low word first, in two's complement. */
function decimalOf(words, scale, asText) {
  let whole = 0n;
  for (let index = words.length - 1; index >= 0; index--) whole = (whole << 32n) | BigInt(words[index] >>> 0);
  whole = BigInt.asIntN(words.length * 32, whole);
  const isNegative = whole < 0n;
  const digits = (isNegative ? -whole : whole).toString().padStart(scale + 1, "0");
  const cut = digits.length - scale;
  const text = `${isNegative ? "-" : ""}${digits.slice(0, cut)}${scale ? `.${digits.slice(cut)}` : ""}`;
  return asText && digits.length > 15 ? text : Number(text);
}

function dayOf(value, asText) {
  const date = new Date(Number(value));
  return asText ? date.toISOString().slice(0, date.toISOString().indexOf("T")) : date;
}

function momentOf(value, asText) {
  const date = new Date(Number(value));
  if (Number.isNaN(date.getTime())) return String(value);
  return asText
    ? date
        .toISOString()
        .replace("T", " ")
        .replace(/\.000Z$|Z$/, "")
    : date;
}

/** A time of day; `unit` is the power of a thousand below the second. */
function clockOf(value, unit) {
  const seconds = Number(value) / 1000 ** unit;
  const part = (number) => String(Math.floor(number)).padStart(2, "0");
  return `${part(seconds / 3600)}:${part((seconds / 60) % 60)}:${part(seconds % 60)}`;
}

function jsonValue(_, value) {
  if (typeof value === "bigint") return integerOf(value, true);
  return value;
}
