import {webcrypto} from "node:crypto";
import {readFile} from "node:fs/promises";
import type {Lake} from "./lake.ts";

/** An object by its key, and the checksum of the bytes that were written. */
type Written = {key: string; checksum: string};

/**
 * A lake that compares the bytes of each object it gives with its checksum, beside the work that reads them: `settle`
 * throws naming one that differs.
 */
export function watched(lake: Lake, objects: Written[]): {lake: Lake; settle: () => Promise<unknown>} {
  const known = new Map(objects.map((object) => [object.key, object]));
  const checks = new Map<string, Promise<void>>();
  const get = async (key: string) => {
    const path = await lake.get(key).catch((error: Error) => {
      if (!/missing object/.test(error.message)) throw error;
      throw new Error(`${error.message}; run npx assay refresh, which makes it again`);
    });
    if (!checks.has(key)) checks.set(key, check(lake, known.get(key)!, path));
    checks.get(key)!.catch(() => {});
    return path;
  };
  return {lake: {...lake, get}, settle: () => Promise.all(checks.values())};
}

async function check(lake: Lake, {key, checksum}: Written, path: string): Promise<void> {
  const sum = await webcrypto.subtle.digest("SHA-256", await readFile(path));
  if (Buffer.from(sum).toString("hex") !== checksum)
    throw new Error(
      `lake ${lake.name}: object damaged: ${key}: its bytes are not those it was made with; npx assay refresh --verify removes it and makes it again if it is of the live release; an older one cannot be read any more`
    );
}
