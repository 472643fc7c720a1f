import {openDatabase} from "./database.js";
import {cubeOf, sumsOf} from "./crossfilter-cube.js";
import {definitionsOf, keySql, measuresOf, valueSql} from "./crossfilter-frame.js";

/** Two charts with more pairs than this are not prepared for each other. */
const mostPairs = 2_000_000;

/**
 * Links the charts of a frame: a Mosaic selection holds a clause a chart and resolves what filters whom, Mosaic's
 * coordinator asks the browser's DuckDB. Before one chart is changed, its sums by every other are asked for once (see
 * crossfilter-cube.js), so that a moving brush asks nothing; Mosaic's own pre-aggregation asks a query a chart at each
 * step, which for these many charts takes three times as long. Resolves to
 * - `setMeasure(measure)`: what is summed from now on; resolves when the lines are at hand
 * - `membersOf(name)`: the texts of a dimension, and null
 * - `show(view)`: every chart under a view, resolves when all have their sums
 * - `move(name, view)`: the same while only that chart's choice changes; shown at once if it was expected
 * - `expect(name)`: prepares for changes of that chart
 * `onSums(name, {keys, values, lines}, isTotal)` gets what was asked, keys being bins or texts; `onIdle()` follows when
 * every chart has its own.
 */
export async function openCrossfilter(frame, given, {onSums, onIdle}) {
  const definitions = definitionsOf({...given, relation: `shop.${given.relation}`}, frame);
  const [database, vg] = await Promise.all([openDatabase(), import("@uwdata/vgplot")]);
  const shared = await database.share();
  const coordinator = new vg.Coordinator(vg.wasmConnector(shared), {logger: null});
  const texts = await readTexts(shared.connection, frame, definitions);
  const charts = frame.charts.map((chart) => linked(chart));
  let isReady = false;
  let turn = 0;
  let expected = null;
  let late = null;

  return {setMeasure, membersOf, show, move, expect};

  function linked(chart) {
    const codes =
      chart.kind === "members" && new Map(texts.get(chart.name).map((text, code) => [text, code]));
    return {...chart, key: vg.column(`${chart.name}_key`), codes, clients: new Set([chart.name])};
  }

  function membersOf(name) {
    return new Set([...texts.get(name), null]);
  }

  async function setMeasure(measure) {
    isReady = false;
    expected = null;
    coordinator.clear();
    await shared.connection.query(linesSql(frame, definitions, measure));
    await Promise.all(charts.map(async (chart) => onSums(chart.name, await ask(chart, []), true)));
    isReady = true;
  }

  async function show(view) {
    const mine = ++turn;
    late = null;
    const selection = selectionOf(view);
    await Promise.all(
      charts.map(async (chart) => {
        const sums = await ask(chart, conditions(selection, chart));
        if (mine === turn) onSums(chart.name, sums, false);
      })
    );
    if (mine === turn) onIdle();
  }

  function move(name, view) {
    late = null;
    if (expected?.name === name && expected.view === othersOf(view, name)) {
      if (expected.cubes) return moveBy(view);
      late = view;
    }
    return undefined;
  }

  /** Every other chart from the cubes at hand; false where they are not those of the view's other choices. */
  function moveBy(view) {
    const {chart, cubes} = expected;
    const isChosen = chooser(chart, view);
    if (!isChosen) return false;
    turn++;
    for (const [other, cube] of cubes) onSums(other.name, named(other, sumsOf(cube, isChosen)), false);
    onIdle();
    return true;
  }

  async function expect(name, view) {
    const key = othersOf(view, name);
    if (!isReady || (expected?.name === name && expected.view === key)) return;
    const chart = charts.find((one) => one.name === name);
    const mine = {name, view: key, chart, cubes: null};
    expected = mine;
    late = null;
    const others = selectionOf(view);
    const cubes = [];
    for (const other of charts) {
      if (other === chart) continue;
      if (widthOf(chart) * widthOf(other) > mostPairs) return;
      cubes.push([other, await askCube(chart, other, conditions(others, chart, other))]);
      if (expected !== mine) return;
    }
    mine.cubes = cubes;
    if (late) moveBy(late);
    late = null;
  }

  function widthOf({kind, bins, size}) {
    return kind === "members" ? size : bins.length;
  }

  /** What filters a chart: the clauses of every other. */
  function conditions(selection, ...skipped) {
    const names = new Set(skipped.map(({name}) => name));
    return selection.clauses.filter(({source}) => !names.has(source)).map(({predicate}) => predicate);
  }

  async function ask(chart, filter) {
    const {key} = chart;
    const query = vg.Query.from("crossfilter")
      .select({key, value: vg.sum("value"), lines: vg.count()})
      .where(filter)
      .groupby(key);
    const [keys, values, lines] = columnsOf(await coordinator.query(query), ["key", "value", "lines"]);
    return named(chart, {keys, values, lines});
  }

  async function askCube(active, {key}, filter) {
    const query = vg.Query.from("crossfilter")
      .select({active: active.key, key, value: vg.sum("value"), lines: vg.count()})
      .where(filter)
      .groupby(active.key, key);
    return cubeOf(
      columnsOf(await coordinator.query(query, {cache: false}), ["active", "key", "value", "lines"])
    );
  }

  function named({kind, name}, {keys, values, lines}) {
    const nameOf = kind === "members" ? (key) => (key === null ? null : texts.get(name)[key]) : (key) => key;
    return {keys: keys.map(nameOf), values, lines};
  }

  function selectionOf(view) {
    const made = vg.Selection.crossfilter();
    for (const chart of charts) {
      const predicate = predicateOf(chart, view);
      if (predicate) made.update({source: chart.name, clients: chart.clients, value: chart.name, predicate});
    }
    return made;
  }

  function predicateOf(chart, {ranges, members}) {
    const {name, key, kind, codes, bins} = chart;
    const range = ranges[name];
    if (kind !== "members") {
      const whole = range && binsOf(range, bins);
      return range && (whole ? vg.isBetween(key, whole) : endsOf(chart, range));
    }
    const is = (member) =>
      member === null ? vg.isNull(key) : vg.eq(key, vg.literal(codes.get(member) ?? -1));
    return members[name] && vg.or(...members[name].map(is));
  }

  /** A range that cuts a bin is asked of the lines themselves. */
  function endsOf({name, kind}, {from, to}) {
    const isTime = kind === "time";
    const end = (value) => (isTime ? vg.sql`date ${vg.literal(value)}` : vg.literal(value));
    const until = isTime ? vg.lte : vg.lt;
    const column = vg.column(name);
    return vg.and(
      ...[from === null ? [] : vg.gte(column, end(from)), to === null ? [] : until(column, end(to))].flat()
    );
  }

  /** Which keys of a chart a view chooses; null where a range cuts a bin. */
  function chooser({kind, name, bins, codes}, {ranges, members}) {
    if (kind === "members") {
      const chosen =
        members[name] && new Set(members[name].map((member) => (member === null ? null : codes.get(member))));
      return chosen ? (key) => chosen.has(key) : () => true;
    }
    if (!ranges[name]) return () => true;
    const whole = binsOf(ranges[name], bins);
    return whole && ((key) => key !== null && key >= whole[0] && key <= whole[1]);
  }
}

/** The bins that a range is made of, `[first, last]`, or null where it cuts one. */
export function binsOf({from, to}, bins) {
  const first = bins.findIndex((bin) => bin.from === from);
  const last = bins.findIndex((bin) => bin.to === to);
  return first < 0 || last < first ? null : [first, last];
}

/** What a view chooses in all charts but one, as a text. */
function othersOf({ranges, members}, name) {
  return JSON.stringify([ranges, members], (key, value) => (key === name ? undefined : value));
}

function columnsOf(table, names) {
  return names.map((name) => {
    const column = Array.from(table.getChild(name).toArray());
    return name === "value" || name === "lines" ? column.map((value) => Number(value ?? 0)) : column;
  });
}

/** The texts of each dimension in the order of their codes, which an enumeration of DuckDB counts. */
async function readTexts(connection, {charts}, {dimensions, relation}) {
  const texts = new Map();
  for (const {name, kind} of charts) {
    if (kind !== "members") continue;
    const {expr} = dimensions.find((one) => one.name === name);
    await connection.query(
      `create type if not exists "crossfilter_${name}" as enum (
  select distinct cast(${expr} as varchar) as text from ${relation} where ${expr} is not null order by text
)`
    );
    const [row] = (
      await connection.query(`select enum_range(null::"crossfilter_${name}") as texts`)
    ).toArray();
    texts.set(name, [...row.texts].map(String));
  }
  return texts;
}

/** The lines as narrow columns: a key a chart (a bin or a member's code), the numbers themselves, and what is summed. */
function linesSql({charts}, definitions, measure) {
  const expressionOf = (name) => definitions.dimensions.find((one) => one.name === name).expr;
  const columns = charts.flatMap((chart) => {
    if (chart.kind === "members")
      return [
        `enum_code(cast(cast(${expressionOf(chart.name)} as varchar) as "crossfilter_${chart.name}")) as "${chart.name}_key"`
      ];
    const number = chart.kind === "time" ? expressionOf(chart.name) : chart.expr;
    return [
      `cast(${keySql(chart, definitions)} as smallint) as "${chart.name}_key"`,
      `${number} as "${chart.name}"`
    ];
  });
  const value = valueSql(measuresOf(definitions).find(({name}) => name === measure));
  return `create or replace table crossfilter as select
  ${columns.join(",\n  ")},
  cast(${value} as double) as value
from ${definitions.relation}`;
}
