import {goTo, readQuestion} from "./question.js";
import {categories, mainMeasures, measureOf} from "./semantic/measures.js";
import {grainFor, grainsFor} from "./semantic/spans.js";

/** Names in the address that are no dimension's; a dimension of such a name is written `filter.NAME`. */
const own = "period from to compare grain reading measure sort open by over rows columns cells none".split(
  " "
);

/** What a leaderboard is sorted by; a sort ends in `.up` for the smallest first. */
export const sorts = ["value", "share", "change", "rate"];

/**
 * What the address asks of /explore, or null where the shop has no dated rows: what `readQuestion` reads of days and
 * comparison, and `{measure, filters, grain, sort: {key, isUp} | null, open, by, isOverTime, rows, columns, cells}`.
 * Whatever the address names that is not defined is as if it was not there.
 */
export function readExplore(search, {definitions, figures, first}) {
  const query = new URLSearchParams(search);
  const days = readQuestion(search, {figures, first});
  const main = mainMeasures(definitions);
  if (!days || !main.length) return null;
  const names = categories(definitions).map(({name}) => name);
  const one = (key, known) => (known.includes(query.get(key)) ? query.get(key) : null);
  const grains = grainsFor(days);
  return {
    ...days,
    measure: measureOf(definitions, query.get("measure"))?.name ?? main[0].measure.name,
    filters: filtersOf(query, names),
    asksGrain: one("grain", grains),
    grain: one("grain", grains) ?? grainFor(days),
    grains,
    sort: sortOf(query.get("sort")),
    open: one("open", names),
    by: one("by", names),
    isOverTime: query.get("over") === "time",
    rows: one("rows", names),
    columns: one("columns", [...names, ...grains]),
    cells: one("cells", ["change", "rate"]) ?? "value"
  };
}

/** Goes to the question with some parts changed, as a new entry of the browser's history. */
export function explore(question, changes) {
  goTo(searchOf({...question, ...changes}));
}

/** The address of a question of `readExplore`. */
export function searchOf(question) {
  const {period, from, to, asked, measure, asksGrain, sort, open, by, isOverTime, rows, columns, cells} =
    question;
  const query = new URLSearchParams(period === null ? {from, to} : {period});
  const set = (key, value) => value && query.set(key, value);
  set("compare", asked);
  set("measure", measure);
  set("grain", asksGrain);
  set("sort", sort && `${sort.key}${sort.isUp ? ".up" : ""}`);
  set("open", open);
  set("by", by);
  set("over", isOverTime && "time");
  set("rows", rows);
  set("columns", columns);
  set("cells", cells !== "value" && cells);
  for (const [name, members] of Object.entries(question.filters))
    for (const member of members)
      if (member === null) query.append("none", name);
      else query.append(keyOf(name), member);
  return `?${query}`;
}

/** Whether the extract of the first paint cannot answer days or filters. */
export function needsDatabase({period, filters}, extract) {
  return period !== extract.period || Object.keys(filters).length > 0;
}

function filtersOf(query, names) {
  const filters = {};
  for (const name of names) {
    const members = [...new Set(query.getAll(keyOf(name)))];
    if (query.getAll("none").includes(name)) members.push(null);
    if (members.length) filters[name] = members;
  }
  return filters;
}

function keyOf(name) {
  return own.includes(name) ? `filter.${name}` : name;
}

function sortOf(text) {
  const [key, end] = (text ?? "").split(".");
  return sorts.includes(key) ? {key, isUp: end === "up"} : null;
}
