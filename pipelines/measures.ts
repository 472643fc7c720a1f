import type {Definitions} from "../src/components/semantic/select.ts";
import {selectSql} from "../src/components/semantic/select.ts";
import {queryOne} from "./engine/duckdb.ts";
import {type Context, hash, runStep} from "./step.ts";

/** Every measure of a release over all its lines, as decimal text (a ratio to 15 digits), and what they are defined by. */
export type Measured = {definition: string; values: Record<string, string | null>};

const code = [import.meta.filename];

/** Asks every measure of the views `marts.*`, whose content ids are `contents`. */
export async function measure(
  context: Context,
  definitions: Definitions,
  view: string,
  contents: Record<string, string>
): Promise<Measured> {
  const sql = totalsSql(definitions);
  const step = {name: "measures", inputs: contents, sql, code, parameters: {view}};
  const {facts} = await runStep(context, step, async () => ({
    objects: [],
    facts: {values: await queryOne<Measured["values"]>(context.connection, sql, "dbt/models/semantic")}
  }));
  return {definition: hash(JSON.stringify([definitions, view])), values: facts.values as Measured["values"]};
}

/** One row of every measure over all lines, as text. */
export function totalsSql(definitions: Definitions): string {
  const names = definitions.measures.map(({name}) => name);
  const texts = names.map((name) => `cast("${name}" as varchar) as "${name}"`);
  return `select ${texts.join(", ")} from (${selectSql(definitions, {measures: names})})`;
}
