import {brief} from "./chart-frame.js";
import {date, list} from "./format.js";

/** The question in plain words: `Revenue by country in 2013, compared with 2012`. */
export function sentenceOf(plan, definitions) {
  const {asked, base, baseLabel, period} = plan;
  const filters = filterWords(asked.filters, definitions);
  return [
    `${measureWords(asked, definitions)}${byWords(plan)}${filters ? ` ${filters}` : ""} ${period.phrase}`,
    asked.vs ? (base ? `compared with ${baseLabel}` : `not compared: ${baseLabel}`) : null
  ]
    .filter(Boolean)
    .join(", ");
}

/** The question without its filters and days: `Revenue by country`, `Revenue and orders each month by category`. */
export function titleOf({asked, groups}, definitions) {
  return measureWords(asked, definitions) + byWords({groups});
}

/** Filters in words: `where country is France or Germany and category is Bikes`. */
export function filterWords(filters, {dimensions}) {
  const parts = Object.entries(filters).map(([name, members]) => {
    const {label} = dimensions.find((one) => one.name === name);
    return `${lower(label)} is ${membersWords(members)}`;
  });
  return parts.length ? `where ${parts.join(" and ")}` : "";
}

/** Members in words, at most three by name. */
export function membersWords(members) {
  const names = members.map((member) => memberName(member));
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** A member as it is written: what is null or empty has words too. */
export function memberName(member, most = 60) {
  if (member === null) return "no value";
  return member === "" ? "empty text" : brief(member, most);
}

/** The key of a period in words, for its chip. */
export function periodWords({label, from, to}) {
  return `${label}: ${date(from)} – ${date(to)}`;
}

/** A text with a small first letter, unless it is an abbreviation. */
export function lower(text) {
  return /^[A-Z][A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

function measureWords({measures}, definitions) {
  const labels = measures.map((name) => definitions.measures.find((one) => one.name === name).label);
  return list([labels[0], ...labels.slice(1).map(lower)]);
}

function byWords({groups}) {
  const grain = groups.find(({isGrain}) => isGrain);
  const others = groups
    .filter(({isGrain}) => !isGrain)
    .map(({label, top}) => `${lower(label)}${top ? ` (top ${top} and others)` : ""}`);
  return `${grain ? ` each ${grain.name}` : ""}${others.length ? ` by ${list(others)}` : ""}`;
}
