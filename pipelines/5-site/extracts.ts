import {readdir, readFile, rm} from "node:fs/promises";
import {join} from "node:path";
import {describe, literal, query, run} from "../engine/duckdb.ts";
import {type Context, hash, inputsOf, keepFile, type LakeObject, runStep, type StepResult} from "../step.ts";
import {linesOf} from "../views.ts";
import {writeBlocks} from "./blocks.ts";

/** What decides an extract besides its SQL: also what the catalog marks as personal. */
const code = [
  import.meta.filename,
  join(import.meta.dirname, "blocks.ts"),
  ...["views", "privacy", "catalog"].map((name) => join(import.meta.dirname, `../${name}.ts`))
];

/** Names of the extracts the `.sql` loaders make, such as `ledger.json`. */
export async function listLoaders(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(".sql"))
    .map((name) => name.slice(0, -".sql".length))
    .sort();
}

/** Makes every extract from the views of the release in the making; `contents` are content ids of `schema.table`. */
export async function makeExtracts(
  context: Context,
  contents: Map<string, string>,
  objects: LakeObject[]
): Promise<{results: StepResult[]; sql: Record<string, string>}> {
  const folder = join(context.config.root, "loaders");
  const results: StepResult[] = [];
  const hashes: Record<string, string> = {};
  for (const name of await listLoaders(folder)) {
    const sql = await readFile(join(folder, `${name}.sql`), "utf8");
    hashes[name] = hash(sql);
    // a select depends on the tables it names, a script on everything
    const inputs = name.endsWith(".duckdb")
      ? Object.fromEntries(contents)
      : await inputsOf(sql, contents, `loaders/${name}.sql`);
    const step = {name: `extract ${name}`, inputs, sql, code};
    results.push(
      await runStep(context, step, async () => {
        const path = join(context.temporary, name);
        const made = await writeExtract(context, name, sql, path, objects);
        const extension = name.slice(name.indexOf(".") + 1);
        // the bytes of a database differ from run to run: what it holds follows from what it was made of
        const content = extension === "duckdb" ? hash(JSON.stringify([sql, inputs])) : undefined;
        const object = {
          layer: "extracts",
          table: name,
          path,
          extension,
          ...made,
          ...(content && {content})
        };
        return {objects: [await keepFile(context, object)]};
      })
    );
  }
  return {results, sql: hashes};
}

type Written = {rows: number; columns: LakeObject["columns"]};

/**
 * Writes the file of one extract: a select becomes a JSON array or, of the rows of bronze that sales lines come from, a
 * file of blocks; a script fills the tables of a DuckDB file.
 */
export async function writeExtract(
  context: Pick<Context, "connection" | "lake">,
  name: string,
  sql: string,
  path: string,
  objects: LakeObject[]
): Promise<Written> {
  const file = `loaders/${name}.sql`;
  if (name.endsWith(".json")) return writeJson(context, sql, path, file);
  if (name.endsWith(".duckdb")) return writeDatabase(context, sql, path, file);
  if (name.endsWith(".blocks"))
    return {rows: await writeBlocks(context, sql.replace(/;\s*$/, ""), linesOf(objects), path), columns: []};
  throw new Error(`${file}: unknown kind of extract: ${name} (have .json.sql, .duckdb.sql, .blocks.sql)`);
}

async function writeJson(
  {connection}: Pick<Context, "connection">,
  sql: string,
  path: string,
  file: string
): Promise<Written> {
  const select = sql.replace(/;\s*$/, "");
  await run(connection, `copy (${select}\n) to ${literal(path)} (format json, array true)`, file);
  const [counted] = await query<{n: string}>(
    connection,
    `select count(*)::varchar as n from read_json_objects(${literal(path)}, format = 'array')`
  );
  return {
    rows: Number(counted!.n),
    columns: await describe(connection, `select * from read_json(${literal(path)})`)
  };
}

async function writeDatabase(
  {connection}: Pick<Context, "connection">,
  sql: string,
  path: string,
  file: string
): Promise<Written> {
  await rm(path, {force: true});
  await run(connection, `attach ${literal(path)} as extract`);
  try {
    await run(connection, sql, file);
    await run(connection, "checkpoint extract");
    const [counted] = await query<{n: string}>(
      connection,
      "select sum(estimated_size)::varchar as n from duckdb_tables() where database_name = 'extract'"
    );
    return {rows: Number(counted!.n), columns: []};
  } finally {
    await run(connection, "detach extract");
  }
}
