import {sources} from "../catalog.ts";
import {type Config, UsageError} from "../config.ts";
import {literal} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {readCurrent} from "../release.ts";
import {ask, withRelease} from "./sql.ts";
import {formatRows, tableOf} from "./table.ts";

/** `assay ledger`: the lines of the published release. */
export async function ledgerWord(config: Config, options: {json?: boolean}): Promise<void> {
  const {ledger} = await readCurrent(openLake(config));
  if (options.json) return console.log(JSON.stringify(ledger));
  const lines = ledger.map(
    ({hop, table_name, measure, amount_in, amount_out, corrected, rejected, outside, unexplained}) => ({
      hop,
      table: table_name,
      measure,
      in: amount_in,
      corrected,
      rejected,
      outside,
      out: amount_out,
      unexplained
    })
  );
  process.stdout.write(tableOf(lines));
}

/** `assay corrections TABLE`: the values that were changed, after a count by rule. */
export async function correctionsWord(
  config: Config,
  table: string | undefined,
  options: {limit: string; json?: boolean}
): Promise<void> {
  checkRecords(table, options.limit);
  const where = table === undefined ? "" : `where table_name = ${literal(table)}`;
  const columns = "table_name, column_name, _row, key, source_value, reported, corrected, rule, change";
  const limit = options.json ? "" : `limit ${options.limit}`;
  await withRelease(config, "from assay.corrections", async (connection) => {
    const rows = await ask(
      connection,
      `select ${columns} from assay.corrections ${where} order by all ${limit}`
    );
    if (options.json) return void process.stdout.write(formatRows(rows, "json"));
    const counts = await ask(
      connection,
      `select table_name, column_name, rule, count(*) as rows from assay.corrections ${where} group by all order by all`
    );
    process.stdout.write(`${formatRows(counts, "table")}\n${formatRows(rows, "table")}`);
  });
}

/** Throws UsageError for a table of the source that is none, and for a limit that is no number. */
export function checkRecords(table: string | undefined, limit: string): void {
  if (table !== undefined && !sources.some((source) => source.name === table))
    throw new UsageError(`unknown table: ${table} (have ${sources.map((source) => source.name).join(", ")})`);
  checkLimit(limit);
}

/** Throws UsageError for a limit that is no number. */
export function checkLimit(limit: string): void {
  if (!/^\d+$/.test(limit)) throw new UsageError(`invalid --limit: ${limit} (a number of rows)`);
}
