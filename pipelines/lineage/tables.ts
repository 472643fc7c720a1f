import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {silent} from "../progress.ts";
import {hash} from "../step.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {remember} from "./kept.ts";
import {givenTables} from "./lineage.ts";
import {followSql, readTables, type Statement} from "./sql.ts";

/** What the SQL of each table of silver, gold and the marts reads, by `layer.table`. */
export type Reads = Map<string, Statement>;

/**
 * Follows the columns of the tables up to the marts, whose selects dbt compiled: about a second of work, kept in the home
 * until a text changes. Throws where they cannot be followed.
 */
export async function followTables(config: Config, selects: Record<string, string>): Promise<Reads> {
  const {tables, models} = await readTables(config, selects);
  const texts = [...tables, ...models];
  const parser = await readFile(join(import.meta.dirname, "lineage.py"), "utf8");
  const key = hash(JSON.stringify([parser, givenTables(), texts])).slice(0, 24);
  const statements = await remember(config, `tables-${key}`, async () =>
    followSql(await ensureDbt(config, silent), givenTables(), texts)
  );
  return new Map(statements.map((one) => [one.table, one]));
}
