import type {Lake} from "./folder.ts";

/** The JSON under `key`, if there is any. Throws naming the file and the way out if it is damaged. */
export async function findJson<T>(lake: Lake, key: string): Promise<T | undefined> {
  const text = await lake.find(key);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(`lake ${lake.name}: damaged file: ${key}; remove it and run npx assay refresh`, {
      cause: error
    });
  }
}
