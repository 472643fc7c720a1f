import {join} from "node:path";
import {type SourceTable, sources} from "../catalog.ts";
import {ident, query, run} from "../engine/duckdb.ts";
import {fromCents, ledgerLine, type LedgerLine, typedAmount} from "../ledger.ts";
import {checkUnchanged, findFiles, relationOf, scanFile, type SourceFile} from "../source/folder.ts";
import type {Scan} from "../source/csv.ts";
import {type Context, contentOf, keep, runStep, type StepResult} from "../step.ts";

const code = [
  import.meta.filename,
  join(import.meta.dirname, "../source/csv.ts"),
  join(import.meta.dirname, "../source/folder.ts")
];

/** Takes every table of the source as it is: one step a table, every column text, `_row` = row in its one chunk. */
export async function makeBronze(context: Context): Promise<StepResult[]> {
  const files = await findFiles(context.config.source.path, sources);
  const results: StepResult[] = [];
  for (const table of sources) {
    const file = files.get(table.name)!;
    const step = {
      name: `bronze ${table.name}`,
      inputs: {[table.file]: file.checksum},
      code,
      parameters: {table}
    };
    results.push(await runStep(context, step, () => takeTable(context, table, file)));
  }
  return results;
}

/** The relation of a bronze object: its columns as they are, and `_row`. */
export function bronzeRelation(path: string): string {
  return `(select file_row_number as _row, * exclude (file_row_number)
    from read_parquet('${path.replaceAll("'", "''")}', file_row_number = true))`;
}

async function takeTable(context: Context, table: SourceTable, file: SourceFile) {
  const scan = await scanFile(file, table);
  const drift = checkColumns(table, scan.header);
  const columns = [...table.columns, ...drift.added].map(ident).join(", ");
  const relation = await relationOf(file, scan, join(context.temporary, `${table.name}.csv`));
  const object = await keep(context, "bronze", table.name, `(select ${columns} from ${relation})`, file.path);
  await checkUnchanged(file);
  const path = bronzeRelation(await context.lake.get(object.key));
  object.content = (await contentOf(context, path)).content;
  return {objects: [object], facts: {ledger: await sourceToBronze(context, table, scan, path), drift}};
}

function checkColumns(table: SourceTable, header: string[]): {added: string[]} {
  const missing = table.columns.filter((name) => !header.includes(name));
  if (missing.length)
    throw new Error(
      `bronze ${table.name}: column ${missing.join(", ")} is missing (have ${header.join(", ")}); expected by catalog.ts`
    );
  const reserved = header.filter((name) => ["_row", "file_row_number"].includes(name));
  if (reserved.length)
    throw new Error(
      `bronze ${table.name}: column ${reserved.join(", ")} has a name that Assay uses; rename it in the source`
    );
  return {added: header.filter((name) => !table.columns.includes(name)).sort()};
}

async function sourceToBronze(
  {connection}: Context,
  table: SourceTable,
  scan: Scan,
  relation: string
): Promise<LedgerLine[]> {
  const amounts = Object.entries(table.amounts);
  const sums = amounts.map(
    ([name, type]) => `coalesce(sum(${typedAmount(ident(name), type)}), 0)::varchar as ${ident(name)}`
  );
  await run(connection, `create or replace temp view taken as select * from ${relation}`);
  const [out] = await query<Record<string, string>>(
    connection,
    `select ${["count(*)::varchar as rows", ...sums].join(", ")} from taken`
  );
  const line = (measure: string, amountIn: string) =>
    ledgerLine("source → bronze", table.file, table.name, measure, {in: amountIn, out: out![measure]!});
  return [
    line("rows", String(scan.records)),
    ...amounts.map(([name, type]) =>
      line(name, type === "money" ? fromCents(scan.sums[name]!) : String(scan.sums[name]!))
    )
  ];
}
