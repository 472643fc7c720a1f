import {askDays, askOnce, askSpans, askStanding, definitions} from "./ask.js";
import {dimensionOf, measureOf, valueOfNothing} from "./measures.js";
import {membersOf} from "./members.js";
import {baseOf, bucketsFrom, grainFor} from "./spans.js";
import {yearBefore} from "../time.js";

const lines = 5;

/**
 * Answers what a card asks, in the browser's DuckDB; the options are those of `MeasureCard`. `{definitions, measure,
 * dimension, grain, filters, from, to, first, through, base, total: {value, base}, standing}` and, by shape, `buckets`
 * (by grain), `rows` (`{member, value, base}` by dimension, largest first), or `starts`, `partial` and `series` (dimension
 * by grain: the members that lead and one for the rest, each with its values by bucket). The total is always asked for
 * itself, never summed up. Null for a shop without dated lines.
 */
export async function answerMeasure(options) {
  const [defined, days] = await Promise.all([definitions(), askDays()]);
  if (!days) return null;
  const asked = askedOf(defined, days, options);
  const [total, standing] = await Promise.all([totalOf(asked), standingOf(asked)]);
  return {...asked, total, standing, ...(await shapeOf(asked))};
}

/** The options completed: names become definitions, days that are not given the last twelve months. */
function askedOf(defined, days, {measure, by, grain, filters = {}, compare = "last_year", ...options}) {
  const found = measureOf(defined, measure);
  if (!found) throw new Error(`unknown measure: ${measure}`);
  const dimension = by ? dimensionOf(defined, by) : null;
  if (by && !dimension) throw new Error(`unknown dimension: ${by}`);
  const {first, through} = days;
  const {from = days.from, to = through} = options;
  const base = baseOf({from, to}, compare, first);
  const usedGrain = grain === true ? grainFor({from, to}) : (grain ?? null);
  return {
    ...{definitions: defined, measure: found, dimension, grain: usedGrain},
    ...{filters, from, to, first, through, compare, base}
  };
}

/** The lines behind a selection, and what the source reports of the measure. */
async function standingOf({measure, filters, from, to}) {
  const name = measure.as_reported;
  const [standing, reported] = await Promise.all([
    askStanding({filters, from, to}),
    name ? askOnce({measures: [name], filters, from, to}).then(([row]) => row[name]) : null
  ]);
  return {...standing, reported};
}

async function totalOf({measure, filters, from, to, base}) {
  const [[now], before] = await askSpans({measures: [measure.name], filters}, {from, to}, base);
  return {value: now[measure.name], base: before?.[0][measure.name] ?? null};
}

function shapeOf(asked) {
  if (asked.dimension && asked.grain) return bothWays(asked);
  if (asked.dimension) return byDimension(asked).then((rows) => ({rows}));
  if (asked.grain) return byGrain(asked).then((buckets) => ({buckets}));
  return {};
}

async function byGrain({measure, grain, filters, from, to, first, compare}) {
  const ask = (span) =>
    askOnce({measures: [measure.name], grain, filters, ...span}).then(
      (rows) => new Map(rows.map((row) => [row[grain], row[measure.name]]))
    );
  const [values, before] = await Promise.all([
    ask({from, to}),
    compare === "none" ? null : ask({from: yearBefore(from, grain), to: yearBefore(to, grain)})
  ]);
  return bucketsFrom({from, to}, grain, {values, before, first, nothing: valueOfNothing(measure)});
}

async function byDimension({measure, dimension, filters, from, to, base}) {
  const question = {measures: [measure.name], by: [dimension.name], filters};
  const [now, before] = await askSpans(question, {from, to}, base);
  return membersOf(measure, dimension.name, now, before);
}

async function bothWays(asked) {
  const {measure, dimension, grain, filters, from, to} = asked;
  const rows = await byDimension({...asked, base: null});
  const size = ({value}) => Math.abs(value ?? 0);
  const leading = rows
    .toSorted((a, b) => size(b) - size(a))
    .slice(0, lines)
    .map(({member}) => member);
  const question = {measures: [measure.name], grain, from, to};
  const named = await askOnce({
    ...question,
    by: [dimension.name],
    filters: {...filters, [dimension.name]: leading}
  });
  const rest = rows.length > leading.length ? await askRest(question, filters, dimension, leading) : null;
  const buckets = bucketsFrom({from, to}, grain, {values: new Map(), before: null});
  const starts = buckets.map(({start}) => start);
  const partial = buckets.map(({isPartial}) => isPartial);
  const nothing = valueOfNothing(measure);
  const valuesOf = (found) => {
    const byStart = new Map(found.map((row) => [row[grain], row[measure.name]]));
    return starts.map((start) => (byStart.has(start) ? byStart.get(start) : nothing));
  };
  const series = leading.map((member) => ({
    member,
    isRest: false,
    values: valuesOf(named.filter((row) => row[dimension.name] === member))
  }));
  const others = rest && {
    member: null,
    isRest: true,
    members: rows.length - leading.length,
    values: valuesOf(rest)
  };
  return {rows, starts, partial, series: others ? [...series, others] : series};
}

/** All members but some, as one: asked for themselves, since not every measure adds up. */
function askRest(question, filters, {expr}, leading) {
  const texts = leading.filter((member) => member !== null).map((text) => `'${text.replaceAll("'", "''")}'`);
  const text = `cast(${expr} as varchar)`;
  const isOther = texts.length ? `${text} not in (${texts.join(", ")})` : "true";
  const where = leading.includes(null)
    ? `${expr} is not null and ${isOther}`
    : `(${expr} is null or ${isOther})`;
  return askOnce({...question, filters, where});
}
