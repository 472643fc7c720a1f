import {isZero} from "./format.js";

export const hops = [
  "source → bronze",
  "bronze → silver",
  "silver → gold",
  "gold → warehouse",
  "warehouse → marts",
  "marts → extracts"
];

/**
 * Joins the ledger's lines to the paths measures take through the layers:
 * `[{table, source, measure, lines: {hop: [line]}, before: {hop: true}}]`, tables in the order of the source, rows first.
 * `before` names hops a measure passed under the line of another. Every line is on exactly one path.
 */
export function ledgerPaths(lines, {gold, marts, extracts}) {
  const taken = new Set();
  const take = (hop, from, table, measure) => {
    const line = lines.find(
      (one) =>
        one.hop === hop &&
        one.measure === measure &&
        (from ? one.from_table === from : true) &&
        one.table_name === table
    );
    if (line) taken.add(line);
    return line ? [line] : [];
  };
  const takeSums = (hop, sums, table, measure) =>
    sums
      .filter(({from}) => from === table)
      .flatMap(({name, amounts}) =>
        Object.entries(amounts)
          .filter(([, origin]) => origin === measure)
          .flatMap(([own]) => take(hop, table, name, own))
      );
  const takeMarts = (table, measure) => takeSums(hops[4], marts, table, measure);
  const takeExtracts = (table, measure) => takeSums(hops[5], extracts, table, measure);
  const sources = lines
    .filter(({hop}) => hop === hops[0])
    .map(({table_name, measure}) => ({table: table_name, measure}));
  const paths = sources.flatMap(({table, measure}) => {
    const start = {
      [hops[0]]: take(hops[0], null, table, measure),
      [hops[1]]: take(hops[1], null, table, measure)
    };
    const next = gold.find(({from}) => from === table);
    if (!next) return [{table, source: table, measure, lines: start}];
    const own =
      measure === "rows" ? "rows" : Object.keys(next.amounts).find((key) => next.amounts[key] === measure);
    return [
      {
        table: next.name,
        source: table,
        measure: own ?? measure,
        lines: {
          ...start,
          ...(own && {
            [hops[2]]: take(hops[2], table, next.name, own),
            [hops[3]]: take(hops[3], next.name, next.name, own),
            [hops[4]]: takeMarts(next.name, own),
            [hops[5]]: takeExtracts(next.name, own)
          })
        }
      }
    ];
  });
  return withRest([...paths, ...sumsAlone(paths)], lines, taken, {takeMarts, takeExtracts});

  /** What marts and extracts sum of a table that no hop before has a line for: costs, margins, different orders. */
  function sumsAlone(known) {
    const found = new Map();
    const isKnown = (from, origin) =>
      known.some(({table, measure}) => table === from && measure === origin) ||
      lines.some((one) => one.hop === hops[2] && one.table_name === from && one.measure === origin);
    for (const {from, amounts} of [...marts, ...extracts])
      for (const [column, origin] of Object.entries(amounts))
        if (!isKnown(from, origin))
          found.set(JSON.stringify([from, origin]), found.get(JSON.stringify([from, origin])) ?? column);
    return [...found].map(([key, measure]) => {
      const [table, origin] = JSON.parse(key);
      const own = {[hops[4]]: takeMarts(table, origin), [hops[5]]: takeExtracts(table, origin)};
      return {table, source: known.find((path) => path.table === table)?.source, measure, lines: own};
    });
  }
}

/** Lines no path took begin paths of their own, so that none is hidden. */
function withRest(paths, lines, taken, {takeMarts, takeExtracts}) {
  const all = [...paths];
  for (const line of lines) {
    if (taken.has(line)) continue;
    const siblings = lines.filter(
      (one) => !taken.has(one) && one.table_name === line.table_name && one.measure === line.measure
    );
    siblings.forEach((one) => taken.add(one));
    const path = {
      table: line.table_name,
      source: line.hop === hops[2] ? line.from_table : undefined,
      measure: line.measure,
      lines: Object.fromEntries(hops.map((hop) => [hop, siblings.filter((one) => one.hop === hop)]))
    };
    path.lines[hops[4]].push(...takeMarts(line.table_name, line.measure));
    path.lines[hops[5]].push(...takeExtracts(line.table_name, line.measure));
    const last = all.findLastIndex(({table}) => table === path.table);
    all.splice(last < 0 ? all.length : last + 1, 0, path);
  }
  return all;
}

/** Whether a line of the ledger does not add up. */
export function isUnexplained(line) {
  return !isZero(line.unexplained) || Number(line.mismatched_rows) > 0;
}
