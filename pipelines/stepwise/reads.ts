import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {type GoldTable, type SilverTable, silver} from "../catalog.ts";
import type {Config} from "../config.ts";
import {tablesOf} from "../engine/duckdb.ts";

/** The text of a file of the project, if it is there. */
export function textOf({root}: Pick<Config, "root">, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8").replace(/;\s*$/, "") : undefined;
}

/** The silver tables that a gold table needs: those its SQL and its check read, and those its declaration names. */
export async function silverReadBy(config: Config, table: GoldTable): Promise<SilverTable[]> {
  const files = [`pipelines/3-gold/${table.name}.sql`, `pipelines/3-gold/checks/${table.name}.sql`];
  const names = [table.from, ...Object.values(table.found ?? {}).map((one) => one.table)];
  const read = new Set(names.map((name) => `silver.${name}`));
  for (const file of files) {
    const sql = textOf(config, file);
    if (sql !== undefined) for (const name of await tablesOf(sql, file)) read.add(name);
  }
  return silver.filter(({name}) => read.has(`silver.${name}`));
}
