import type {DuckDBConnection} from "@duckdb/node-api";
import {ident, literal, query, queryOne, run} from "./engine/duckdb.ts";
import {fromCents, ledgerLine, type LedgerLine, toCents} from "./ledger.ts";

/**
 * How the rows of a table reconcile with those of a gold table. `by` tells, for a column that names a row, what it is of
 * a gold row; or `on` which gold rows a row sums, as a condition over the row `sums` and the gold row `lines`. `count`
 * is the column that counts gold rows, `distinct` maps each column to the gold column whose values it counts, `amounts` each
 * to the gold column, or expression, that it sums. `grain_filter` says which
 * gold rows belong to no row, and why. `grouped` is a gold column that all of it depends on alone: gold is summed by it
 * first, which spares much where rows overlap.
 */
export type Share = {
  from: string;
  by?: Record<string, string>;
  on?: string;
  grouped?: string;
  count?: string;
  distinct?: Record<string, string>;
  amounts: Record<string, string>;
  grain_filter?: {reason: string; where: string}[];
};

/** The table whose rows are reconciled: its name, the relation that has them, and the file that declares how. */
export type Sums = {hop: string; table: string; relation: string; file: string};

/** The view of gold rows with their amounts, the reason why they are outside, if they are, and what `by` says of them. */
const lines = "reconciled_lines";

/**
 * A ledger line for each measure of a table that sums gold rows. Each row is held against its own gold rows, so that a
 * row that took what belongs to another is found even if the whole adds up.
 */
export async function againstGold(
  connection: DuckDBConnection,
  {hop, table, relation, file}: Sums,
  share: Share
): Promise<LedgerLine[]> {
  const {from, by = {}, on} = share;
  const measures = measuresOf(share);
  await run(connection, `create or replace temp view ${lines} as ${linesOf(share, measures)}`, file);
  const outside = measures.map((_, n) => `coalesce(${summed(measures, n)}, 0)::varchar as m${n}`).join(", ");
  const reasons = await query<Record<string, string | null>>(
    connection,
    `select _outside, ${outside} from ${lines} group by 1 order by 1 nulls last`,
    file
  );
  const told = measures.map(
    ({column}, n) => `coalesce(sum(own.m${n}), 0)::varchar as expected${n},
      coalesce(sum(case when ${isSame(column, n)} then own.m${n} else ${given(column)} end), 0)::varchar as out${n},
      count(*) filter (not ${isSame(column, n)})::varchar as differs${n}`
  );
  const totals = await queryOne<Record<string, string>>(
    connection,
    `select ${told.join(", ")} from ${joined(relation, measures, Object.keys(by), on)}`,
    file
  );
  const isRowByRow = Object.keys(by).length > 0 || on !== undefined;
  return measures.map(({column, isDistinct}, n) => {
    // values may be of several rows: what they count to as a whole says nothing of the rows
    const isPartition = on === undefined && !isDistinct;
    const left = reasons.filter((one) => isPartition && one._outside !== null);
    const before = reasons.reduce((sum, one) => sum + toCents(one[`m${n}`]!), 0n);
    return ledgerLine(hop, from, table, column, {
      in: isPartition ? fromCents(before) : totals[`expected${n}`]!,
      out: totals[`out${n}`]!,
      outside: Object.fromEntries(left.map((one) => [one._outside!, one[`m${n}`]!])),
      mismatchedRows: isRowByRow ? Number(totals[`differs${n}`]) : 0
    });
  });
}

/** A column, the value of a gold row that it is of, and whether it counts different values instead of summing them. */
type Measure = {column: string; value: string; isDistinct: boolean};

function measuresOf({count, distinct = {}, amounts}: Share): Measure[] {
  const valueOf = (origin: string) => (/^[a-z_]+$/.test(origin) ? ident(origin) : `(${origin})`);
  const all = (columns: Record<string, string>, isDistinct: boolean) =>
    Object.entries(columns).map(([column, origin]) => ({column, value: valueOf(origin), isDistinct}));
  return [
    ...(count === undefined ? [] : [{column: count, value: "1", isDistinct: false}]),
    ...all(distinct, true),
    ...all(amounts, false)
  ];
}

function summed(measures: Measure[], n: number): string {
  return measures[n]!.isDistinct ? `count(distinct m${n})` : `sum(m${n})`;
}

/** The select of `lines`: a column m0, m1, … for each measure. */
function linesOf({from, by = {}, grouped, grain_filter = []}: Share, measures: Measure[]): string {
  const why = grain_filter.map(({reason, where}) => `when ${where} then ${literal(reason)}`).join(" ");
  const keys = Object.entries(by).map(([column, value]) => `${value} as ${ident(`_by_${column}`)}`);
  const own = grouped === undefined ? [] : [ident(grouped)];
  const values = measures.map(({value, isDistinct}, n) => {
    if (isDistinct) return `${value} as m${n}`;
    const amount = `cast(${value} as decimal(38, 2))`;
    return `${grouped === undefined ? amount : `sum(${amount})`} as m${n}`;
  });
  const list = [...own, ...values, `${why ? `case ${why} end` : "null::varchar"} as _outside`, ...keys];
  return `select ${list.join(", ")} from gold.${ident(from)} ${grouped === undefined ? "" : "group by all"}`;
}

const given = (column: string) => `try_cast(sums.${ident(column)} as decimal(38, 2))`;

/** An amount written as a double is compared as one. */
function isSame(column: string, n: number): string {
  const value = `sums.${ident(column)}`;
  return `(case when typeof(${value}) = 'DOUBLE' then coalesce(cast(own.m${n} as double), 0) = coalesce(cast(${value} as double), 0)
    else coalesce(own.m${n}, 0) = coalesce(${given(column)}, 0) end)`;
}

/** Each row of the table, `sums`, beside the sums of its own gold rows, `own`. */
function joined(relation: string, measures: Measure[], by: string[], on: string | undefined): string {
  const sums = measures.map((_, n) => `${summed(measures, n)} as m${n}`).join(", ");
  if (on !== undefined) {
    const numbered = `(select row_number() over () as _n, * from ${relation})`;
    return `(select sums._n, ${sums} from ${numbered} as sums join ${lines} as lines on ${on} group by 1) as own
      right join ${numbered} as sums using (_n)`;
  }
  const keys = by.map((name) => ident(`_by_${name}`));
  const match = by.map((name) => `sums.${ident(name)} is not distinct from own.${ident(`_by_${name}`)}`);
  const whole = measures.map(({column}) => `sum(${ident(column)}) as ${ident(column)}`).join(", ");
  return `(select ${[...keys, sums].join(", ")} from ${lines} where _outside is null ${keys.length ? "group by all" : ""}) as own
    full join ${by.length ? relation : `(select ${whole} from ${relation})`} as sums on ${match.join(" and ") || "true"}`;
}
