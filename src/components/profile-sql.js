import {quoted} from "./sql-names.js";

/**
 * What is in a relation, column by column, in SQL that DuckDB answers alike in Node and in the browser.
 * @typedef {{name: string, type: string}} Column
 * @typedef {{value: string, rows: number}} Value
 * @typedef {{
 *   name: string, type: string, nulls: number, distinct: number, low: string | null, high: string | null,
 *   top: Value[], start: number | null, width: number | null, bars: number[]
 * }} ColumnProfile
 */

/** How many values and bars of a column are kept, and how many letters of a value. */
export const kept = {values: 5, bars: 24, letters: 120};

/**
 * How a type is laid on an axis: `whole` and `number` by value, `day` in days, `moment` in seconds since 1970; null where
 * it is not.
 * @param {string} type
 * @returns {"whole" | "number" | "day" | "moment" | null}
 */
export function scaleOf(type) {
  if (type.endsWith("]")) return null;
  if (/^u?(tiny|small|big|huge)?int(eger)?\d*$/i.test(type)) return "whole";
  if (/^(decimal|double|float|real)/i.test(type)) return "number";
  if (/^date/i.test(type)) return "day";
  return /^timestamp/i.test(type) ? "moment" : null;
}

/**
 * One select, a row for each fact of each column: its sums, its most frequent values (`top`), the rows in each bar.
 * @param {string} relation a table, or a select in brackets
 * @param {Column[]} columns
 * @returns {string}
 */
export function profileSql(relation, columns) {
  const parts = columns.map(columnSql);
  return `with profiled as ${isSelect(relation) ? "materialized" : "not materialized"} (select * from ${relation})
${parts.join("\nunion all\n")}
order by position, part, place`;
}

function isSelect(relation) {
  return relation.startsWith("(");
}

function columnSql({name, type}, position) {
  const at = placeOf(type);
  const isWhole = ["whole", "day"].includes(scaleOf(type));
  const width = isWhole
    ? `greatest(1, ceil((max(spot) - min(spot) + 1) / ${kept.bars}))`
    : `coalesce(nullif(max(spot) / ${kept.bars} - min(spot) / ${kept.bars}, 0), 1)`;
  const facts = ["part", "place", "value", "n", "nulls", "members", "low", "high", "start", "width"];
  return `select ${position} as position, ${facts.join(", ")} from (
  with counted as (select ${quoted(name)} as value, cast(count(*) as double) as n from profiled group by 1),
  placed as (select ${at} as spot, n from counted where value is not null),
  steps as (select min(spot) as start, case when count(spot) > 0 then ${width} end as width from placed where isfinite(spot))
  select 'all' as part, 0 as place, cast(null as varchar) as value, coalesce(sum(n), 0) as n,
    coalesce(sum(n) filter (where value is null), 0) as nulls, cast(count(value) as double) as members,
    ${beginning("min(value)")} as low, ${beginning("max(value)")} as high,
    (select start from steps) as start, (select width from steps) as width
  from counted
  union all
  select 'top', row_number() over (order by n desc, value), value, n, null, null, null, null, null, null
  from (
    select ${beginning("value")} as value, sum(n) as n from counted where value is not null
    group by 1 order by 2 desc, 1 limit ${kept.values}
  )
  union all
  select 'bar', cast(least(${kept.bars - 1}, greatest(0, floor((spot - start) / width))) as integer), null, sum(n),
    null, null, null, null, null, null
  from placed, steps where isfinite(spot) group by 2
)`;
}

/** A value as a number on its axis. */
function placeOf(type) {
  const scale = scaleOf(type);
  if (scale === "day")
    return "case when isfinite(value) then cast(datediff('day', date '1970-01-01', value) as double) end";
  if (scale === "moment") return "case when isfinite(value) then epoch(value) end";
  return scale ? "cast(value as double)" : "cast(null as double)";
}

/** Long text by its beginning. */
function beginning(value) {
  return `left(cast(${value} as varchar), ${kept.letters})`;
}

/**
 * The rows of `profileSql` as what a page shows of each column.
 * @param {Column[]} columns
 * @param {any[]} facts
 * @returns {{rows: number, columns: ColumnProfile[]}}
 */
export function profileFrom(columns, facts) {
  const profiles = columns.map(({name, type}, position) => {
    const own = facts.filter((fact) => Number(fact.position) === position);
    const all = own.find(({part}) => part === "all");
    const bars = new Array(kept.bars).fill(0);
    for (const {part, place, n} of own) if (part === "bar") bars[place] = n;
    const {nulls, members, low, high, start, width} = all;
    const top = own.flatMap(({part, value, n}) => (part === "top" ? [{value, rows: n}] : []));
    return {name, type, nulls, distinct: members, low, high, top, start, width, bars: trimmed(bars)};
  });
  const count = facts.find(({part}) => part === "all")?.n ?? 0;
  return {rows: count, columns: profiles};
}

/** Without the bars beyond the last that holds rows. */
function trimmed(bars) {
  return bars.slice(0, bars.findLastIndex((rows) => rows > 0) + 1);
}

/**
 * The profile of a relation that `query` can read: `query(sql)` resolves to plain objects, as that of database.js.
 * `relation` is a table or a select.
 * @param {(sql: string) => Promise<any[]>} query
 * @param {string} relation
 */
export async function profileOf(query, relation) {
  const text = relation.trim().replace(/;\s*$/, "");
  const source = /^[\p{L}\p{N}_."]+$/u.test(text) ? text : `(${text}\n)`;
  const described = await query(`describe select * from ${source}`);
  const columns = described.map(({column_name, column_type}) => ({name: column_name, type: column_type}));
  // a select is carried out once, a table read column by column, which takes less memory
  if (isSelect(source)) return profileFrom(columns, await query(profileSql(source, columns)));
  const profiles = [];
  for (const column of columns)
    profiles.push(profileFrom([column], await query(profileSql(source, [column]))));
  return {rows: profiles[0]?.rows ?? 0, columns: profiles.flatMap((one) => one.columns)};
}

/**
 * The rows behind a fact of a table: of a `value` of a column, of its nulls, its repeated values, or its orphans.
 * @param {string} table
 * @param {{columns: string[], kind: "is" | "null" | "repeated" | "orphan", value?: string, partner?: {table: string, column: string} | undefined}} fact
 * @returns {string}
 */
export function rowsSql(table, {columns, kind, value = "", partner}) {
  const names = columns.map(quoted);
  const list = names.join(", ");
  const isNone = names.map((name) => `${name} is null`).join(" or ");
  const conditions = {
    is: () => `${beginning(names[0])} = ${literal(value)}`,
    null: () => isNone,
    repeated: () =>
      `(${list}) in (\n  select (${list}) from ${table} where not (${isNone}) group by all having count(*) > 1\n)`,
    orphan: () =>
      `not (${isNone})\n  and ${names[0]} not in (select ${quoted(partner?.column ?? "")} from ${partner?.table} where ${quoted(partner?.column ?? "")} is not null)`
  };
  return `select * from ${table}\nwhere ${conditions[kind]()}`;
}

function literal(text) {
  return `'${text.replaceAll("'", "''")}'`;
}
