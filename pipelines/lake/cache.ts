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

/** An object that the cache may not hold: it would be larger than ASSAY_CACHE alone. */
export class TooLarge extends Error {
  constructor(bytes: number, limit: number) {
    const need = `${Math.ceil(bytes / 1e6)}MB`;
    super(
      `it has ${bytes} bytes, and the cache may hold ${limit}; set ASSAY_CACHE to more than ${need}, then run again`
    );
  }
}

/** What another process used last within this time may still be open there. */
const hour = 3_600_000;

/**
 * Copies below `root`, at most `limit` bytes of them: the least recently used go first, but none that this process
 * handed out, nor any that another used within the last hour. `folder` is this lake's part of `root`.
 */
export function openCache(root: string, folder: string, limit: number): Cache {
  const used = new Set<string>();
  const checking = new Set<string>();
  const coming = new Map<string, number>();
  let total: number | undefined;
  let turn = Promise.resolve();

  /** Copies come several at once; room is made for them, and they are counted, one after another. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  async function dropOldest(): Promise<void> {
    const expected = [...coming.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (total !== undefined && total + expected <= limit) return;
    const files = (await listFiles(root)).filter(({path}) => !coming.has(path));
    total = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total + expected <= limit) return;
      if (used.has(file.path) || checking.has(file.path) || Date.now() - file.usedAt < hour) continue;
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
        checking.add(path);
        const found = await checksum(path).finally(() => checking.delete(path));
        if (!found.startsWith(sum)) return {isDamaged: true};
        used.add(path);
        await utimes(path, new Date(), new Date());
      }
      return {path, isDamaged: false};
    },
    async keep(key, bytes, fill) {
      if (bytes > limit) throw new TooLarge(bytes, limit);
      const path = join(folder, key);
      const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
      try {
        await inTurn(() => {
          coming.set(temporary, bytes);
          return dropOldest();
        });
        await mkdir(dirname(path), {recursive: true});
        await fill(temporary);
        await inTurn(async () => {
          await rename(temporary, path);
          coming.delete(temporary);
          used.add(path);
          total = (total ?? 0) + bytes;
        });
      } finally {
        coming.delete(temporary);
        await rm(temporary, {force: true});
      }
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
