import {webcrypto} from "node:crypto";
import {readFile} from "node:fs/promises";
import {bronzeRelation} from "../1-bronze/chunk.ts";
import {literal} from "../engine/duckdb.ts";
import {eachOf} from "../lake/each.ts";
import type {Lake} from "../lake/lake.ts";
import type {LakeObject} from "../step.ts";

/** Local paths of objects whose bytes are those they were made with; an error names one that is not. */
export function wholePaths(lake: Lake, objects: LakeObject[]): Promise<string[]> {
  return eachOf(objects, 4, async (object) => {
    const path = await lake.get(object.key).catch((error: Error) => {
      if (!/missing object/.test(error.message)) throw error;
      throw new Error(`${error.message}; run npx assay refresh, which makes it again`);
    });
    const bytes = await readFile(path);
    const sum = Buffer.from(await webcrypto.subtle.digest("SHA-256", bytes)).toString("hex");
    if (sum !== object.checksum)
      throw new Error(
        `lake ${lake.name}: object damaged: ${object.key}: its bytes are not those it was made with; remove it and run npx assay refresh`
      );
    return path;
  });
}

/** The relation of parts of a table, bronze with `_row`. */
export async function relationOf(lake: Lake, parts: LakeObject[]): Promise<string> {
  const paths = await wholePaths(lake, parts);
  if (parts[0]?.layer === "bronze")
    return bronzeRelation(
      paths,
      parts.map(({chunk}) => chunk ?? 0)
    );
  return `read_parquet([${paths.map(literal).join(", ")}])`;
}
