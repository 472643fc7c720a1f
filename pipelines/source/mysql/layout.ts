import {ask, type Mysql} from "./connect.ts";
import {byKey, from, keyText, literal, type Range, within} from "./select.ts";
import type {MysqlTable} from "./tables.ts";

/** How many rows a chunk has when it is cut; with twice as many it is cut again. */
export const chunkRows = 250_000;

/** The chunks of a table in the order of its key: each begins at a value of the key, the first at the beginning. */
export type Layout = {ordinal: number; from: string[] | null}[];

/** A chunk: its ordinal and the range of the key it holds. */
export type ChunkRange = Range & {ordinal: number};

/** The chunks with their ends. */
export function rangesOf(layout: Layout): ChunkRange[] {
  return layout.map((chunk, n) => ({...chunk, until: layout[n + 1]?.from ?? null}));
}

/** Cuts a range into chunks of `rows` rows; the first keeps `ordinal`, the others take the next from `free` on. */
export async function cut(
  mysql: Mysql,
  table: MysqlTable,
  range: ChunkRange,
  free: number,
  rows = chunkRows
): Promise<Layout> {
  const layout: Layout = [{ordinal: range.ordinal, from: range.from}];
  if (!table.key.length) return layout;
  const values = table.key.map((column, n) => `${keyText(column)} as k${n}`);
  for (let last = range.from; ;) {
    const [row] = await ask<Record<string, string>>(
      mysql,
      `select ${values.join(", ")} from ${from(table)} where ${within(table, {from: last, until: range.until})}
       ${byKey(table)} limit 1 offset ${rows}`,
      `cannot find the chunks of ${table.name}`
    );
    if (!row) return layout;
    last = table.key.map((column, n) => literal(column, row[`k${n}`]!));
    layout.push({ordinal: free++, from: last});
  }
}
