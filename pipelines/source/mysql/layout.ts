import {ask, type Mysql} from "./connect.ts";
import type {Fingerprint} from "./fingerprint.ts";
import {byKey, from, keyText, literal, type Range, within} from "./select.ts";
import type {MysqlTable} from "./tables.ts";

/**
 * A part of a table in the order of its key: it begins at a value of the key, the first at the beginning, and ends
 * where the next begins. Ordinals rise in that order, with gaps for parts to come; `print` is what its rows were last
 * known by.
 */
export type Chunk = {ordinal: number; from: string[] | null; print?: Fingerprint};

/** A chunk with its end. */
export type ChunkRange = Chunk & Range;

/** The distance of ordinals when they are given anew. */
const gap = 16;

/** The chunks with their ends. */
export function rangesOf(chunks: Chunk[]): ChunkRange[] {
  return chunks.map((chunk, n) => ({...chunk, until: chunks[n + 1]?.from ?? null}));
}

/** Cuts a whole table into chunks of as many rows as the source says; one without a key is one chunk. */
export async function layOut(mysql: Mysql, table: MysqlTable): Promise<Chunk[]> {
  return renumber(await cut(mysql, table, {from: null, until: null}));
}

/** Cuts chunks that grew to twice their size, and gives the range of those without rows to the chunk before. */
export async function tidy(mysql: Mysql, table: MysqlTable, chunks: Chunk[]): Promise<Chunk[]> {
  const tidied: Chunk[] = [];
  for (const range of rangesOf(chunks)) {
    const {ordinal, from: start, print} = range;
    const rows = Number(print!.rows);
    if (rows >= 2 * mysql.place.chunkRows && table.key.length) {
      const parts = await cut(mysql, table, range);
      const next = chunks.find((other) => other.ordinal > ordinal)?.ordinal ?? ordinal + gap * parts.length;
      const step = (next - ordinal) / parts.length;
      tidied.push(...parts.map((part, n) => ({...part, ordinal: Math.floor(ordinal + n * step)})));
    } else if (rows > 0) tidied.push({ordinal, from: start, print: print!});
  }
  if (!tidied.length) return [{...chunks[0]!, from: null}];
  tidied[0] = {...tidied[0]!, from: null};
  const isCrowded = tidied.some(({ordinal}, n) => n > 0 && ordinal <= tidied[n - 1]!.ordinal);
  return isCrowded ? renumber(tidied) : tidied;
}

async function cut(mysql: Mysql, table: MysqlTable, range: Range): Promise<Chunk[]> {
  const chunks: Chunk[] = [{ordinal: 0, from: range.from}];
  if (!table.key.length) return chunks;
  const values = table.key.map((column, n) => `${keyText(column)} as k${n}`);
  for (let last = range.from; ;) {
    const [row] = await ask<Record<string, string>>(
      mysql,
      `select ${values.join(", ")} from ${from(table)} where ${within(table, {from: last, until: range.until})}
       ${byKey(table)} limit 1 offset ${mysql.place.chunkRows}`,
      `cannot find the chunks of ${table.name}`
    );
    if (!row) return chunks;
    last = table.key.map((column, n) => literal(column, row[`k${n}`]!));
    chunks.push({ordinal: 0, from: last});
  }
}

function renumber(chunks: Chunk[]): Chunk[] {
  return chunks.map((chunk, n) => ({...chunk, ordinal: n * gap}));
}
