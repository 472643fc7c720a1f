import {checkColumns} from "../../1-bronze/chunk.ts";
import {sources} from "../../catalog.ts";
import type {MysqlPlace} from "../../config.ts";
import {ask, askOne, type Mysql, openMysql} from "./connect.ts";
import {findTables} from "./tables.ts";

/** How many seconds of difference to the server's clock are worth a word. */
const skewed = 60;

/** Looks at a MySQL source with the eyes of a refresh, and says what it found. Throws what to mend. */
export async function probeMysql(place: MysqlPlace): Promise<string> {
  const mysql = await openMysql(place);
  try {
    const began = Date.now();
    const server = await askOne<{
      version: string;
      now: string;
      charset: string;
      zone: string;
      tls: string | null;
    }>(
      mysql,
      `select version() as version, cast(utc_timestamp(3) as char) as now, @@character_set_database as charset,
        concat_ws(' ', nullif(@@global.time_zone, 'SYSTEM'), if(@@global.time_zone = 'SYSTEM', @@system_time_zone, null)) as zone,
        (select variable_value from information_schema.session_status where variable_name = 'Ssl_version') as tls`
    ).catch(() =>
      askOne<{version: string; now: string; charset: string; zone: string; tls: string | null}>(
        mysql,
        `select version() as version, cast(utc_timestamp(3) as char) as now, @@character_set_database as charset,
        @@global.time_zone as zone, null as tls`
      )
    );
    const then = Date.parse(`${server.now.replace(" ", "T")}Z`);
    const skew = Math.max(0, began - then, then - Date.now()) / 1000;
    if (skew > skewed)
      throw new Error(
        `source ${mysql.name}: this machine's clock differs from the server's by ${skew.toFixed(0)} s; set the clock`
      );
    const found = await findTables(mysql, sources);
    for (const table of sources) {
      const columns = found.get(table.name)!.columns.map(({name}) => name);
      checkColumns(table, columns);
    }
    const rows = await countsOf(
      mysql,
      [...found.values()].map(({sql}) => sql)
    );
    const loose = [...found.values()].filter((table) => !table.isTransactional).map((table) => table.name);
    return [
      mysql.name,
      server.version,
      server.tls ? server.tls : "no TLS",
      `time zone ${server.zone}`,
      `encoding ${server.charset}`,
      `${found.size} tables, about ${rows} rows`,
      ...(loose.length ? [`not covered by a snapshot: ${loose.join(", ")}`] : [])
    ].join(", ");
  } finally {
    await mysql.close();
  }
}

/** A first row of each table, to try the right to read; and the server's own estimate of rows. */
async function countsOf(mysql: Mysql, tables: string[]): Promise<string> {
  for (const table of tables) await ask(mysql, `select 1 from ${table} limit 1`);
  const {rows} = await askOne<{rows: string}>(
    mysql,
    "select cast(coalesce(sum(table_rows), 0) as char) as `rows` from information_schema.tables where table_schema = database()"
  );
  return Number(rows).toLocaleString("en");
}
