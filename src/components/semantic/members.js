import {ordinalOf, valueOfNothing} from "./measures.js";

/** Rows of now and before as one a member, largest first; weekdays and months in their own order. */
export function membersOf(measure, name, now, before) {
  const nothing = valueOfNothing(measure);
  const rows = new Map();
  for (const row of now)
    rows.set(row[name], {member: row[name], value: row[measure.name], base: before ? nothing : null});
  for (const row of before ?? [])
    rows.set(row[name], {
      ...(rows.get(row[name]) ?? {member: row[name], value: nothing}),
      base: row[measure.name]
    });
  return ranked([...rows.values()]);
}

/** Largest first, what has no value last; weekdays and months in their own order. */
export function ranked(rows) {
  const place = ordinalOf(rows.map(({member}) => member));
  if (place) return rows.sort((a, b) => place(a.member) - place(b.member));
  return rows.sort((a, b) => compareValues(b.value, a.value) || compareValues(b.base, a.base));
}

/** Smaller before larger, nothing before all. */
export function compareValues(a, b) {
  const rank = (value) => (value === null || value === undefined ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}
