import type {GoldTable} from "../catalog.ts";
import {ident} from "../engine/duckdb.ts";

/** A query of rows, amounts and a hash of the content, by month where a table has order dates. */
export function bucketsOf(table: GoldTable, schema: string, engine: "duckdb" | "postgres"): string {
  const values = table.columns.map((column) => `coalesce(cast(${ident(column.name)} as text), chr(30))`);
  const digits = `substr(md5(concat_ws(chr(31), ${values.join(", ")})), 1, 15)`;
  const number =
    engine === "duckdb" ? `cast('0x' || ${digits} as bigint)` : `('x0' || ${digits})::bit(64)::bigint`;
  const hasDate = table.columns.some((column) => column.name === "order_date");
  const bucket = hasDate ? "coalesce(substr(cast(order_date as text), 1, 7), 'no date')" : "'all'";
  const sums = Object.keys(table.amounts).map(
    (amount) => `cast(coalesce(sum(cast(${ident(amount)} as decimal(38, 2))), 0) as text)`
  );
  return `select bucket, cast(count(*) as text) as rows, ${sums.join(" || '|' || ") || "''"} as sums,
      cast(sum(n) as text) as hash
    from (select ${bucket} as bucket, ${number} as n, * from ${schema}.${ident(table.name)}) as t
    group by bucket order by bucket`;
}
