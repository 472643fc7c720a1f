import {ask, askOne, type Mysql} from "./connect.ts";
import type {ChunkRange} from "./layout.ts";
import {within} from "./select.ts";
import type {MysqlColumn, MysqlTable} from "./tables.ts";

/** The latest change time of a table within a snapshot, never after the server's clock; null if none is known. */
export async function latestChange(
  mysql: Mysql,
  table: MysqlTable,
  cursor: MysqlColumn
): Promise<string | null> {
  const bound = isNumber(cursor) ? "" : `where ${cursor.sql} <= now(6)`;
  const {until} = await askOne<{until: string | null}>(
    mysql,
    `select cast(max(${cursor.sql}) as char) as until from ${table.sql} ${bound}`,
    `cannot read the cursor of ${table.name}`
  );
  return until;
}

/**
 * Whether a chunk has rows that changed since `since`, less `lag` seconds for transactions that began before and
 * committed after. A row at the very boundary counts, and one without a change time too.
 */
export async function hasChanges(
  mysql: Mysql,
  table: MysqlTable,
  range: ChunkRange,
  cursor: MysqlColumn,
  since: string,
  lag: number
): Promise<boolean> {
  const low = isNumber(cursor)
    ? `${since} - ${lag}`
    : `timestamp(${mysql.connection.escape(since)}) - interval ${lag} second`;
  const nulls = cursor.isNullable ? ` or ${cursor.sql} is null` : "";
  const rows = await ask(
    mysql,
    `select 1 from ${table.sql} where (${within(table, range)}) and (${cursor.sql} >= ${low}${nulls}) limit 1`,
    `cannot read the cursor of ${table.name}`
  );
  return rows.length > 0;
}

function isNumber({kind}: MysqlColumn): boolean {
  return /int|decimal/.test(kind);
}
