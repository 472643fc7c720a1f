import {rm} from "node:fs/promises";
import {join} from "node:path";
import {type SourceTable, sources} from "../catalog.ts";
import {ident, literal, run} from "../engine/duckdb.ts";
import {fromCents} from "../ledger.ts";
import type {Scan} from "../source/csv.ts";
import {checkUnchanged, findFiles, relationOf, scanFile, type SourceFile} from "../source/folder.ts";
import {type Context, contentOf, keep, type LakeObject, proving, runStep, type StepResult} from "../step.ts";
import {bronzeRelation, checkColumns, sourceToBronze} from "./chunk.ts";

const code = [
  import.meta.filename,
  join(import.meta.dirname, "chunk.ts"),
  join(import.meta.dirname, "../source/csv.ts"),
  join(import.meta.dirname, "../source/folder.ts")
];

/** Rows of a chunk of a file that has at least twice as many: two row groups of DuckDB's. */
const chunkRows = 2 * 122_880;

/** Takes the file of every table, one step a table. */
export async function makeFromFiles(context: Context, folder: string): Promise<StepResult[]> {
  const files = await findFiles(folder, sources);
  const results: StepResult[] = [];
  for (const table of sources) {
    const file = files.get(table.name)!;
    const step = {
      name: `bronze ${table.name}`,
      inputs: {[table.file]: file.checksum},
      code,
      parameters: {table}
    };
    results.push(await runStep(context, step, () => takeFile(context, table, file)));
  }
  return results;
}

async function takeFile(context: Context, table: SourceTable, file: SourceFile) {
  const scan = await scanFile(file, table);
  const columns = checkColumns(table, scan.header);
  const relation = await relationOf(file, scan, join(context.temporary, `${table.name}.csv`));
  const rows = `(select ${columns.map(ident).join(", ")} from ${relation})`;
  const objects =
    scan.records < 2 * chunkRows
      ? [await keep(context, "bronze", table.name, rows, file.path)]
      : await keepChunks(context, table, rows, file, scan.records);
  await checkUnchanged(file);
  const paths: string[] = [];
  for (const object of objects) {
    const path = await context.lake.get(object.key);
    // rows are told apart by their place, so their order counts
    object.content = (await contentOf(context, bronzeRelation([path]))).content;
    paths.push(path);
  }
  const taken = bronzeRelation(paths);
  const shape = {columns: scan.header.map((name) => ({name, type: ""})), key: []};
  return {
    objects,
    facts: {
      ledger: await proving(context, () =>
        sourceToBronze(context, table, table.file, foundIn(table, scan), taken)
      ),
      shape
    }
  };
}

/** A large file in chunks of its rows, so that what is made of them is made in parts, and only those that changed. */
async function keepChunks(
  context: Context,
  table: SourceTable,
  rows: string,
  file: SourceFile,
  count: number
): Promise<LakeObject[]> {
  const {connection, temporary} = context;
  const whole = join(temporary, `${table.name}.parquet`);
  await run(connection, `copy (from ${rows}) to ${literal(whole)} (format parquet)`, file.path);
  const objects: LakeObject[] = [];
  for (let start = 0; start < count; start += chunkRows) {
    const chunk = `(select * exclude (file_row_number) from read_parquet(${literal(whole)}, file_row_number = true)
      where file_row_number between ${start} and ${start + chunkRows - 1})`;
    const object = await keep(context, "bronze", table.name, chunk);
    objects.push({...object, chunk: start / chunkRows});
  }
  await rm(whole);
  return objects;
}

/** What the scan counted and added up, as decimal texts. */
function foundIn(table: SourceTable, scan: Scan): Record<string, string> {
  const sums = Object.entries(table.amounts).map(([name, type]) => {
    const sum = scan.sums[name]!;
    return [name, type === "money" ? fromCents(sum) : String(sum)] as const;
  });
  return {rows: String(scan.records), ...Object.fromEntries(sums)};
}
