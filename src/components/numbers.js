/** A decimal text or number with grouped digits and a true minus, a fraction of zeros left out: 29,355,502 or −4.50. */
export function exact(value) {
  if (value === null || value === undefined || value === "") return "n/a";
  const text = typeof value === "number" ? plainText(value) : String(value);
  const [whole, fraction = ""] = text.replace(/^-/, "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${text.startsWith("-") ? "−" : ""}${grouped}${/[1-9]/.test(fraction) ? `.${fraction}` : ""}`;
}

/** The same with a sign always. */
export function signed(value) {
  const text = exact(value);
  return /^[−n]/.test(text) || isZero(value) ? text : `+${text}`;
}

/** Three significant digits with the unit: 1.87M; a whole number below ten thousand as it is. */
export function short(value) {
  if (!Number.isFinite(value)) return "n/a";
  const size = Math.abs(value);
  const [unit, name] =
    size >= 999.5e6 ? [1e9, "B"] : size >= 999.5e3 ? [1e6, "M"] : size >= 9995 ? [1e3, "k"] : [1, ""];
  const scaled = size / unit;
  const digits = name
    ? Math.max(0, 2 - Math.floor(Math.log10(scaled)))
    : Number.isInteger(scaled)
      ? 0
      : scaled < 100
        ? 2
        : 0;
  const text = scaled.toFixed(digits);
  return `${value < 0 ? "−" : ""}${scaled < 1000 ? text : exact(text)}${name}`;
}

/** The same with a sign always. */
export function shortSigned(value) {
  return value > 0 ? `+${short(value)}` : short(value);
}

/** The same for an axis, without zeros at the end: 1.5M and 1M. */
export function axisText(value) {
  return short(value)
    .replace(/(\.\d*?)0+(?=\D?$)/, "$1")
    .replace(/\.(?=\D?$)/, "");
}

/** A share as a percentage: 26.1 %, n/a where there is none. */
export function percent(share, digits = 1) {
  return Number.isFinite(share) ? `${exact((share * 100).toFixed(digits))}\u00a0%` : "n/a";
}

/** A count with its word: 1 row, 12 rows. */
export function counted(number, one, many = `${one}s`) {
  return `${exact(number)} ${Number(number) === 1 ? one : many}`;
}

/** An ISO day in words: 28 Dec 2012. */
export function day(iso) {
  if (!iso) return "n/a";
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? String(iso)
    : date.toLocaleDateString("en-GB", {day: "numeric", month: "short", year: "numeric", timeZone: "UTC"});
}

/** Whether a decimal text or number is zero. */
export function isZero(value) {
  return !/[1-9]/.test(String(value));
}

function plainText(number) {
  if (!Number.isFinite(number)) return String(number);
  const text = String(number);
  return text.includes("e")
    ? number.toLocaleString("en-US", {useGrouping: false, maximumFractionDigits: 20})
    : text;
}
