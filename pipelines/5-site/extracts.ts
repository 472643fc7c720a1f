import {readdir, readFile, rm} from "node:fs/promises";
import {join} from "node:path";
import {describe, literal, query, run} from "../engine/duckdb.ts";
import type {LedgerLine} from "../ledger.ts";
import {
  type Context,
  hash,
  inputsOf,
  keepFile,
  type LakeObject,
  proving,
  runStep,
  type StepResult
} from "../step.ts";
import {linesOf} from "../views.ts";
import {writeBlocks} from "./blocks.ts";
import {type ExtractShare, readShares, reconcileExtract} from "./reconcile.ts";

/** What decides an extract besides its SQL: also what the catalog marks as personal. */
const code = [
  import.meta.filename,
  join(import.meta.dirname, "blocks.ts"),
  join(import.meta.dirname, "reconcile.ts"),
  ...["against-gold", "ledger", "views", "privacy", "catalog"].map((name) =>
    join(import.meta.dirname, `../${name}.ts`)
  )
];

/** Names of the extracts the `.sql` loaders make, such as `ledger.json`. */
export async function listLoaders(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(".sql"))
    .map((name) => name.slice(0, -".sql".length))
    .sort();
}

/** What the ledger says of extracts made so far is shown to those that follow; returns its content id. */
type TellLedger = (lines: LedgerLine[]) => Promise<string>;

/** What extracts are made of, `contents` being content ids of `schema.table`; `only` some of them, if it says so. */
type Wanted = {
  contents: Map<string, string>;
  objects: LakeObject[];
  tellLedger: TellLedger;
  only?: string[] | undefined;
};

/**
 * Makes the extracts from the views of the release in the making. Those that show the ledger come last, the database
 * before them, so that the ledger tells of the others; whoever wants one of these has all the others made.
 */
export async function makeExtracts(
  context: Context,
  {contents, objects, tellLedger, only}: Wanted
): Promise<{results: StepResult[]; sql: Record<string, string>}> {
  const folder = join(context.config.root, "loaders");
  const shares = await readShares(context.config.root);
  const results: StepResult[] = [];
  const sqlOf = new Map<string, string>();
  for (const name of await listLoaders(folder))
    sqlOf.set(name, await readFile(join(folder, `${name}.sql`), "utf8"));
  const waves = await inWaves(sqlOf, contents);
  const isWanted = (name: string) => !only || only.includes(name);
  const isWhole = waves[2]!.some(isWanted);
  for (const wave of isWhole ? waves : waves.map((names) => names.filter(isWanted))) {
    const made: StepResult[] = [];
    for (const name of wave)
      made.push(
        await makeExtract(context, {name, sql: sqlOf.get(name)!, contents, objects, share: shares[name]})
      );
    results.push(...made);
    const lines = made.flatMap(({facts}) => facts.ledger ?? []);
    if (lines.length) contents.set("assay.ledger", await tellLedger(lines));
  }
  return {results, sql: Object.fromEntries([...sqlOf].map(([name, sql]) => [name, hash(sql)]))};
}

/** A select depends on the tables it names, a script on everything. */
function inputsOfExtract(name: string, sql: string, contents: Map<string, string>) {
  return name.endsWith(".duckdb")
    ? Object.fromEntries(contents)
    : inputsOf(sql, contents, `loaders/${name}.sql`);
}

async function inWaves(sqlOf: Map<string, string>, contents: Map<string, string>): Promise<string[][]> {
  const waves: [string[], string[], string[]] = [[], [], []];
  for (const [name, sql] of sqlOf) {
    const isDatabase = name.endsWith(".duckdb");
    const readsLedger = "assay.ledger" in (await inputsOfExtract(name, sql, contents));
    waves[isDatabase ? 1 : readsLedger ? 2 : 0].push(name);
  }
  return waves;
}

type Extract = {
  name: string;
  sql: string;
  contents: Map<string, string>;
  objects: LakeObject[];
  share: ExtractShare | undefined;
};

async function makeExtract(
  context: Context,
  {name, sql, contents, objects, share}: Extract
): Promise<StepResult> {
  const inputs = await inputsOfExtract(name, sql, contents);
  const step = {name: `extract ${name}`, inputs, sql, code, parameters: {share}};
  return runStep(context, step, async () => {
    const path = join(context.temporary, name);
    const written = await writeExtract(context, name, sql, path, objects, share);
    const extension = name.slice(name.indexOf(".") + 1);
    // the bytes of a database differ from run to run: what it holds follows from what it was made of
    const content = extension === "duckdb" ? hash(JSON.stringify([sql, inputs])) : undefined;
    const {rows, columns, ledger} = written;
    const made = {layer: "extracts", table: name, path, extension, rows, columns, ...(content && {content})};
    return {objects: [await keepFile(context, made)], facts: {ledger}};
  });
}

type Written = {rows: number; columns: LakeObject["columns"]; ledger: LedgerLine[]};

/**
 * Writes the file of one extract: a select becomes a JSON array or, of the rows of bronze that sales lines come from, a
 * file of blocks; a script fills the tables of a DuckDB file.
 */
export async function writeExtract(
  context: Pick<Context, "connection" | "lake" | "proof">,
  name: string,
  sql: string,
  path: string,
  objects: LakeObject[],
  share?: ExtractShare
): Promise<Written> {
  const file = `loaders/${name}.sql`;
  const reconcile = async (made: Omit<Written, "ledger">) => ({
    ...made,
    ledger: share ? await proving(context, () => reconcileExtract(context, name, share, {path, ...made})) : []
  });
  if (name.endsWith(".json")) return reconcile(await writeJson(context, sql, path, file));
  if (name.endsWith(".duckdb")) return writeDatabase(context, sql, path, file, reconcile);
  if (name.endsWith(".blocks"))
    return {
      rows: await proving(context, () =>
        writeBlocks(context, sql.replace(/;\s*$/, ""), linesOf(objects), path)
      ),
      columns: [],
      ledger: []
    };
  throw new Error(`${file}: unknown kind of extract: ${name} (have .json.sql, .duckdb.sql, .blocks.sql)`);
}

async function writeJson(
  {connection}: Pick<Context, "connection">,
  sql: string,
  path: string,
  file: string
): Promise<Omit<Written, "ledger">> {
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
  file: string,
  reconcile: (made: Omit<Written, "ledger">) => Promise<Written>
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
    return await reconcile({rows: Number(counted!.n), columns: []});
  } finally {
    await run(connection, "detach extract");
  }
}
