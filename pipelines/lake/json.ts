import type {Lake} from "./lake.ts";

/** A file of the lake that is no JSON; the message names it and the way out. */
export class DamagedFile extends Error {}

/** The JSON under `key`, if there is any. Throws DamagedFile. */
export async function findJson<T>(lake: Lake, key: string): Promise<T | undefined> {
  const text = await lake.find(key);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    const message = `lake ${lake.name}: damaged file: ${key}; remove it and run npx assay refresh`;
    throw new DamagedFile(message, {cause: error});
  }
}
