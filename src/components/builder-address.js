import {brief} from "./chart-frame.js";
import {readPeriod} from "./builder-period.js";

/** Spans of time a question is split by. */
export const grains = ["day", "week", "month", "quarter", "year"];

/** How an answer may be drawn. */
export const charts = ["figure", "bars", "ranked", "lines", "stacked", "grouped", "heat", "table"];

const most = {measures: 4, by: 2, members: 100, top: 500};

/** What a question names at first: the first measure over the last twelve months. */
export function plainQuestion({definitions, offered}) {
  const usual = offered.periods.find(({period}) => period === "12m") ?? offered.periods[0];
  return {
    measures: [definitions.measures[0].name],
    by: [],
    grain: null,
    filters: {},
    period: usual?.period ?? "all",
    vs: null,
    top: null,
    isPivoted: false,
    chart: null
  };
}

/**
 * The question of an address: `{asked, dropped}`. `asked` is null where the address asks nothing, else
 * `{measures, by, grain, filters, period, vs, top, isPivoted, chart}`, always one that can be answered; `dropped` names,
 * for a reader, what the address holds that is left out. It never throws.
 */
export function readAddress(search, context) {
  const query = new URLSearchParams(search);
  if (![...query.keys()].length) return {asked: null, dropped: []};
  const dropped = [];
  const drop = (what, text, why) => dropped.push(`${what} “${brief(text, 40)}”${why ? ` (${why})` : ""}`);
  const parts = {query, drop, plain: plainQuestion(context), ...context};
  return {
    asked: {
      measures: readMeasures(parts),
      by: readBy(parts),
      grain: oneOf(parts, "each", grains, "grain"),
      filters: readFilters(parts),
      period: readPeriodKey(parts),
      vs: oneOf(parts, "vs", ["last_year", "previous"], "comparison"),
      top: readTop(parts),
      isPivoted: oneOf(parts, "pivot", ["yes"], "pivot") === "yes",
      chart: oneOf(parts, "chart", charts, "chart")
    },
    dropped: [...dropped, ...unknownOf(query)]
  };
}

/** The address of a question, from its question mark on. */
export function addressOf({measures, by, grain, filters, period, vs, top, isPivoted, chart}) {
  const query = new URLSearchParams({measure: measures.join(" ")});
  if (by.length) query.set("by", by.join(" "));
  if (grain) query.set("each", grain);
  for (const [dimension, members] of Object.entries(filters))
    for (const member of members)
      if (member === null) query.append("missing", dimension);
      else query.append(`is.${dimension}`, member);
  query.set("period", period);
  if (vs) query.set("vs", vs);
  if (top) query.set("top", String(top));
  if (isPivoted) query.set("pivot", "yes");
  if (chart) query.set("chart", chart);
  return `?${query}`;
}

/** The dimensions a question is broken out and filtered by. */
export function categorical({dimensions}) {
  return dimensions.filter(({kind}) => kind === "categorical");
}

function readMeasures({query, drop, definitions, plain}) {
  const names = words(query.get("measure"));
  const known = names.filter((name) => definitions.measures.some((one) => one.name === name));
  for (const name of names.filter((one) => !known.includes(one)))
    drop("measure", name, "there is none of this name");
  for (const name of known.slice(most.measures)) drop("measure", name, "at most four are shown at once");
  return known.length ? known.slice(0, most.measures) : plain.measures;
}

function readBy({query, drop, definitions}) {
  const names = words(query.get("by"));
  const known = names.filter((name) => categorical(definitions).some((one) => one.name === name));
  for (const name of names.filter((one) => !known.includes(one)))
    drop("break-out", name, "there is no such dimension");
  for (const name of known.slice(most.by)) drop("break-out", name, "there may be two");
  return known.slice(0, most.by);
}

function readFilters({query, drop, definitions}) {
  const filters = {};
  for (const {name} of categorical(definitions)) {
    const members = [...new Set(query.getAll(`is.${name}`))];
    for (const member of members.slice(most.members)) drop(name, member, "too many to filter by");
    const all = [
      ...members.slice(0, most.members),
      ...(query.getAll("missing").includes(name) ? [null] : [])
    ];
    if (all.length) filters[name] = all;
  }
  const isKnown = (name) => categorical(definitions).some((one) => one.name === name);
  for (const key of new Set(query.keys()))
    if (key.startsWith("is.") && !isKnown(key.slice(3)))
      drop("filter", key.slice(3), "there is no such dimension");
  for (const name of query.getAll("missing"))
    if (!isKnown(name)) drop("filter", name, "there is no such dimension");
  return filters;
}

function readPeriodKey({query, drop, offered, plain}) {
  const key = query.get("period");
  if (key === null) return plain.period;
  if (readPeriod(key, offered)) return key;
  drop(
    "period",
    key,
    offered.first ? `the data are from ${offered.first} to ${offered.through}` : "there are no days"
  );
  return plain.period;
}

function readTop({query, drop}) {
  const text = query.get("top");
  if (text === null) return null;
  if (text === "all") return "all";
  const number = Number(text);
  if (/^\d{1,3}$/.test(text) && number >= 1 && number <= most.top) return number;
  drop("top", text, `a number from 1 to ${most.top}, or all`);
  return null;
}

function oneOf({query, drop}, key, values, what) {
  const text = query.get(key);
  if (text === null || values.includes(text)) return text;
  drop(what, text, `${values.join(", ")} can be asked`);
  return null;
}

function unknownOf(query) {
  const known = ["measure", "by", "each", "missing", "period", "vs", "top", "pivot", "chart"];
  const unknown = [...new Set(query.keys())].filter((key) => !known.includes(key) && !key.startsWith("is."));
  return unknown.map((key) => `“${brief(key, 40)}”`);
}

/** Names in a parameter: parted by blanks (a plus in the address) or commas, each once. */
function words(text) {
  return [...new Set((text ?? "").split(/[\s,]+/).filter(Boolean))];
}
