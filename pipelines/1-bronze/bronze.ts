import type {Context, StepResult} from "../step.ts";
import {makeFromFiles} from "./files.ts";

/** Takes every table of the source as it is: every column text, in chunks whose rows `_row` numbers. */
export async function makeBronze(context: Context): Promise<StepResult[]> {
  const {source} = context.config;
  if (source.kind !== "mysql") return makeFromFiles(context, source.path);
  const {makeFromMysql} = await import("./tables.ts");
  return makeFromMysql(context, source);
}
