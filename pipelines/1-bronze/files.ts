import {join} from "node:path";
import {type SourceTable, sources} from "../catalog.ts";
import {ident} from "../engine/duckdb.ts";
import {fromCents} from "../ledger.ts";
import type {Scan} from "../source/csv.ts";
import {checkUnchanged, findFiles, relationOf, scanFile, type SourceFile} from "../source/folder.ts";
import {type Context, contentOf, keep, runStep, type StepResult} from "../step.ts";
import {bronzeRelation, checkColumns, sourceToBronze} from "./chunk.ts";

const code = [
  import.meta.filename,
  join(import.meta.dirname, "chunk.ts"),
  join(import.meta.dirname, "../source/csv.ts"),
  join(import.meta.dirname, "../source/folder.ts")
];

/** Takes the file of every table as its one chunk, one step a table. */
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
  const list = columns.map(ident).join(", ");
  const object = await keep(context, "bronze", table.name, `(select ${list} from ${relation})`, file.path);
  await checkUnchanged(file);
  const taken = bronzeRelation([await context.lake.get(object.key)]);
  object.content = (await contentOf(context, taken)).content;
  const shape = {columns: scan.header.map((name) => ({name, type: ""})), key: []};
  return {
    objects: [object],
    facts: {ledger: await sourceToBronze(context, table, table.file, foundIn(table, scan), taken), shape}
  };
}

/** What the scan counted and added up, as decimal texts. */
function foundIn(table: SourceTable, scan: Scan): Record<string, string> {
  const sums = Object.entries(table.amounts).map(([name, type]) => {
    const sum = scan.sums[name]!;
    return [name, type === "money" ? fromCents(sum) : String(sum)] as const;
  });
  return {rows: String(scan.records), ...Object.fromEntries(sums)};
}
