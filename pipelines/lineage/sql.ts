import {spawn} from "node:child_process";
import {readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {listLoaders} from "../5-site/extracts.ts";
import {gold, silver} from "../catalog.ts";
import {type Config, processEnvironment} from "../config.ts";
import {indent, lastLines} from "../warehouse/dbt.ts";

/** A text of SQL, in the dialect it is written in, and the table it makes, or the extract whose tables it makes. */
export type Text = {table: string; file: string; dialect: "duckdb" | "postgres"; sql: string};

/** By its value, by a condition (which rows count), or as one of several, the parser cannot tell which. */
export type Kind = "value" | "condition" | "table";

/**
 * What the parser knows of a select: the tables it reads, its columns and what each depends on, the columns that decide
 * its rows, and those it names, without which it fails. `unread` says why it could not be followed.
 */
export type Statement = {
  table: string;
  file: string;
  reads: string[];
  columns: Record<string, Partial<Record<Kind, string[]>>>;
  rows: string[];
  names: string[];
  unread?: string;
};

/** The texts of the tables: those of silver and gold in the checkout, and dbt's models as dbt compiled them. */
export async function readTables(
  {root}: Config,
  selects: Record<string, string>
): Promise<{tables: Text[]; models: Text[]}> {
  const files = (await readdir(join(root, "dbt/models"), {recursive: true})).map(String);
  const fileOf = (name: string) => files.find((path) => path.endsWith(`/${name}.sql`)) ?? `${name}.sql`;
  const models = Object.entries(selects).map(([name, sql]): Text => ({
    table: `marts.${name}`,
    file: `dbt/models/${fileOf(name)}`,
    dialect: "postgres",
    sql
  }));
  const tables = await Promise.all([
    ...silver.map(({name}) => readText(root, `silver.${name}`, `pipelines/2-silver/${name}.sql`)),
    ...gold.map(({name}) => readText(root, `gold.${name}`, `pipelines/3-gold/${name}.sql`))
  ]);
  return {tables, models};
}

/** Every text of SQL between bronze and the site. */
export async function readTexts(config: Config, selects: Record<string, string>): Promise<Text[]> {
  const {root} = config;
  const {tables, models} = await readTables(config, selects);
  const loaders = await listLoaders(join(root, "loaders"));
  const others = await Promise.all([
    readText(root, "assay.data_through", "pipelines/3-gold/data_through.sql"),
    ...loaders.map((name) => readText(root, `extracts.${name}`, `loaders/${name}.sql`))
  ]);
  return [...tables, ...others, ...models];
}

async function readText(root: string, table: string, file: string): Promise<Text> {
  return {table, file, dialect: "duckdb", sql: await readFile(join(root, file), "utf8")};
}

/** Follows the columns of `tables` through `texts`, with the Python of `environment`. */
export async function followSql(
  environment: string,
  tables: Record<string, string[]>,
  texts: Text[]
): Promise<Statement[]> {
  const child = spawn(join(environment, "bin", "python"), [join(import.meta.dirname, "lineage.py")], {
    env: {...processEnvironment(), PYTHONUTF8: "1"}
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify({tables, texts}));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve)
  );
  if (errors.includes("No module named 'sqlglot'"))
    throw new Error(
      `lineage: missing sqlglot in ${environment}: ${environment}/bin/python -m pip install -r dbt/requirements.txt`
    );
  if (code !== 0) throw new Error(`lineage: lineage.py ended with ${code}:\n${indent(lastLines(errors, 6))}`);
  return JSON.parse(output) as Statement[];
}
