import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {type GoldTable, gold, types} from "../catalog.ts";
import {BrokenContract} from "../checks.ts";
import {describe, ident, query, queryOne, run} from "../engine/duckdb.ts";
import {ledgerLine, type LedgerLine} from "../ledger.ts";
import {contentsOf, type Some, type Tables} from "../parts.ts";
import {type Context, inputsOf, keep, proving, runStep, type StepResult, tell} from "../step.ts";
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
  before: Tables = new Map(),
  {tables = gold, anew}: Some<GoldTable> = {}
): Promise<StepResult[]> {
  const {config} = context;
  const results: StepResult[] = [];
  for (const table of tables) {
    const name = `gold ${table.name}`;
    const file = `pipelines/3-gold/${table.name}.sql`;
    const sql = readFileSync(join(config.root, file), "utf8").replace(/;\s*$/, "");
    const inputs = await inputsOf(sql, contentsOf(silver), file);
    const parameters = {table, check: findCheck(context, table)?.sql};
    const step = {name, inputs, sql, code, parameters, isAnew: anew !== undefined};
    const isInParts = table.parts && silver.get(`silver.${table.from}`)?.[0]!.chunk !== undefined;
    const make = (select: string, showOwn = async () => {}) =>
      makeTable(context, table, select, file, showOwn);
    results.push(
      isInParts
        ? await tell(context, name, (update) =>
            makeInParts(context, {table, step, silver, before, anew}, make, update)
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
    await proving(context, () => checkRows(context, table));
    return {objects: [object], facts: {ledger: await proving(context, () => silverToGold(context, table))}};
  } finally {
    await run(connection, "drop table if exists made");
  }
}

/** A text as PostgreSQL can hold it too: a NUL character becomes the sign for one that has no place, �. */
function storable(name: string): string {
  return `replace(cast(${ident(name)} as ${types.duckdb.text}), chr(0), chr(65533))`;
}

/** The query that selects the rows of `made` that silver contradicts, if a table has one. */
function findCheck({config}: Context, table: GoldTable): {file: string; sql: string} | undefined {
  const file = `pipelines/3-gold/checks/${table.name}.sql`;
  const path = join(config.root, file);
  return existsSync(path) ? {file, sql: readFileSync(path, "utf8").replace(/;\s*$/, "")} : undefined;
}

async function checkRows(context: Context, table: GoldTable): Promise<void> {
  const check = findCheck(context, table);
  if (!check) return;
  const wrong = await query<{measure: string; rows: string; key: string}>(
    context.connection,
    `select measure, count(*)::varchar as rows, min(key)::varchar as key from (${check.sql}\n) group by 1 order by 1`,
    check.file
  );
  if (!wrong.length) return;
  const told = wrong.map(
    ({measure, rows, key}) =>
      `  silver → gold ${table.name}, ${measure}: ${rows} rows are not what silver says (the first: ${table.row![0]} ${key})`
  );
  throw new BrokenContract(
    `gold does not agree with silver; nothing is published\n${told.join("\n")}\nsee ${check.file}`
  );
}

async function checkTable({connection}: Context, table: GoldTable, file: string): Promise<void> {
  const have = (await describe(connection, "made")).map((column) => column.name);
  const want = table.columns.map((column) => column.name);
  const wrong = [
    ...want.filter((name) => !have.includes(name)).map((name) => `${name} is missing`),
    ...have.filter((name) => !want.includes(name)).map((name) => `${name} is not in catalog.ts`)
  ];
  if (wrong.length) throw new BrokenContract(`${file}: column ${wrong.join(", ")}`);
  const key = ident(table.key);
  const counts = await queryOne<{rows: string; keys: string}>(
    connection,
    `select count(*)::varchar as rows, count(distinct ${key})::varchar as keys from made`
  );
  if (counts.rows !== counts.keys)
    throw new BrokenContract(
      `gold ${table.name}: ${counts.rows} rows have ${counts.keys} different ${table.key}; see ${file}`
    );
}

/** Rows, amounts and references against the silver table the rows come from, row by row. */
async function silverToGold({connection}: Context, table: GoldTable): Promise<LedgerLine[]> {
  const {from, row, amounts, same = {}, found = {}} = table;
  if (!from || !row) return [];
  const money = (x: string) => `coalesce(sum(cast(${x} as decimal(38, 2))), 0)::varchar`;
  const measures = [
    // a row that is there once on both sides, with the same values, is the same row
    {
      name: "rows",
      in: "count(silver._row)",
      out: `count(${made(row[0])})`,
      differs: differing({[row[0]]: row[1], ...same})
    },
    ...Object.entries(amounts).map(([name, x]) => ({
      name,
      in: money(own(x)),
      out: money(made(name)),
      differs: differing({[name]: x})
    })),
    ...Object.entries(found).map(([name, {table: lookup, key, by}]) => {
      const isKnown = `coalesce(${own(by)} in (select ${ident(key)} from silver.${ident(lookup)}), false)`;
      return {
        name,
        in: `count(*) filter (${isKnown})`,
        out: `count(${made(name)})`,
        differs: `${isKnown} <> (${made(name)} is not null)`
      };
    })
  ];
  const select = (of: (one: (typeof measures)[number]) => string, from: string) =>
    queryOne<Record<string, string>>(
      connection,
      `select ${measures.map((one, n) => `(${of(one)})::varchar as m${n}`).join(", ")} from ${from}`
    );
  const silver = `silver.${ident(from)} as silver`;
  const before = await select((one) => one.in, silver);
  const after = await select((one) => one.out, "made");
  const differs = await select(
    (one) => `count(*) filter (${one.differs})`,
    `${silver} full join made on ${made(row[0])} = ${own(row[1])}`
  );
  return measures.map(({name}, n) =>
    ledgerLine("silver → gold", from, table.name, name, {
      in: before[`m${n}`]!,
      out: after[`m${n}`]!,
      mismatchedRows: Number(differs[`m${n}`])
    })
  );
}

const made = (name: string) => `made.${ident(name)}`;
const own = (name: string) => `silver.${ident(name)}`;

/** Whether a gold row differs from its silver row in one of these columns. */
function differing(columns: Record<string, string>): string {
  return Object.entries(columns)
    .map(([name, x]) => `${made(name)} is distinct from ${own(x)}`)
    .join(" or ");
}
