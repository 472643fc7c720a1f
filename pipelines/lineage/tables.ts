import {mkdir, readFile, writeFile} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {silent} from "../progress.ts";
import {hash} from "../step.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {givenTables} from "./lineage.ts";
import {followSql, readTexts, type Statement} from "./sql.ts";

/** What the SQL of each table of silver, gold and the marts reads, by `layer.table`. */
export type Reads = Map<string, Statement>;

/**
 * Follows the columns of the tables up to the marts, whose selects dbt compiled: about a second of work, kept in the home
 * until a text changes. Throws where they cannot be followed.
 */
export async function followTables(config: Config, selects: Record<string, string>): Promise<Reads> {
  const texts = (await readTexts(config, selects)).filter(({table}) => /^(silver|gold|marts)\./.test(table));
  const parser = await readFile(join(import.meta.dirname, "lineage.py"), "utf8");
  const key = hash(JSON.stringify([parser, givenTables(), texts])).slice(0, 24);
  const path = join(config.home, "lineage", `tables-${key}.json`);
  const kept = await readFile(path, "utf8").catch(() => undefined);
  const statements = kept
    ? (JSON.parse(kept) as Statement[])
    : await followSql(await ensureDbt(config, silent), givenTables(), texts);
  if (!kept) {
    await mkdir(join(config.home, "lineage"), {recursive: true});
    await writeFile(path, JSON.stringify(statements));
  }
  return new Map(statements.map((one) => [one.table, one]));
}
