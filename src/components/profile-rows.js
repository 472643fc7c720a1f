import {kept, scaleOf} from "./profile-sql.js";

/**
 * The profile of rows that are there: `{columns: [{name, type}], rows: [[…]]}` as `run` of database.js gives them; says
 * the same as `profileOf` of database tables.
 */
export function profileOfRows({columns, rows}) {
  return {rows: rows.length, columns: columns.map((column, index) => profileColumn(column, index, rows))};
}

function profileColumn({name, type}, index, rows) {
  const counts = new Map();
  for (const row of rows) {
    const value = row[index] ?? null;
    const key = value === null || typeof value !== "object" ? value : JSON.stringify(value);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const nulls = counts.get(null) ?? 0;
  counts.delete(null);
  const scale = scaleOf(type);
  const values = [...counts.keys()].sort(scale === "whole" || scale === "number" ? byNumber : byText);
  const place = placeOf(scale);
  const placed = scale ? values.map((value) => [place(value), counts.get(value)]) : [];
  const [low, high] = [values[0] ?? null, values.at(-1) ?? null].map(beginning);
  const top = topOf(counts);
  return {name, type, nulls, distinct: values.length, low, high, top, ...barsOf(placed, scale)};
}

const byNumber = (a, b) => (Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0);
const byText = (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);

function beginning(value) {
  return value === null ? null : [...String(value)].slice(0, kept.letters).join("");
}

function topOf(counts) {
  const beginnings = new Map();
  for (const [value, rows] of counts)
    beginnings.set(beginning(value), (beginnings.get(beginning(value)) ?? 0) + rows);
  return [...beginnings]
    .map(([value, rows]) => ({value, rows}))
    .sort((a, b) => b.rows - a.rows || byText(a.value, b.value))
    .slice(0, kept.values);
}

/** Days since 1970, seconds since 1970, or the number itself. */
function placeOf(scale) {
  if (scale === "day") return (value) => Math.floor(timeOf(value) / 86_400_000);
  return scale === "moment" ? (value) => timeOf(value) / 1000 : Number;
}

function timeOf(value) {
  const text = String(value instanceof Date ? value.toISOString() : value).replace(" ", "T");
  return Date.parse(/T.*[Z+]/.test(text) || text.length <= 10 ? text : `${text}Z`);
}

function barsOf(placed, scale) {
  const finite = placed.filter(([place]) => Number.isFinite(place));
  if (!finite.length) return {start: null, width: null, bars: []};
  const start = finite.reduce((low, [place]) => Math.min(low, place), Infinity);
  const stop = finite.reduce((high, [place]) => Math.max(high, place), -Infinity);
  const isWhole = scale === "whole" || scale === "day";
  const width = isWhole
    ? Math.max(1, Math.ceil((stop - start + 1) / kept.bars))
    : stop / kept.bars - start / kept.bars || 1;
  const bars = new Array(Math.min(kept.bars, Math.floor((stop - start) / width) + 1)).fill(0);
  for (const [place, rows] of finite)
    bars[Math.min(bars.length - 1, Math.floor((place - start) / width))] += rows;
  return {start, width, bars};
}
