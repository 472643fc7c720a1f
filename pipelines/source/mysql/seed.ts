import {join} from "node:path";
import type {SourceTable} from "../../catalog.ts";
import {literal, type Engine} from "../../engine/duckdb.ts";
import {ask, type Mysql, name} from "./connect.ts";

/** How many rows an insert has at least, if there are so many. */
const batch = 1000;

/** Puts the rows of a CSV file into the table `into` that has its columns; an empty field is null, `""` is not. */
export async function insertFile(
  mysql: Mysql,
  engine: Pick<Engine, "connection">,
  table: SourceTable,
  folder: string,
  into = name(table.name)
): Promise<number> {
  const columns = table.columns.map((column) => `${literal(column)}: 'varchar'`).join(", ");
  const select = `select * from read_csv(${literal(join(folder, table.file))}, columns = {${columns}}, auto_detect = false,
    header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`;
  return insertRows(mysql, engine, table.columns, select, into);
}

/** Puts what DuckDB selects, all text, into the columns of a table, whose name is quoted, and returns the number of rows. */
export async function insertRows(
  mysql: Mysql,
  {connection}: Pick<Engine, "connection">,
  columns: string[],
  select: string,
  into: string
): Promise<number> {
  const rows = await connection.stream(select);
  const insertInto = `insert into ${into} (${columns.map(name).join(", ")}) values`;
  let waiting: unknown[][] = [];
  let count = 0;
  const insert = async () => {
    if (waiting.length)
      await ask(mysql, `${insertInto} ${mysql.connection.escape(waiting)}`, `cannot fill ${into}`);
    count += waiting.length;
    waiting = [];
  };
  for (let chunk = await rows.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await rows.fetchChunk()) {
    for (const row of chunk.getRows()) waiting.push(row);
    if (waiting.length >= batch) await insert();
  }
  await insert();
  return count;
}
