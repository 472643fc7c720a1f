import {webcrypto} from "node:crypto";
import {readFile} from "node:fs/promises";
import {bronzeRelation} from "../1-bronze/chunk.ts";
import {literal} from "../engine/duckdb.ts";
import {getAll, type Lake} from "../lake/lake.ts";
import type {LakeObject} from "../step.ts";

/**
 * A lake that compares the bytes of each object it gives with its checksum, beside the work that reads them: `settle`
 * throws naming one that differs.
 */
export function watched(lake: Lake, objects: LakeObject[]): {lake: Lake; settle: () => Promise<unknown>} {
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

async function check(lake: Lake, {key, checksum}: LakeObject, path: string): Promise<void> {
  const sum = await webcrypto.subtle.digest("SHA-256", await readFile(path));
  if (Buffer.from(sum).toString("hex") !== checksum)
    throw new Error(
      `lake ${lake.name}: object damaged: ${key}: its bytes are not those it was made with; remove it and run npx assay refresh`
    );
}

/** The relation of parts of a table, bronze with `_row`. */
export async function relationOf(lake: Lake, parts: LakeObject[]): Promise<string> {
  const paths = await getAll(lake, parts);
  if (parts[0]?.layer === "bronze")
    return bronzeRelation(
      paths,
      parts.map(({chunk}) => chunk ?? 0)
    );
  return `read_parquet([${paths.map(literal).join(", ")}])`;
}
