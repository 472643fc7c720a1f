import {randomBytes} from "node:crypto";
import {mkdir, readdir, rename, rm, stat, utimes} from "node:fs/promises";
import {dirname, join} from "node:path";
import {checksum} from "./folder.ts";

/** Local copies of objects. */
export type Cache = {
  folder: string;
  /** The path of the copy of `key` if it is there and its bytes begin with the checksum; `isDamaged` if they do not. */
  find: (key: string, sum: string) => Promise<{path?: string; isDamaged: boolean}>;
  /** Makes a copy of `key`, whole or not at all, and returns its path. */
  keep: (key: string, bytes: number, fill: (temporary: string) => Promise<unknown>) => Promise<string>;
};

/** The start of the sha256 that an object's key carries, if it does: `gold/fct_sales/<24 hex>.parquet`. */
export function sumInKey(key: string): string | undefined {
  return /\/([0-9a-f]{24})\.[^/]*$/.exec(key)?.[1];
}

/** What another process used last within this time may still be open there. */
const hour = 3_600_000;

/**
 * Copies below `root`, at most `limit` bytes of them: the least recently used go first, but none that this process
 * handed out, nor any that another used within the last hour. `folder` is this lake's part of `root`.
 */
export function openCache(root: string, folder: string, limit: number): Cache {
  const used = new Set<string>();
  let total: number | undefined;

  async function makeRoom(bytes: number): Promise<void> {
    if (total !== undefined && total + bytes <= limit) return;
    const files = await listFiles(root);
    total = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total + bytes <= limit) return;
      if (used.has(file.path) || Date.now() - file.usedAt < hour) continue;
      await rm(file.path, {force: true});
      total -= file.bytes;
    }
  }

  return {
    folder,
    async find(key, sum) {
      const path = join(folder, key);
      if (!(await stat(path).catch(() => undefined))) return {isDamaged: false};
      if (!used.has(path)) {
        if (!(await checksum(path)).startsWith(sum)) return {isDamaged: true};
        used.add(path);
        await utimes(path, new Date(), new Date());
      }
      return {path, isDamaged: false};
    },
    async keep(key, bytes, fill) {
      await makeRoom(bytes);
      const path = join(folder, key);
      const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
      await mkdir(dirname(path), {recursive: true});
      try {
        await fill(temporary);
        await rename(temporary, path);
      } finally {
        await rm(temporary, {force: true});
      }
      used.add(path);
      total = (total ?? 0) + bytes;
      return path;
    }
  };
}

async function listFiles(folder: string): Promise<{path: string; bytes: number; usedAt: number}[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const found = await stat(path).catch(() => undefined);
      return found ? [{path, bytes: found.size, usedAt: found.mtimeMs}] : [];
    });
  return (await Promise.all(files)).flat();
}
