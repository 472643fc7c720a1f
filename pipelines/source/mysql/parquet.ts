import {open} from "node:fs/promises";
import {compress} from "snappy";
import {binary, i32, i64, list, struct} from "./thrift.ts";

/** A column of one page in the making: each value as four bytes of length and its bytes, UTF-8. */
export type TextColumn = {bytes: Buffer; size: number; nulls: number[]};

/**
 * A Parquet file in the making whose columns are all nullable text. Rows go straight into `columns`; `rows` counts
 * those of the pages that are open.
 */
export type TextParquet = {
  columns: TextColumn[];
  rows: number;
  /** Whether the open pages are large enough to be written. */
  isFull: () => boolean;
  /** Hands the open pages over to be compressed and written; resolves when those before them are. */
  flush: () => Promise<void>;
  /** Writes what is left and the footer, and returns the number of rows. */
  finish: () => Promise<number>;
  /** Gives the file up. */
  abort: () => Promise<void>;
};

type Page = {bytes: Buffer; raw: number};
type Chunk = {offset: number; raw: number; compressed: number};
type RowGroup = {rows: number; chunks: Chunk[]};

const magic = Buffer.from("PAR1");
/** Pages are small, since two sets of them are in memory uncompressed; row groups are what DuckDB likes to scan. */
const [pageRows, pageBytes, groupRows, groupBytes] = [1 << 14, 16 << 20, 1 << 17, 32 << 20];
const [byteArray, optional, utf8, plain, rle, snappy, dataPage] = [6, 1, 0, 0, 3, 1, 0];

/** Begins a file. The same rows give the same bytes. Format: https://parquet.apache.org/docs/file-format */
export async function openTextParquet(path: string, names: string[]): Promise<TextParquet> {
  const file = await open(path, "w");
  await file.writeFile(magic);
  let position = magic.length;
  const groups: RowGroup[] = [];
  let pages = names.map((): Page[] => []);
  let [rowsHeld, bytesHeld] = [0, 0];
  let spare = names.map(emptyColumn);
  let working = Promise.resolve();

  async function takePages(columns: TextColumn[], rows: number): Promise<void> {
    const made = await Promise.all(columns.map((column) => makePage(column, rows)));
    for (const [n, page] of made.entries()) {
      pages[n]!.push(page);
      bytesHeld += page.bytes.length;
      Object.assign(columns[n]!, {size: 0, nulls: []});
    }
    rowsHeld += rows;
    if (rowsHeld >= groupRows || bytesHeld > groupBytes) await writeGroup();
  }

  async function writeGroup(): Promise<void> {
    const chunks: Chunk[] = [];
    for (const own of pages) {
      const compressed = own.reduce((sum, {bytes}) => sum + bytes.length, 0);
      chunks.push({offset: position, raw: own.reduce((sum, {raw}) => sum + raw, 0), compressed});
      position += compressed;
    }
    await file.writeFile(Buffer.concat(pages.flat().map(({bytes}) => bytes)));
    groups.push({rows: rowsHeld, chunks});
    pages = names.map(() => []);
    [rowsHeld, bytesHeld] = [0, 0];
  }

  const made: TextParquet = {
    columns: names.map(emptyColumn),
    rows: 0,
    isFull() {
      return made.rows === pageRows || made.columns.some(({size}) => size > pageBytes);
    },
    async flush() {
      // two sets of columns take turns: one fills while the other is written
      const {columns, rows} = made;
      const before = working;
      [made.columns, made.rows, spare] = [spare, 0, columns];
      working = before.then(() => takePages(columns, rows));
      working.catch(() => {});
      await before;
    },
    async finish() {
      if (made.rows) await made.flush();
      await working;
      if (rowsHeld) await writeGroup();
      const footer = footerOf(names, groups);
      const size = Buffer.alloc(4);
      size.writeUInt32LE(footer.length);
      await file.writeFile(Buffer.concat([footer, size, magic]));
      await file.close();
      return groups.reduce((sum, group) => sum + group.rows, 0);
    },
    async abort() {
      await working.catch(() => {});
      await file.close().catch(() => {});
    }
  };
  return made;
}

/** Makes room for `more` bytes in a column and returns its bytes. */
export function grow(column: TextColumn, more: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(column.bytes.length * 2, column.size + more));
  column.bytes.copy(bytes, 0, 0, column.size);
  column.bytes = bytes;
  return bytes;
}

function emptyColumn(): TextColumn {
  return {bytes: Buffer.allocUnsafe(1 << 18), size: 0, nulls: []};
}

async function makePage(column: TextColumn, rows: number): Promise<Page> {
  const levels = definitionLevels(column.nulls, rows);
  const raw = Buffer.concat([levels, column.bytes.subarray(0, column.size)]);
  const body = await compress(raw);
  const header = struct([
    [1, i32(dataPage)],
    [2, i32(raw.length)],
    [3, i32(body.length)],
    [
      5,
      struct([
        [1, i32(rows)],
        [2, i32(plain)],
        [3, i32(rle)],
        [4, i32(rle)]
      ])
    ]
  ]).bytes;
  return {bytes: Buffer.concat([header, body]), raw: header.length + raw.length};
}

/** Which rows have a value, in the RLE/bit-packing hybrid: one run without nulls, else a bit a row. */
function definitionLevels(nulls: number[], rows: number): Buffer {
  const groups = Math.ceil(rows / 8);
  const run = nulls.length ? [...varint(groups * 2 + 1)] : [...varint(rows * 2), 1];
  const bits = Buffer.alloc(nulls.length ? groups : 0, 0xff);
  for (const row of nulls) bits[row >> 3]! &= ~(1 << (row & 7));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(run.length + bits.length);
  return Buffer.concat([size, Buffer.from(run), bits]);
}

function* varint(value: number): Generator<number> {
  for (; value > 127; value = Math.floor(value / 128)) yield (value & 127) | 128;
  yield value;
}

function footerOf(names: string[], groups: RowGroup[]): Buffer {
  const root = struct([
    [4, binary("rows")],
    [5, i32(names.length)]
  ]);
  const fields = names.map((name) =>
    struct([
      [1, i32(byteArray)],
      [3, i32(optional)],
      [4, binary(name)],
      [6, i32(utf8)]
    ])
  );
  const columnChunk = (name: string, {offset, raw, compressed}: Chunk, rows: number) =>
    struct([
      [2, i64(offset)],
      [
        3,
        struct([
          [1, i32(byteArray)],
          [2, list([i32(plain), i32(rle)])],
          [3, list([binary(name)])],
          [4, i32(snappy)],
          [5, i64(rows)],
          [6, i64(raw)],
          [7, i64(compressed)],
          [9, i64(offset)]
        ])
      ]
    ]);
  const rowGroups = groups.map(({rows, chunks}) =>
    struct([
      [1, list(chunks.map((chunk, n) => columnChunk(names[n]!, chunk, rows)))],
      [2, i64(chunks.reduce((sum, {raw}) => sum + raw, 0))],
      [3, i64(rows)]
    ])
  );
  return struct([
    [1, i32(1)],
    [2, list([root, ...fields])],
    [3, i64(groups.reduce((sum, {rows}) => sum + rows, 0))],
    [4, list(rowGroups)],
    [6, binary("assay")]
  ]).bytes;
}
