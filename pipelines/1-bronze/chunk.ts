import type {SourceTable} from "../catalog.ts";
import {ident, literal, query} from "../engine/duckdb.ts";
import {ledgerLine, type LedgerLine, typedAmount} from "../ledger.ts";
import type {Context} from "../step.ts";

/** Rows of one chunk below this number; `_row` is ordinal × 2³² + row. */
export const span = 2n ** 32n;

/** The relation of bronze chunks: their columns as they are, and `_row`. `ordinals` are 0, 1, … unless given. */
export function bronzeRelation(paths: string[], ordinals = paths.map((_, n) => n)): string {
  const parts = paths.map(
    (path, n) =>
      `select ${BigInt(ordinals[n]!) * span} + file_row_number as _row, * exclude (file_row_number)
       from read_parquet(${literal(path)}, file_row_number = true)`
  );
  return `(${parts.join(" union all ")})`;
}

/** The columns of a bronze table: the catalog's, then those it does not know. Throws if one is missing. */
export function checkColumns(table: SourceTable, have: string[]): string[] {
  const missing = table.columns.filter((name) => !have.includes(name));
  const added = have.filter((name) => !table.columns.includes(name)).sort();
  if (missing.length) {
    const renamed =
      added.length && added.length <= 3
        ? `; if it was renamed to ${added.join(" or ")}, name it back, or teach`
        : `; expected by`;
    throw new Error(
      `bronze ${table.name}: column ${missing.join(", ")} is missing (have ${have.join(", ")})${renamed} catalog.ts`
    );
  }
  const reserved = have.filter((name) => ["_row", "file_row_number"].includes(name));
  if (reserved.length)
    throw new Error(
      `bronze ${table.name}: column ${reserved.join(", ")} has a name that Assay uses; rename it in the source`
    );
  return [...table.columns, ...added];
}

/** What was found in the source (`rows` and a sum for each amount, as decimal texts) against what was taken. */
export async function sourceToBronze(
  {connection}: Pick<Context, "connection">,
  table: SourceTable,
  from: string,
  found: Record<string, string>,
  relation: string
): Promise<LedgerLine[]> {
  const sums = Object.entries(table.amounts).map(
    ([name, type]) => `coalesce(sum(${typedAmount(ident(name), type)}), 0)::varchar as ${ident(name)}`
  );
  const [out] = await query<Record<string, string>>(
    connection,
    `select ${["count(*)::varchar as rows", ...sums].join(", ")} from ${relation}`
  );
  return ["rows", ...Object.keys(table.amounts)].map((measure) =>
    ledgerLine("source → bronze", from, table.name, measure, {in: found[measure]!, out: out![measure]!})
  );
}
