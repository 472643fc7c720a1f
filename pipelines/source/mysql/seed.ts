import {join} from "node:path";
import type {SourceTable} from "../../catalog.ts";
import {literal, type Engine} from "../../engine/duckdb.ts";
import {ask, type Mysql, name} from "./connect.ts";

/** How many rows an insert has. */
const batch = 1000;

/** Puts the rows of a CSV file into a table that has its columns; an empty field is null, `""` is not. */
export async function insertFile(
  mysql: Mysql,
  {connection}: Pick<Engine, "connection">,
  table: SourceTable,
  folder: string
): Promise<number> {
  const columns = table.columns.map((column) => `${literal(column)}: 'varchar'`).join(", ");
  const rows = await connection.stream(
    `select * from read_csv(${literal(join(folder, table.file))}, columns = {${columns}}, auto_detect = false,
       header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`
  );
  const into = `insert into ${name(table.name)} (${table.columns.map(name).join(", ")}) values`;
  let waiting: unknown[][] = [];
  let count = 0;
  const insert = async () => {
    if (waiting.length)
      await ask(mysql, `${into} ${mysql.connection.escape(waiting)}`, `cannot fill ${table.name}`);
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
