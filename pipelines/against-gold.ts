import type {DuckDBConnection} from "@duckdb/node-api";
import {ident, literal, queryOne, run} from "./engine/duckdb.ts";
import {byReason, ledgerLine, type LedgerLine} from "./ledger.ts";

/**
 * How the rows of a table reconcile with those of a gold table. `by` tells, for a column that names a row, what it is of
 * a gold row; or `on` which gold rows a row sums, as a condition over the row `sums` and the gold row `lines`. `count`
 * is the column that counts gold rows, `amounts` maps each column to the gold column it sums. `grain_filter` says which
 * gold rows belong to no row, and why.
 */
export type Share = {
  from: string;
  by?: Record<string, string>;
  on?: string;
  count?: string;
  amounts: Record<string, string>;
  grain_filter?: {reason: string; where: string}[];
};

/** The table whose rows are reconciled: its name, the relation that has them, and the file that declares how. */
export type Sums = {hop: string; table: string; relation: string; file: string};

/** Lines of a gold table with the reason why they are outside, if they are. */
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
  const {from, by = {}, on, count, amounts, grain_filter = []} = share;
  const outside = grain_filter.map(({reason, where}) => `when ${where} then ${literal(reason)}`).join(" ");
  const keys = Object.entries(by).map(([column, value]) => `${value} as ${ident(`_by_${column}`)}`);
  const list = ["*", `${outside ? `case ${outside} end` : "null::varchar"} as _outside`, ...keys];
  await run(
    connection,
    `create or replace temp view ${lines} as select ${list.join(", ")} from gold.${ident(from)}`,
    file
  );
  const measures = [...(count === undefined ? [] : [[count, "rows"]]), ...Object.entries(amounts)] as [
    string,
    string
  ][];
  const found: LedgerLine[] = [];
  for (const [column, origin] of measures) {
    const value = origin === "rows" ? "1" : `lines.${ident(origin)}`;
    const sum = `coalesce(sum(cast(${value} as decimal(38, 2))), 0)`;
    const compared = expected(relation, column, value, {by: Object.keys(by), ...(on !== undefined && {on})});
    const totals = await queryOne<{expected: string; out: string; mismatched: string}>(
      connection,
      `select coalesce(sum(expected), 0)::varchar as expected,
         coalesce(sum(case when is_same then expected else given end), 0)::varchar as out,
         count(*) filter (not is_same)::varchar as mismatched from (${compared})`,
      file
    );
    const isPartition = on === undefined;
    const reasons = isPartition
      ? await byReason(
          connection,
          `select _outside as reason, ${sum}::varchar as amount from ${lines} as lines where _outside is not null group by 1 order by 1`
        )
      : {};
    const before = isPartition
      ? (
          await queryOne<{total: string}>(
            connection,
            `select ${sum}::varchar as total from ${lines} as lines`
          )
        ).total
      : totals.expected;
    found.push(
      ledgerLine(hop, from, table, column, {
        in: before,
        out: totals.out,
        outside: reasons,
        mismatchedRows: Object.keys(by).length || on !== undefined ? Number(totals.mismatched) : 0
      })
    );
  }
  return found;
}

/** Each row's amount as given and as its gold rows sum to; one written as a double is compared as one. */
function expected(
  relation: string,
  column: string,
  value: string,
  {by, on}: {by: string[]; on?: string}
): string {
  const sum = `sum(cast(${value} as decimal(38, 2)))`;
  const given = `sums.${ident(column)}`;
  const same = `case when typeof(${given}) = 'DOUBLE' then coalesce(cast(expected as double), 0) = coalesce(cast(${given} as double), 0)
    else coalesce(expected, 0) = coalesce(try_cast(${given} as decimal(38, 2)), 0) end`;
  const told = `select expected, try_cast(${given} as decimal(38, 2)) as given, ${same} as is_same`;
  if (on !== undefined)
    return `${told} from (
        select sums._n, ${sum} as expected from (select row_number() over () as _n, * from ${relation}) as sums
        join ${lines} as lines on ${on} group by 1) as own
      right join (select row_number() over () as _n, * from ${relation}) as sums using (_n)`;
  const keys = by.map((name) => ident(`_by_${name}`));
  const match = by.map((name) => `sums.${ident(name)} is not distinct from own.${ident(`_by_${name}`)}`);
  return `${told} from (
      select ${[...keys, `${sum} as expected`].join(", ")} from ${lines} as lines where _outside is null
      ${keys.length ? `group by ${keys.join(", ")}` : ""}) as own
    full join ${by.length ? relation : `(select sum(${ident(column)}) as ${ident(column)} from ${relation})`} as sums on ${match.join(" and ") || "true"}`;
}
