import {bronzeRelation} from "../1-bronze/chunk.ts";
import {literal} from "../engine/duckdb.ts";
import {getAll, type Lake} from "../lake/lake.ts";
import type {LakeObject} from "../step.ts";

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
