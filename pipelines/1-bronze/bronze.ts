import type {Context, StepResult} from "../step.ts";
import {makeFromFiles} from "./files.ts";
import {makeFromMysql} from "./tables.ts";

/** Takes every table of the source as it is: every column text, in chunks whose rows `_row` numbers. */
export function makeBronze(context: Context): Promise<StepResult[]> {
  const {source} = context.config;
  return source.kind === "mysql" ? makeFromMysql(context, source) : makeFromFiles(context, source.path);
}
