import {createReadStream, createWriteStream} from "node:fs";
import {readdir, stat} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import {Transform} from "node:stream";
import {pipeline} from "node:stream/promises";
import type {SourceTable} from "../catalog.ts";
import {UsageError} from "../config.ts";
import {literal} from "../engine/duckdb.ts";
import {checksum} from "../lake/folder.ts";
import {type Scan, scanCsv} from "./csv.ts";

/** A file of the source as it was found: any change of its bytes changes `checksum`. */
export type SourceFile = Pick<FoundFile, "path" | "bytes" | "modified"> & {checksum: string};

/** A file of the source without a look into it; its times are in milliseconds since 1970. */
export type FoundFile = {path: string; bytes: number; modified: number; changed: number; inode: number};

/** Finds the file of every table in a folder of exports. Throws naming what is missing. */
export async function findFiles(folder: string, tables: SourceTable[]): Promise<Map<string, SourceFile>> {
  await checkFolder(folder, tables);
  const files = new Map<string, SourceFile>();
  for (const table of tables) {
    const file = await findFile(folder, table);
    files.set(table.name, {...file, checksum: await checksum(file.path)});
  }
  return files;
}

/** Throws if the folder of a source is not there. */
export async function checkFolder(folder: string, tables: SourceTable[]): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new UsageError(
      `missing SOURCE_URL folder: ${folder} (a folder with ${tables[0]?.file} and the like)`
    );
}

/** Finds the file of a table. Throws naming it and what there is. */
export async function findFile(folder: string, table: SourceTable): Promise<FoundFile> {
  const path = join(folder, table.file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const have = await readdir(dirname(path)).catch(() => []);
    throw new Error(
      `bronze ${table.name}: missing file: ${path}` +
        ` (have ${have.filter((name) => name !== basename(path)).join(", ") || "nothing there"}); expected by catalog.ts`
    );
  }
  return {path, bytes: found.size, modified: found.mtimeMs, changed: found.ctimeMs, inode: found.ino};
}

/** Scans a file independently of DuckDB: its structure is checked, its records counted. */
export function scanFile(file: SourceFile, table: SourceTable): Promise<Scan> {
  return scanCsv(file.path, table.columns, table.amounts);
}

/** A DuckDB relation with every column of the file as text, nothing guessed; null is an empty field, `""` is not. */
export async function relationOf(file: SourceFile, scan: Scan, temporary: string): Promise<string> {
  const path = scan.hasMixedNewlines ? await withOneNewline(file.path, temporary) : file.path;
  const columns = scan.header.map((name) => `${literal(name)}: 'varchar'`).join(", ");
  return `read_csv(${literal(path)}, columns = {${columns}}, auto_detect = false, header = true, delim = ',',
    quote = '"', escape = '"', comment = '', nullstr = '', allow_quoted_nulls = false, strict_mode = true,
    max_line_size = ${Math.max(scan.longest, 1 << 16)})`;
}

/** Throws if the file is no longer what was fingerprinted. */
export async function checkUnchanged(file: SourceFile): Promise<void> {
  const now = await stat(file.path).catch(() => undefined);
  if (!now || now.size !== file.bytes || now.mtimeMs !== file.modified)
    throw new Error(
      `${file.path}: the file changed while it was read; run the refresh again when its writer is done`
    );
}

/** A copy whose records all end in LF; newlines within quotes stay as they are. */
async function withOneNewline(path: string, temporary: string): Promise<string> {
  let isQuoted = false;
  const drop = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const kept = Buffer.allocUnsafe(chunk.length);
      let length = 0;
      for (const byte of chunk) {
        if (byte === 0x22) isQuoted = !isQuoted;
        if (byte !== 0x0d || isQuoted) kept[length++] = byte;
      }
      done(null, kept.subarray(0, length));
    }
  });
  await pipeline(createReadStream(path), drop, createWriteStream(temporary));
  return temporary;
}
