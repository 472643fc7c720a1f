import {readFileSync} from "node:fs";
import {join} from "node:path";
import {type GoldTable, gold, types} from "../catalog.ts";
import {describe, ident, query, queryOne, run} from "../engine/duckdb.ts";
import {ledgerLine, type LedgerLine} from "../ledger.ts";
import {contentsOf, type Tables} from "../parts.ts";
import {type Context, inputsOf, keep, runStep, type StepResult, tell} from "../step.ts";
import {makeInParts} from "./in-parts.ts";

const code = [
  import.meta.filename,
  join(import.meta.dirname, "in-parts.ts"),
  join(import.meta.dirname, "../parts.ts"),
  join(import.meta.dirname, "../ledger.ts")
];

/**
 * Makes the star schema from the views `silver.TABLE`: one step a table, exactly the columns of the catalog. `before`
 * are the tables of the live release.
 */
export async function makeGold(
  context: Context,
  silver: Tables,
  before: Tables = new Map()
): Promise<StepResult[]> {
  const {config} = context;
  const results: StepResult[] = [];
  for (const table of gold) {
    const name = `gold ${table.name}`;
    const file = `pipelines/3-gold/${table.name}.sql`;
    const sql = readFileSync(join(config.root, file), "utf8").replace(/;\s*$/, "");
    const inputs = await inputsOf(sql, contentsOf(silver), file);
    const step = {name, inputs, sql, code, parameters: {table}};
    const isInParts = table.parts && silver.get(`silver.${table.from}`)?.[0]!.chunk !== undefined;
    const make = (select: string, showOwn = async () => {}) =>
      makeTable(context, table, select, file, showOwn);
    results.push(
      isInParts
        ? await tell(context, name, (update) =>
            makeInParts(context, table, step, silver, before, make, update)
          )
        : await runStep(context, step, () => make(sql))
    );
  }
  return results;
}

/** The latest complete day of each fact table, by `data_through.sql` over the views `gold.TABLE`. */
export async function findDataThrough({connection, config}: Context): Promise<Record<string, string | null>> {
  const file = "pipelines/3-gold/data_through.sql";
  const sql = readFileSync(join(config.root, file), "utf8");
  const rows = await query<{table_name: string; data_through: string | null}>(connection, sql, file);
  return Object.fromEntries(rows.map((row) => [row.table_name, row.data_through]));
}

async function makeTable(
  context: Context,
  table: GoldTable,
  sql: string,
  file: string,
  showOwn: () => Promise<void>
) {
  const {connection} = context;
  await run(connection, `create or replace table made as ${sql}`, file);
  try {
    await checkTable(context, table, file);
    const columns = table.columns.map(
      ({name, type}) =>
        `${type === "text" ? storable(name) : `cast(${ident(name)} as ${types.duckdb[type]})`} as ${ident(name)}`
    );
    const object = await keep(context, "gold", table.name, `(select ${columns.join(", ")} from made)`, file);
    await showOwn();
    return {objects: [object], facts: {ledger: await silverToGold(context, table)}};
  } finally {
    await run(connection, "drop table if exists made");
  }
}

/** A text as PostgreSQL can hold it too: a NUL character becomes the sign for one that has no place, �. */
function storable(name: string): string {
  return `replace(cast(${ident(name)} as ${types.duckdb.text}), chr(0), chr(65533))`;
}

async function checkTable({connection}: Context, table: GoldTable, file: string): Promise<void> {
  const have = (await describe(connection, "made")).map((column) => column.name);
  const want = table.columns.map((column) => column.name);
  const wrong = [
    ...want.filter((name) => !have.includes(name)).map((name) => `${name} is missing`),
    ...have.filter((name) => !want.includes(name)).map((name) => `${name} is not in catalog.ts`)
  ];
  if (wrong.length) throw new Error(`${file}: column ${wrong.join(", ")}`);
  const key = ident(table.key);
  const counts = await queryOne<{rows: string; keys: string}>(
    connection,
    `select count(*)::varchar as rows, count(distinct ${key})::varchar as keys from made`
  );
  if (counts.rows !== counts.keys)
    throw new Error(
      `gold ${table.name}: ${counts.rows} rows have ${counts.keys} different ${table.key}; see ${file}`
    );
}

/** Rows and amounts against the silver table the rows come from; where the gold row knows its `_row`, one by one. */
async function silverToGold({connection}: Context, table: GoldTable): Promise<LedgerLine[]> {
  if (!table.from) return [];
  const amounts = Object.entries(table.amounts);
  const hasRow = table.columns.some((column) => column.name === "_row");
  const measure = (of: Record<string, string>) =>
    Object.entries(of).map(
      ([name, x]) => `coalesce(sum(cast(${ident(x)} as decimal(38, 2))), 0)::varchar as ${ident(name)}`
    );
  const total = (relation: string, of: Record<string, string>) =>
    queryOne<Record<string, string>>(
      connection,
      `select ${["count(*)::varchar as rows", ...measure(of)].join(", ")} from ${relation}`
    );
  const before = await total(`silver.${table.from}`, table.amounts);
  const after = await total("made", Object.fromEntries(amounts.map(([name]) => [name, name])));
  const lines: LedgerLine[] = [];
  for (const [name, x] of [["rows", "_row"] as const, ...amounts]) {
    const mismatchedRows = hasRow
      ? await countMismatches({connection}, table.from, name === "rows" ? "_row" : name, x)
      : 0;
    lines.push(
      ledgerLine("silver → gold", table.from, table.name, name, {
        in: before[name]!,
        out: after[name]!,
        mismatchedRows
      })
    );
  }
  return lines;
}

async function countMismatches(
  {connection}: Pick<Context, "connection">,
  from: string,
  column: string,
  x: string
): Promise<number> {
  const {n} = await queryOne<{n: string}>(
    connection,
    `select count(*)::varchar as n from silver.${from} as silver full join made on made._row = silver._row
     where made._row is null or silver._row is null or made.${ident(column)} is distinct from silver.${ident(x)}`
  );
  return Number(n);
}
