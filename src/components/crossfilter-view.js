import {addressOf} from "./builder-address.js";
import {exact, list, percent, span} from "./format.js";
import {lineCount, measuresOf} from "./crossfilter-frame.js";
import {selectSql} from "./semantic/select.js";

/** What an address without a word asks: no filter. */
export const unfiltered = {ranges: {}, members: {}};

const longest = 40;

/**
 * What the page's address asks of a frame's charts: `{measure, ranges, members, refused}`. `ranges` holds `{from, to}` by
 * chart: days, both within, or numbers, `from` within and `to` not, null where open. `members` holds texts (null: those
 * that are not known) by dimension. `membersOf(name)` gives the members that there are, or undefined as long as that is
 * not known. Whatever cannot be asked is left out, and said in `refused`, in words.
 */
export function readView(search, {frame, definitions, membersOf}) {
  const query = new URLSearchParams(search);
  const view = {measure: measuresOf(definitions)[0].name, ranges: {}, members: {}, refused: []};
  const charts = new Map(frame.charts.map((chart) => [chart.name, chart]));
  for (const key of new Set(query.keys())) {
    const values = [...new Set(query.getAll(key))];
    const chart = charts.get(key);
    if (key === "measure") readMeasure(view, values[0], definitions);
    else if (key === "unknown")
      for (const name of values) addMembers(view, charts.get(name), name, [null], membersOf);
    else if (!chart) view.refused.push(`“${brief(key)}” is nothing to filter by`);
    else if (chart.kind === "members") addMembers(view, chart, key, values, membersOf);
    else readRange(view, chart, values[0]);
  }
  return view;
}

function readMeasure(view, name, definitions) {
  if (measuresOf(definitions).some((one) => one.name === name)) view.measure = name;
  else view.refused.push(`“${brief(name)}” is no measure that adds up`);
}

function addMembers(view, chart, name, members, membersOf) {
  if (chart?.kind !== "members") return view.refused.push(`“${brief(name)}” is nothing to filter by`);
  const known = membersOf(name);
  for (const member of members)
    if (known && !known.has(member)) view.refused.push(`${chart.label} has no “${brief(member)}”`);
    else (view.members[name] ??= []).push(member);
}

function readRange(view, chart, text) {
  const [from, to, ...rest] = text.split("..").map((end) => (end === "" ? null : end));
  const range = chart.kind === "time" ? daysOf(from, to) : numbersOf(from, to);
  if (range && !rest.length && to !== undefined) view.ranges[chart.name] = range;
  else view.refused.push(`“${brief(text)}” is no range of ${chart.label}`);
}

function daysOf(from, to) {
  const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && new Date(text).toJSON()?.startsWith(text);
  return isDay(from) && isDay(to) && from <= to ? {from, to} : null;
}

function numbersOf(...texts) {
  const isNumber = (text) => text === null || (/^-?\d/.test(text ?? "") && Number.isFinite(Number(text)));
  if (!texts.every(isNumber)) return null;
  const [from, to] = texts.map((text) => (text === null ? null : Number(text)));
  if (from === null && to === null) return null;
  return from === null || to === null || from < to ? {from, to} : null;
}

/** The address of a view, from its `?` on. */
export function searchOf({measure, ranges, members}, definitions) {
  const query = new URLSearchParams();
  if (measure !== measuresOf(definitions)[0].name) query.set("measure", measure);
  for (const [name, {from, to}] of Object.entries(ranges)) query.set(name, `${from ?? ""}..${to ?? ""}`);
  for (const [name, chosen] of Object.entries(members))
    for (const member of chosen)
      if (member === null) query.append("unknown", name);
      else query.append(name, member);
  return query.size ? `?${query}` : "";
}

/** Whether a view leaves any line out. */
export function isFiltered({ranges, members}) {
  return Object.keys(ranges).length + Object.keys(members).length > 0;
}

/** A view with a chart's range, or with none. */
export function withRange(view, name, range) {
  return {...view, ranges: withEntry(view.ranges, name, range)};
}

/** A view with a dimension's chosen members; none of them is no filter. */
export function withMembers(view, name, chosen) {
  return {...view, members: withEntry(view.members, name, chosen.length ? chosen : null)};
}

function withEntry(entries, name, value) {
  const {...next} = entries;
  delete next[name];
  return value ? {...next, [name]: value} : next;
}

/** The filters of a view one by one: `{name, label, text, without}`, the view `without` it. */
export function filtersOf(view, {charts}) {
  return charts.flatMap((chart) => {
    const {name, label} = chart;
    const range = view.ranges[name];
    if (range) return [{name, label, text: rangeText(range, chart), without: withRange(view, name, null)}];
    const chosen = view.members[name] ?? [];
    return chosen.map((member) => ({
      name,
      label,
      text: memberText(member),
      without: withMembers(
        view,
        name,
        chosen.filter((one) => one !== member)
      )
    }));
  });
}

/** A range in words: `1 Jan – 31 Mar 2014`, `100 to under 200`, `200 or more`. */
export function rangeText({from, to}, chart) {
  if (chart.kind === "time") return span(from, to);
  const [low, high] = [from, to].map((value) => numberText(value, chart));
  if (from === null) return `under ${high}`;
  return to === null ? `${low} or more` : `${low} to under ${high}`;
}

/** An edge of a number's bin, in all its digits. */
export function numberText(value, {format}) {
  if (value === null) return null;
  return format === "percent"
    ? percent(value, Number.isInteger(Number((value * 100).toFixed(6))) ? 0 : 2)
    : exact(value);
}

/** A member as it is read: one that is not known, or is an empty text, has a name too. */
export function memberText(member) {
  if (member === null) return "not known";
  return member === "" ? "(empty)" : member;
}

/** The SQL of a view's exact sums, which the chips show and the SQL page opens: lines, revenue, orders and its measure. */
export function viewSql(view, {frame, definitions}) {
  const has = (name) => definitions.measures.some((measure) => measure.name === name);
  const measures = [...new Set(["lines", "revenue", "orders", view.measure])].filter(
    (name) => name === "lines" || has(name)
  );
  const time = frame.charts.find(({kind}) => kind === "time");
  const where = frame.charts.flatMap((chart) => numberConditions(view.ranges[chart.name], chart));
  return selectSql(
    {...definitions, measures: [lineCount, ...definitions.measures.filter(({name}) => name !== "lines")]},
    {
      measures,
      filters: view.members,
      ...view.ranges[time?.name],
      ...(where.length ? {where: where.join("\nand ")} : {})
    }
  );
}

function numberConditions(range, {kind, expr}) {
  if (!range || kind !== "number") return [];
  const {from, to} = range;
  return [from === null ? null : `${expr} >= ${from}`, to === null ? null : `${expr} < ${to}`].filter(
    Boolean
  );
}

/** The days that a frame is of, where it is not of all. */
export function shownDays({newest, first, last}) {
  return newest && {from: first, to: last};
}

/** The same selection on the sales dashboard, where its filters exist there; null where they do not. */
export function dashboardSearch(view, frame, dimensions) {
  const names = Object.keys(view.members);
  const {order_date: days, ...others} = view.ranges;
  if (Object.keys(others).length || names.some((name) => !dimensions.some((one) => one.name === name)))
    return null;
  if (names.some((name) => view.members[name].includes(null))) return null;
  const query = new URLSearchParams(days ?? shownDays(frame) ?? {period: "all"});
  for (const name of names) for (const member of view.members[name]) query.append(name, member);
  return `?${query}`;
}

/**
 * The same selection as a question, where it can be asked there: a question has no range of numbers, and its days leave
 * out lines without one. Null where it cannot.
 */
export function questionSearch({measure, ranges, members}, frame) {
  const time = frame.charts.find(({kind}) => kind === "time");
  const days = ranges[time?.name] ?? shownDays(frame);
  if (Object.keys(ranges).some((name) => name !== time?.name)) return null;
  if (!days && (!time || time.unknown.lines)) return null;
  return addressOf({
    measures: [measure],
    by: [],
    grain: time.grain,
    filters: members,
    period: days ? `${days.from}..${days.to}` : "all"
  });
}

/** What could not be asked, as one sentence. */
export function refusedSentence(refused) {
  return `Part of this link does not fit this release and is left out: ${list(refused.slice(0, 5))}${refused.length > 5 ? ` (and ${refused.length - 5} more)` : ""}.`;
}

function brief(text) {
  return String(text).length > longest ? `${String(text).slice(0, longest - 1)}…` : String(text);
}
