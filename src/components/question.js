import {rememberFocus} from "./focus.js";
import {date} from "./format.js";
import {baseOf} from "./semantic/spans.js";

/** The dimensions a page filters by: name in the data, label, plural. */
export const dimensions = [
  {name: "category", label: "Category", plural: "categories"},
  {name: "subcategory", label: "Subcategory", plural: "subcategories"},
  {name: "product_name", label: "Product", plural: "products"},
  {name: "country", label: "Country", plural: "countries"},
  {name: "product_line", label: "Product line", plural: "product lines"},
  {name: "weekday", label: "Weekday", plural: "weekdays"},
  {name: "age_band", label: "Age", plural: "age bands"}
];

/** The comparisons a page offers. */
export const comparisons = [
  {name: "last_year", label: "same period last year", short: "a year earlier"},
  {name: "previous", label: "previous period", short: "the period before"},
  {name: "none", label: "no comparison"}
];

const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(Date.parse(text));

/**
 * What the page's address asks, or null where the shop has no dated rows: `{period, label, from, to, compare, base,
 * baseName, grain, reading, filters, spans}`. `spans` holds `current`, `previous` and `last_year` as `{from, to}` or null;
 * `base` names the one compared with, null where the data begin later; `own` holds the texts of the page's own parameters.
 */
export function readQuestion(search, {figures, first, own = []}) {
  const query = new URLSearchParams(search);
  const presets = presetsOf(figures);
  if (!presets.length) return null;
  const through = presets[0].ends_on;
  const preset = presets.find(({period}) => period === query.get("period"));
  const range = preset ? null : rangeOf(query, first, through);
  const chosen = preset ?? (range ? null : (presets.find(({period}) => period === "12m") ?? presets[0]));
  const spans = chosen ? presetSpans(figures, chosen.period) : rangeSpans(range);
  const asked = comparisons.find(({name}) => name === query.get("compare"))?.name ?? null;
  const isComplete = (name) => spans[name] !== null && spans[name].from >= first;
  const compare = asked ?? ["last_year", "previous"].find(isComplete) ?? "none";
  const base = compare !== "none" && isComplete(compare) ? compare : null;
  return {
    period: chosen?.period ?? null,
    label: chosen ? chosen.label : "the chosen days",
    ...spans.current,
    first,
    through,
    asked,
    compare,
    base,
    baseShort: comparisons.find(({name}) => name === base)?.short,
    baseName: base ? comparisons.find(({name}) => name === base).label : whyNoBase(asked, spans, first),
    grain: ["day", "week", "month"].find((grain) => grain === query.get("grain")) ?? null,
    reading: query.get("reading") === "reported" ? "reported" : "corrected",
    filters: filtersOf(query),
    own: Object.fromEntries(own.map((name) => [name, query.get(name)]).filter(([, value]) => value)),
    spans
  };
}

/** The preset spans, in order. */
export function presetsOf(figures) {
  return figures.filter(({span}) => span === "current");
}

/** Whether anything is asked that only the browser's DuckDB can answer. */
export function needsDatabase({period, filters}) {
  return period === null || Object.keys(filters).length > 0;
}

/** Goes to the question with some parts changed, as a new entry of the browser's history. */
export function ask(question, changes) {
  goTo(searchOf({...question, ...changes}));
}

/** Goes to a query of the page's address (`?…`, or nothing), as a new entry of the browser's history; watchers are told. */
export function goTo(search) {
  if (search === location.search) return;
  rememberFocus();
  history.pushState(null, "", search || location.pathname);
  window.dispatchEvent(new Event("question"));
}

/** The dimension a change is broken out by: the coarsest product level that the filters leave open. */
export function breakOut(filters) {
  return dimensions.slice(0, 3).find(({name}) => filters[name]?.length !== 1) ?? dimensions[2];
}

/** Calls `notify` with the address's query, now and whenever it changes. */
export function watchSearch(notify) {
  const told = () => notify(location.search);
  told();
  window.addEventListener("question", told);
  window.addEventListener("popstate", told);
  return () => {
    window.removeEventListener("question", told);
    window.removeEventListener("popstate", told);
  };
}

/** The filters that the address names now, which a page may still be asking. */
export function filtersNow() {
  return filtersOf(new URLSearchParams(location.search));
}

/** The filters with one member chosen: alone, or (`adds`) beside the others; a chosen one is let go. */
export function toggled(filters, dimension, member, {adds = false} = {}) {
  const chosen = filters[dimension] ?? [];
  const isChosen = chosen.includes(member);
  const next = adds
    ? isChosen
      ? chosen.filter((one) => one !== member)
      : [...chosen, member]
    : isChosen && chosen.length === 1
      ? []
      : [member];
  const rest = {...filters};
  delete rest[dimension];
  return next.length ? {...rest, [dimension]: next} : rest;
}

function searchOf({period, from, to, asked, grain, reading, filters, own = {}}) {
  const query = new URLSearchParams();
  if (period === null) {
    query.set("from", from);
    query.set("to", to);
  } else query.set("period", period);
  if (asked) query.set("compare", asked);
  if (grain) query.set("grain", grain);
  if (reading === "reported") query.set("reading", reading);
  for (const [dimension, members] of Object.entries(filters))
    for (const member of members) query.append(dimension, member);
  for (const [name, value] of Object.entries(own)) query.set(name, value);
  return `?${query}`;
}

function filtersOf(query) {
  const filters = {};
  for (const {name} of dimensions) {
    const members = [...new Set(query.getAll(name))];
    if (members.length) filters[name] = members;
  }
  return filters;
}

function rangeOf(query, first, through) {
  const [from, to] = [query.get("from"), query.get("to")];
  if (!isDay(from) || !isDay(to)) return null;
  const range = {from: from < first ? first : from, to: to > through ? through : to};
  return range.from > range.to ? null : range;
}

function presetSpans(figures, period) {
  const spanOf = (name) => {
    const row = figures.find((one) => one.period === period && one.span === name);
    return row ? {from: row.starts_on, to: row.ends_on} : null;
  };
  return {current: spanOf("current"), previous: spanOf("previous"), last_year: spanOf("last_year")};
}

function rangeSpans(current) {
  return {
    current,
    previous: baseOf(current, "previous"),
    last_year: baseOf(current, "last_year")
  };
}

function whyNoBase(asked, spans, first) {
  return asked === "none" || !spans.last_year ? "no comparison" : `data begin ${date(first)}`;
}
