import {createHash, randomBytes} from "node:crypto";
import {createReadStream} from "node:fs";
import {copyFile, mkdir, open, readdir, readFile, rename, rm, stat} from "node:fs/promises";
import {dirname, join, relative, sep} from "node:path";
import type {Lake, Listed} from "./lake.ts";

/** A lake in a folder: every write goes to a temporary name, is flushed, then renamed. */
export function openFolderLake(folder: string): Lake {
  const path = (key: string) => join(folder, key);

  async function place(key: string, fill: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = `${path(key)}.${randomBytes(4).toString("hex")}.tmp`;
    await mkdir(dirname(temporary), {recursive: true});
    try {
      await fill(temporary);
      const handle = await open(temporary, "r+");
      await handle.sync().finally(() => handle.close());
      await rename(temporary, path(key));
    } catch (error) {
      await rm(temporary, {force: true});
      throw new Error(`lake ${folder}: cannot write ${key}: ${(error as Error).message}`, {cause: error});
    }
  }

  const write = (key: string, text: string) =>
    place(key, async (temporary) => {
      const handle = await open(temporary, "w");
      await handle.writeFile(text).finally(() => handle.close());
    });

  const find = (key: string) => absentAsUndefined(readFile(path(key), "utf8"));

  return {
    name: folder,
    folder,
    put: (key, file) => place(key, (temporary) => copyFile(file, temporary)),
    write,
    async get(key) {
      if ((await absentAsUndefined(stat(path(key)))) === undefined)
        throw new Error(`lake ${folder}: missing object: ${key}`);
      return path(key);
    },
    find,
    head: async (key) => (await absentAsUndefined(stat(path(key))))?.size,
    remove: (key) => rm(path(key), {force: true}),
    list: () => listFolder(folder),
    async swap(key, text, expected) {
      if ((await find(key)) !== expected) return false;
      await write(key, text);
      return true;
    }
  };
}

async function* listFolder(folder: string): AsyncIterable<Listed> {
  const entries = await absentAsUndefined(readdir(folder, {recursive: true, withFileTypes: true}));
  for (const entry of entries ?? []) {
    const path = join(entry.parentPath, entry.name);
    const found = entry.isFile() ? await absentAsUndefined(stat(path)) : undefined;
    if (found)
      yield {key: relative(folder, path).split(sep).join("/"), bytes: found.size, writtenAt: found.mtimeMs};
  }
}

/** The sha256 of a file's bytes, in hex. */
export async function checksum(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, {highWaterMark: 1 << 20})) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function absentAsUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
