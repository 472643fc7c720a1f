import type {GoldTable} from "../catalog.ts";
import {bucketsOf} from "../4-warehouse/buckets.ts";
import {query} from "../engine/duckdb.ts";
import type {Context} from "../step.ts";
import type {Month} from "./outcome.ts";

/** The months of a gold table that has order dates, from its view; undefined of any other table. */
export async function monthsOf({connection}: Context, table: GoldTable): Promise<Month[] | undefined> {
  if (!table.columns.some(({name}) => name === "order_date")) return undefined;
  const at = Object.keys(table.amounts).indexOf("sales_amount");
  const rows = await query<{bucket: string; rows: string; sums: string; hash: string}>(
    connection,
    bucketsOf(table, "gold", "duckdb")
  );
  return rows.map(({bucket, rows: count, sums, hash}) => ({
    month: bucket === "no date" ? "undated" : bucket,
    rows: count,
    sales_amount: sums.split("|")[at]!,
    content: `${count}-${hash}`
  }));
}
