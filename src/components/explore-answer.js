import {needsDatabase} from "./explore-question.js";
import {categories, measureOf, simpleParts, valueOf, valueOfNothing} from "./semantic/measures.js";
import {ranked} from "./semantic/members.js";
import {bucketsFrom} from "./semantic/spans.js";
import {addYears, startOf, yearBefore} from "./time.js";
import {showWork} from "./work.js";

/*
 * What /explore shows, from the extract of the first paint or from the browser's DuckDB, in the same shapes: simple
 * measures by name, of which ratios are made, so that nothing is summed that does not add up.
 */

let working = 0;

/** The same with the page dimmed and its status line told, over several that work at once. */
async function atWork(step, work) {
  working++;
  showWork(step);
  try {
    return await work();
  } finally {
    working--;
    if (!working) showWork(null);
  }
}

/** Answers as they come: null where the first one takes the browser's DuckDB, then the answer, which is kept. */
export async function* answersOf(name, question, context, kept) {
  const answer = {head: headOf, boards: boardsOf}[name](question, context, kept[name]);
  if (question && !kept[name] && needsDatabase(question, context.extract)) yield null;
  yield (kept[name] = await answer);
}

/**
 * `{question, current, base, months, buckets, lines, standing}`: every simple measure of the selection now and before,
 * by month (26, for sparklines), the chosen measure by grain, and the lines behind it. A failure keeps the last answer
 * and tells `error`.
 */
export async function headOf(question, context, last) {
  if (!question) return null;
  const {extract} = context;
  try {
    if (!needsDatabase(question, extract) && question.grain === "month")
      return headFromExtract(question, context);
    return await atWork("Asking the browser's DuckDB…", () => headFromDatabase(question, context));
  } catch (error) {
    const kept = last ?? headFromExtract(context.started, context);
    return {...kept, error: {step: "asking the browser's DuckDB", message: error.message}};
  }
}

function headFromExtract(question, {definitions, extract, figures, first}) {
  const named = (values) => Object.fromEntries(extract.measures.map((name, i) => [name, values[i]]));
  const measure = measureOf(definitions, question.measure);
  const valuesOf = (rows) =>
    new Map(rows.map(([start, ...values]) => [start, valueOf(measure, named(values))]));
  const row = figures.find(({period, span}) => period === extract.period && span === "current");
  return {
    question,
    current: named(extract.totals.current),
    base: question.base ? named(extract.totals[question.base]) : null,
    months: extract.months.map(([month, ...values]) => ({month, ...named(values)})),
    buckets: bucketsOf(
      question,
      measure,
      valuesOf(extract.series.current),
      valuesOf(extract.series.before),
      first
    ),
    lines: row?.lines ?? 0,
    standing: row && {
      lines: row.lines,
      corrected_lines: row.corrected_lines,
      assumed_lines: row.assumed_lines
    }
  };
}

async function headFromDatabase(question, {definitions, first}) {
  const {askOnce, askSpans, askStanding} = await import("./semantic/ask.js");
  const {filters, from, to, grain, through, base, spans} = question;
  const measures = simpleParts(definitions).map(({name}) => name);
  const measure = measureOf(definitions, question.measure);
  const parts = simpleParts(definitions, [measure]).map(({name}) => name);
  const series = (span) =>
    askOnce({measures: parts, filters, grain, ...span}).then(
      (rows) => new Map(rows.map((row) => [row[grain], valueOf(measure, row)]))
    );
  const before = {from: yearBefore(from, grain), to: yearBefore(to, grain)};
  const [[[current], based], values, valuesBefore, months, standing] = await Promise.all([
    askSpans({measures, filters}, {from, to}, base && spans[base]),
    series({from, to}),
    question.compare === "none" ? null : series(before),
    askOnce({measures, filters, grain: "month", from: startOf(addYears(through, -2), "month"), to: through}),
    askStanding({filters, from, to})
  ]);
  return {
    question,
    current,
    base: based?.[0] ?? null,
    months,
    buckets: bucketsOf(question, measure, values, valuesBefore, first),
    lines: standing.lines,
    standing
  };
}

function bucketsOf({from, to, grain, compare}, measure, values, before, first) {
  return bucketsFrom({from, to}, grain, {
    values,
    before: compare === "none" ? null : before,
    nothing: valueOfNothing(measure),
    first
  });
}

/**
 * Of each dimension its members by the chosen measure: `{question, of: {country: {count, isWhole, rows: [{member, value,
 * base}], total}}}`. A dimension's own filter does not hide its members. `isWhole`: all are there, else those that lead.
 */
export async function boardsOf(question, context, last) {
  if (!question) return null;
  const {definitions, extract} = context;
  const names = categories(definitions).map(({name}) => name);
  const known = needsDatabase(question, extract) ? {} : boardsFromExtract(question, context);
  const missing = names.filter((name) => !known[name] || (!known[name].isWhole && isBeyond(question, name)));
  if (!missing.length) return {question, of: known};
  try {
    return await atWork("Asking the browser's DuckDB…", async () => {
      const found = await Promise.all(missing.map((name) => boardFromDatabase(question, name, definitions)));
      return {question, of: {...known, ...Object.fromEntries(missing.map((name, i) => [name, found[i]]))}};
    });
  } catch {
    // the failure is told by the head, which asks the same engine
    return last ?? {question: context.started, of: boardsFromExtract(context.started, context)};
  }
}

/** Whether a board shows what the members that lead do not answer. */
function isBeyond({sort, open}, name) {
  return open === name || (sort && (sort.isUp || !["value", "share"].includes(sort.key)));
}

const positions = {previous: 2, last_year: 3};

function boardsFromExtract(question, {definitions, extract}) {
  const measure = measureOf(definitions, question.measure);
  const nothing = valueOfNothing(measure);
  const named = (values) => Object.fromEntries(extract.measures.map((name, i) => [name, values[i]]));
  const value = (values) => (values ? valueOf(measure, named(values)) : nothing);
  const at = positions[question.base];
  const total = {
    value: value(extract.totals.current),
    base: question.base ? value(extract.totals[question.base]) : null
  };
  return Object.fromEntries(
    Object.entries(extract.dimensions).map(([name, {count, rows}]) => {
      const shown = rows
        .filter((row) => row[1] || (at && row[at]))
        .map((row) => ({member: row[0], value: value(row[1]), base: at ? value(row[at]) : null}));
      const isWhole = rows.length === count;
      return [name, {count: isWhole ? shown.length : count, isWhole, rows: ranked(shown), total}];
    })
  );
}

async function boardFromDatabase(question, name, definitions) {
  const [{askSpans}, {membersOf}] = await Promise.all([
    import("./semantic/ask.js"),
    import("./semantic/members.js")
  ]);
  const {from, to, base, spans} = question;
  const filters = {...question.filters};
  delete filters[name];
  const asked = {measures: [question.measure], filters};
  const days = [{from, to}, base ? spans[base] : null];
  const [[rows, rowsBefore], [[whole], wholeBefore]] = await Promise.all([
    askSpans({...asked, by: [name]}, ...days),
    askSpans(asked, ...days)
  ]);
  const members = membersOf(measureOf(definitions, question.measure), name, rows, rowsBefore);
  const total = {value: whole[question.measure], base: wholeBefore?.[0][question.measure] ?? null};
  return {count: members.length, isWhole: true, rows: members, total};
}
