import {createReadStream, createWriteStream} from "node:fs";
import {open, rm} from "node:fs/promises";
import {pipeline} from "node:stream/promises";
import {promisify} from "node:util";
import {gzip} from "node:zlib";
import {span} from "../1-bronze/chunk.ts";
import {describe, ident, query} from "../engine/duckdb.ts";
import type {Lake} from "../lake/lake.ts";
import type {Context, LakeObject} from "../step.ts";
import {showTables} from "../views.ts";

/* Rows that a page reads by range, only those it asks for: an index, then blocks of rows, each gzip of JSON. */

/** The rows of a block: few in a small table, so that a range is small; more in a large one, so that the index is. */
const rowsOfBlock = (rows: number) => Math.max(64, 2 ** Math.ceil(Math.log2(rows / 16_384)));

/** The index of a file of blocks; `lengths` are those of the blocks of a part, in bytes, in order. */
type Index = {
  columns: string[];
  rows: number;
  parts: {ordinal: number; object: string; lengths: number[]}[];
};

/** Fast rather than small: a block is a few kilobytes. */
const zip = (text: Buffer | string) => promisify(gzip)(text, {level: 1});

/**
 * Writes the rows of a select over one table of bronze, `parts`, with all its columns but `_row`, part by part.
 * The file begins with the length of its index in 8 digits; rows of a block are arrays in the order of `_row`.
 */
export async function writeBlocks(
  {connection, lake}: Pick<Context, "connection"> & {lake: Lake},
  select: string,
  parts: LakeObject[],
  path: string
): Promise<number> {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const index: Index = {columns: [], rows: rowsOfBlock(rows), parts: []};
  const blocks = `${path}.blocks`;
  const file = await open(blocks, "w");
  try {
    for (const part of parts) {
      await showTables(connection, lake, [part], {isMasked: true});
      index.columns = (await describe(connection, select))
        .map(({name}) => name)
        .filter((name) => name !== "_row");
      const found = await query<{block: string}>(
        connection,
        `select '[' || string_agg(json_array(${index.columns.map(ident).join(", ")})::varchar, ',' order by _row) || ']' as block
         from (${select}) group by _row % ${span} // ${index.rows} order by min(_row)`
      );
      const zipped = await Promise.all(found.map(({block}) => zip(block)));
      await file.appendFile(Buffer.concat(zipped));
      const lengths = zipped.map(({length}) => length);
      index.parts.push({ordinal: part.chunk ?? 0, object: part.key, lengths});
    }
  } finally {
    await file.close();
    await showTables(connection, lake, parts, {isMasked: true});
  }
  const head = await zip(JSON.stringify(index));
  const out = createWriteStream(path);
  out.write(String(head.length).padStart(8, "0"));
  out.write(head);
  await pipeline(createReadStream(blocks), out);
  await rm(blocks);
  return rows;
}
