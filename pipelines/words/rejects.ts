import type {Config} from "../config.ts";
import {withEngine} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {findLeft, findWaiting, type Left, type Waiting} from "../rejects/history.ts";
import {listReleases, readCurrent} from "../release.ts";
import {checkRecords} from "./records.ts";
import {tableOf} from "./table.ts";

type Options = {left?: boolean; limit: string; json?: boolean};

/** `assay rejects TABLE`: the refused rows and since when they wait, after a count by reason; `--left` those that left. */
export async function rejectsWord(
  config: Config,
  table: string | undefined,
  options: Options
): Promise<void> {
  checkRecords(table, options.limit);
  const lake = openLake(config);
  await readCurrent(lake);
  const releases = await listReleases(lake);
  const found = await withEngine<(Waiting | Left)[]>(config.memory, ({connection}) =>
    options.left ? findLeft(connection, lake, releases) : findWaiting(connection, lake, releases)
  );
  const rows = found.filter((row) => table === undefined || row.table_name === table);
  if (options.json) return console.log(JSON.stringify(rows, null, 1));
  const shown = rows.slice(0, Number(options.limit));
  const counts = countsOf(rows);
  process.stdout.write(
    `${tableOf(counts, ["table_name", options.left ? "became" : "reason", "rows"])}\n` +
      tableOf(shown, options.left ? leftColumns : waitingColumns)
  );
}

const waitingColumns = ["table_name", "_row", "key", "reason", "is_superseded", "since", "record"];
const leftColumns = ["table_name", "key", "reason", "since", "until", "left_in", "became", "record"];

function countsOf(rows: (Waiting | Left)[]): Record<string, unknown>[] {
  const counts = new Map<string, {table_name: string; became: string; reason: string; rows: number}>();
  for (const row of rows) {
    const {table_name, reason} = row;
    const became = "became" in row ? row.became : "";
    const key = `${table_name} ${became || reason}`;
    const count = counts.get(key) ?? {table_name, became, reason, rows: 0};
    counts.set(key, {...count, rows: count.rows + 1});
  }
  return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}
