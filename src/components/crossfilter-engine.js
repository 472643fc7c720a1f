import {openDatabase} from "./database.js";
import {dimensionsOf, keySql, measuresOf, valueSql} from "./crossfilter-frame.js";

/** Pre-aggregated tables are dropped when there are more of them than this. */
const mostTables = 400;

/**
 * Links the charts of a frame: Mosaic keeps a selection with a clause a chart, and asks the browser's DuckDB for each
 * chart's sums under the clauses of all others, from pre-aggregated tables while one clause moves. Resolves to
 * - `setMeasure(measure)`: what is summed from now on; resolves when the lines are at hand
 * - `membersOf(name)`: the texts of a dimension, null among them where some lines have none
 * - `show(view)`: the clauses of a view; `brush(name, bins)`: one range of whole bins, or null
 * - `expect(name)`: prepares for a change of that chart
 * `onSums(name, {keys, values, lines}, isTotal)` gets what was asked, keys being bins or texts; `onIdle()` is called when
 * nothing is being asked any more, `onFailure(error)` when something could not be.
 */
export async function openCrossfilter(frame, definitions, {onSums, onIdle, onFailure}) {
  const [database, vg] = await Promise.all([openDatabase(), import("@uwdata/vgplot")]);
  const shared = await database.share();
  const connector = vg.wasmConnector(shared);
  const coordinator = new vg.Coordinator(connector, {logger: null});
  const selection = vg.Selection.crossfilter();
  const dimensions = new Map(dimensionsOf(definitions).map((one) => [one.name, one]));
  const texts = await readTexts(shared.connection, frame, dimensions);
  let isReady = false;
  let asking = 0;
  let built = 0;

  const charts = frame.charts.map((chart) => ({
    ...chart,
    key: vg.column(`${chart.name}_key`),
    codes: chart.kind === "members" && new Map(texts.get(chart.name).map((text, code) => [text, code])),
    sources: {bins: {}, ends: {}, members: {}},
    clauses: {}
  }));
  for (const chart of charts) chart.client = clientOf(chart);
  const find = (name) => charts.find((chart) => chart.name === name);

  return {
    setMeasure,
    membersOf: (name) => new Set([...texts.get(name), null]),
    show: (view) => charts.forEach((chart) => apply(chart, clausesOf(chart, view))),
    brush: (name, bins) => apply(find(name), {bins: bins && binsClause(find(name), bins)}),
    expect: (name) => isReady && selection.activate(example(find(name)))
  };

  async function setMeasure(measure) {
    isReady = false;
    coordinator.clear({clients: false});
    await coordinator.preaggregator.dropSchema();
    await shared.connection.query(linesSql(frame, definitions, measure));
    for (const chart of charts) {
      const totals = await coordinator.query(queryOf(chart, []));
      onSums(chart.name, sumsOf(chart, totals), true);
    }
    isReady = true;
    for (const {client} of charts)
      if (coordinator.clients.has(client)) client.requestQuery();
      else coordinator.connect(client);
  }

  function clientOf(chart) {
    return Object.assign(new vg.MosaicClient(selection), {
      // Mosaic asks without a filter for the chart that was changed last
      query: (filter) => queryOf(chart, filter ?? selection.predicate(chart.client, true)),
      queryPending() {
        asking++;
        return this;
      },
      queryResult(table) {
        onSums(chart.name, sumsOf(chart, table), false);
        settle();
        return this;
      },
      queryError(error) {
        onFailure(error);
        settle();
        return this;
      }
    });
  }

  function settle() {
    if (--asking === 0) onIdle();
  }

  function queryOf({key}, filter) {
    return vg.Query.from("crossfilter")
      .select({key, value: vg.sum("value"), lines: vg.count()})
      .where(filter)
      .groupby(key);
  }

  function sumsOf(chart, table) {
    const [keys, values, lines] = ["key", "value", "lines"].map((name) => table.getChild(name).toArray());
    const nameOf = chart.kind === "members" ? (key) => (key === null ? null : texts.get(chart.name)[key]) : (key) => key;
    return {
      keys: Array.from(keys, nameOf),
      values: Array.from(values, (value) => Number(value ?? 0)),
      lines: Array.from(lines, Number)
    };
  }

  /** Sets the clauses of a chart that changed; those of a kind that is not named stay away. */
  function apply(chart, wanted) {
    for (const kind of Object.keys(chart.sources)) {
      const text = String(wanted[kind]?.predicate ?? "");
      if (text === (chart.clauses[kind] ?? "")) continue;
      chart.clauses[kind] = text;
      tidy();
      selection.update(wanted[kind] ?? clauseOf(chart, kind, null));
    }
  }

  /** Mosaic never drops a pre-aggregated table by itself. */
  function tidy() {
    if ((built += 1) < mostTables * 8) return;
    built = 0;
    coordinator.preaggregator.dropSchema();
  }

  function clauseOf(chart, kind, predicate, more) {
    const {client, sources} = chart;
    return {source: sources[kind], clients: new Set([client]), fields: [chart.key], value: null, predicate, ...more};
  }

  function clausesOf(chart, {ranges, members}) {
    const {name, kind, bins} = chart;
    if (kind === "members") return {members: members[name] && membersClause(chart, members[name])};
    const range = ranges[name];
    if (!range) return {};
    const whole = binsOf(range, bins);
    return whole ? {bins: binsClause(chart, whole)} : {ends: endsClause(chart, range)};
  }

  function binsClause(chart, value) {
    const size = chart.bins.length;
    const scale = {type: "linear", domain: [0, size], range: [0, size]};
    return clauseOf(chart, "bins", vg.isBetween(chart.key, value), {value, meta: {type: "interval", scales: [scale]}});
  }

  /** A range that cuts a bin is asked of the lines themselves, which no pre-aggregated table can answer. */
  function endsClause(chart, {from, to}) {
    const ends = vg.column(chart.name);
    const [low, high] = [from, to].map((end) => (chart.kind === "time" ? vg.sql`date ${vg.literal(end)}` : vg.literal(end)));
    const until = chart.kind === "time" ? vg.lte : vg.lt;
    const parts = [from === null ? null : vg.gte(ends, low), to === null ? null : until(ends, high)].filter(Boolean);
    return clauseOf(chart, "ends", vg.and(...parts), {fields: [ends], value: [from, to]});
  }

  function membersClause(chart, chosen) {
    const {key, codes} = chart;
    const is = (member) => (member === null ? vg.isNull(key) : vg.eq(key, vg.literal(codes.get(member) ?? -1)));
    return clauseOf(chart, "members", vg.or(...chosen.map(is)), {value: chosen, meta: {type: "point"}});
  }

  function example(chart) {
    return chart.kind === "members" ? membersClause(chart, [chart.members[0]]) : binsClause(chart, [0, 0]);
  }
}

/** The bins that a range is made of, `[first, last]`, or null where it cuts one. */
export function binsOf({from, to}, bins) {
  const first = bins.findIndex((bin) => bin.from === from);
  const last = bins.findIndex((bin) => bin.to === to);
  return first < 0 || last < first ? null : [first, last];
}

/** The texts of each dimension in the order of their codes, which an enumeration of DuckDB counts. */
async function readTexts(connection, {charts}, dimensions) {
  const texts = new Map();
  for (const {name, kind} of charts) {
    if (kind !== "members") continue;
    const {expr} = dimensions.get(name);
    await connection.query(
      `create type if not exists "crossfilter_${name}" as enum (
  select distinct cast(${expr} as varchar) as text from shop.marts.sales where ${expr} is not null order by text
)`
    );
    const [row] = (await connection.query(`select enum_range(null::"crossfilter_${name}") as texts`)).toArray();
    texts.set(name, [...row.texts].map(String));
  }
  return texts;
}

/** The lines as narrow columns: a key a chart (a bin or a member's code), the numbers themselves, and what is summed. */
function linesSql({charts}, definitions, measure) {
  const {expr} = definitions.dimensions.find(({name}) => name === definitions.time);
  const columns = charts.flatMap((chart) => {
    if (chart.kind === "members") {
      const {expr} = definitions.dimensions.find(({name}) => name === chart.name);
      return [`enum_code(cast(cast(${expr} as varchar) as "crossfilter_${chart.name}")) as "${chart.name}_key"`];
    }
    const number = chart.kind === "time" ? expr : chart.expr;
    return [`cast(${keySql(chart, definitions)} as smallint) as "${chart.name}_key"`, `${number} as "${chart.name}"`];
  });
  const value = valueSql(measuresOf(definitions).find(({name}) => name === measure));
  return `create or replace table crossfilter as select
  ${columns.join(",\n  ")},
  cast(${value} as double) as value
from shop.marts.sales`;
}
