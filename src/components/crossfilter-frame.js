import {months, weekdaysFrom} from "./shop.js";
import {addDays} from "./time.js";

/** The numbers of a sales line that a histogram is drawn of: a name, what it is, its expression. */
export const numbers = [
  {name: "sales_amount", label: "Line amount", format: "money", expr: "cast(sales_amount as double)"},
  {name: "unit_price", label: "Unit price", format: "money", expr: "cast(unit_price as double)"},
  {
    name: "margin_share",
    label: "Margin % of a line",
    format: "percent",
    expr: "cast(margin_amount as double) / nullif(cast(sales_amount as double), 0)"
  }
];

/** Members that a chart of many lists by name until they are searched. */
export const most = 50;

/** How many sales lines a browser filters by without a wait; of more, the newest days with about as many. */
const mostLines = 1_000_000;

/** How many lines a selection has: a measure beside the defined ones. */
export const lineCount = {
  kind: "simple",
  name: "lines",
  label: "Sales lines",
  description: "Sales lines.",
  format: "integer",
  agg: "count",
  expr: "*"
};

/** The measures that parts add up to the whole of, and so can be cross-filtered by: sums and counts. */
export function measuresOf({measures}) {
  return measures.filter(({kind, agg}) => kind === "simple" && (agg === "sum" || agg === "count"));
}

/** The categorical dimensions, each of which gets a chart. */
export function dimensionsOf({dimensions}) {
  return dimensions.filter(({kind}) => kind === "categorical");
}

/**
 * Every chart of the page with the unfiltered sums of the first measure, asked by `query(sql)`, which answers an array of
 * objects: `{measure, lines, first, last, through, newest, charts, single}`. Of more than `atMost` lines the charts are of
 * the newest days alone: `newest` is then `{from, of}`, their first day and how many lines there are. A chart is one of
 * - `{kind: "time", name, label, grain, bins: [{from, to, isPartial}]}`
 * - `{kind: "number", name, label, format, step, bins: [{from, to}]}`, `from` or `to` null where a bin is open
 * - `{kind: "members", name, label, size, members}`, the largest 50 of `size`
 * with `values` and `lines` by bin or member, and `unknown: {value, lines}` of lines that are in none.
 * `single` names the dimensions all of whose lines agree.
 */
export async function readFrame(query, given, {through, atMost = mostLines}) {
  const [measure] = measuresOf(given);
  const newest = await newestOf(query, given, atMost);
  const definitions = definitionsOf(given, {newest});
  const {relation} = definitions;
  const [known] = await query(extentSql(definitions));
  const {lines, first, last} = known;
  const base = {measure: measure.name, lines, first, last, through, newest};
  if (!known.lines) return {...base, charts: [], single: []};
  const charts = [];
  if (known.first !== null) charts.push(await readTime(query, definitions, base));
  for (const number of numbers) {
    const {low, high, least, greatest} = JSON.parse(known[number.name]);
    if (low === null) continue;
    const chart = {kind: "number", ...number, ...binsOf({low, high, least, greatest})};
    const rows = await query(sumsSql(relation, measure, binSql(chart)));
    charts.push({...chart, ...byPosition(rows, chart.bins.length)});
  }
  const single = [];
  for (const {name, label, expr} of dimensionsOf(definitions)) {
    const rows = await query(membersSql(relation, measure, expr));
    if (rows.length < 2) single.push({label, member: rows[0]?.member ?? null});
    else
      charts.push({
        kind: "members",
        name,
        label,
        size: rows.length,
        ...columnsOf(
          rows.toSorted(bySize(name, definitions.week ?? 0)).slice(0, rows.length <= 30 ? 30 : most)
        )
      });
  }
  return {...base, charts, single};
}

/** The definitions over the lines that a frame is of. */
export function definitionsOf(definitions, {newest}) {
  if (!newest) return definitions;
  const {relation} = definitions;
  return {
    ...definitions,
    relation: `(select * from ${relation} where ${timeOf(definitions).expr} >= date '${newest.from}')`
  };
}

function timeOf({time, dimensions}) {
  return dimensions.find(({name}) => name === time);
}

async function newestOf(query, definitions, atMost) {
  const [{lines}] = await query(`select cast(count(*) as double) as lines from ${definitions.relation}`);
  if (lines <= atMost) return null;
  const [{day}] = await query(`with days as (
  select cast(${timeOf(definitions).expr} as date) as day, count(*) as lines from ${definitions.relation} group by 1
),
sums as (
  select day, sum(lines) over (order by day desc) as lines, max(day) over () as last from days where day is not null
)
select cast(min(day) as varchar) as day from sums where lines <= ${atMost} or day = last`);
  return day === null ? null : {from: day, of: lines};
}

async function readTime(query, definitions, base) {
  const {name, label} = timeOf(definitions);
  const chart = {kind: "time", name, label, ...spansOf(base)};
  const rows = await query(
    sumsSql(definitions.relation, measuresOf(definitions)[0], keySql(chart, definitions))
  );
  return {...chart, ...byPosition(rows, chart.bins.length)};
}

function extentSql(definitions) {
  const {expr} = timeOf(definitions);
  const parts = numbers.map(
    ({name, expr}) => `to_json({
    low: quantile_cont(${expr}, 0.01), high: quantile_cont(${expr}, 0.99), least: min(${expr}), greatest: max(${expr})
  })::varchar as ${name}`
  );
  return `select
  cast(count(*) as double) as lines,
  cast(min(${expr}) as varchar) as first,
  cast(max(${expr}) as varchar) as last,
  ${parts.join(",\n  ")}
from ${definitions.relation}`;
}

function sumsSql(relation, measure, key) {
  return `select
  cast(${key} as double) as key, cast(sum(${valueSql(measure)}) as double) as value, cast(count(*) as double) as lines
from ${relation} group by 1`;
}

function membersSql(relation, measure, expr) {
  return `select
  cast(${expr} as varchar) as member, cast(sum(${valueSql(measure)}) as double) as value, cast(count(*) as double) as lines
from ${relation} group by 1`;
}

/** What a line adds to a measure. */
export function valueSql({agg, expr}) {
  return agg === "count" && expr !== "*"
    ? `case when ${expr} is not null then 1 end`
    : expr === "*"
      ? "1"
      : expr;
}

/** The position of a line in a chart over time or of a number: the number of its bin, null where it is in none. */
export function keySql(chart, definitions) {
  if (chart.kind === "number") return binSql(chart);
  const {expr} = definitions.dimensions.find(({name}) => name === chart.name);
  return `datediff('${chart.grain}', date '${chart.bins[0].from}', ${expr})`;
}

/**
 * The bin of a number. Its edges are multiples of a step that is an integer or one over an integer, so that they are the
 * very doubles that `edge` gives; the quotient alone may fall on the wrong side of one.
 */
function binSql({expr, step, least, bins}) {
  const floor = `floor(${expr} ${step.over === 1 ? `/ ${step.times}.0` : `* ${step.over}.0 / ${step.times}.0`})`;
  const edge = (n) => `(${n} * ${step.times}.0 / ${step.over}.0)`;
  const exact = `${floor} + cast(${expr} >= ${edge(`(${floor} + 1)`)} as integer) - cast(${expr} < ${edge(floor)} as integer)`;
  return `least(greatest(${exact}, ${least}), ${least + bins.length - 1}) - ${least}`;
}

/** Bins between the first and the last percent, the first and the last open where there are numbers beyond. */
function binsOf({low, high, least, greatest}) {
  const step = stepOf((high - low) / 24 || Math.abs(high) / 24 || 1);
  const at = (value) => Math.floor((value * step.over) / step.times);
  const [first, last] = [at(low), at(high)];
  const edge = (n) => (n * step.times) / step.over;
  const bins = Array.from({length: last - first + 1}, (_, n) => ({
    from: edge(first + n),
    to: edge(first + n + 1)
  }));
  if (least < bins[0].from) bins[0].from = null;
  if (greatest >= bins.at(-1).to) bins.at(-1).to = null;
  return {step, least: first, bins};
}

/** One, two or five times a power of ten, as a fraction. */
function stepOf(wanted) {
  const power = Math.floor(Math.log10(wanted));
  const digit = [1, 2, 5, 10].find((one) => one * 10 ** power >= wanted * 0.999) ?? 10;
  return power >= 0 ? {times: digit * 10 ** power, over: 1} : {times: digit, over: 10 ** -power};
}

/** Days, months or years, whichever are few enough to be bars; the first and last end with the data. */
function spansOf({first, last, through}) {
  const days = (Date.parse(last) - Date.parse(first)) / 86_400_000;
  const grain = days <= 124 ? "day" : days <= 31 * 150 ? "month" : "year";
  const bins = [];
  for (let start = startOf(first, grain); start <= last; start = nextOf(start, grain)) {
    const end = addDays(nextOf(start, grain), -1);
    const [from, to] = [start < first ? first : start, end > last ? last : end];
    bins.push({from, to, isPartial: from > start || to < end || end > (through ?? end)});
  }
  return {grain, bins};
}

function startOf(day, grain) {
  if (grain === "day") return day;
  return grain === "month" ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`;
}

function nextOf(start, grain) {
  if (grain === "day") return addDays(start, 1);
  return startOf(addDays(start, grain === "month" ? 31 : 366), grain);
}

function byPosition(rows, length) {
  const values = new Array(length).fill(0);
  const lines = new Array(length).fill(0);
  const unknown = {value: 0, lines: 0};
  for (const row of rows)
    if (row.key === null) Object.assign(unknown, {value: row.value ?? 0, lines: row.lines});
    else {
      values[row.key] = row.value ?? 0;
      lines[row.key] = row.lines;
    }
  return {values, lines, unknown};
}

function columnsOf(rows) {
  return {
    members: rows.map(({member}) => member),
    values: rows.map(({value}) => value ?? 0),
    lines: rows.map(({lines}) => lines),
    unknown: {value: 0, lines: 0}
  };
}

/** Members in their own order where they have one, else the largest first; what is not known comes last. */
function bySize(name, week) {
  const order = {weekday: weekdaysFrom(week), month_name: months}[name];
  const place = ({member}) => {
    const found = order?.indexOf(member) ?? 0;
    return member === null || member === "n/a" || found < 0 ? Infinity : found;
  };
  return (a, b) => {
    const [left, right] = [place(a), place(b)];
    if (left !== right) return left - right;
    return (b.value ?? 0) - (a.value ?? 0) || (String(a.member) < String(b.member) ? -1 : 1);
  };
}
