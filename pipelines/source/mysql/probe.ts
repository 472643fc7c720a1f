import {sources} from "../../catalog.ts";
import {findSkew} from "../../clock.ts";
import type {MysqlPlace} from "../../config.ts";
import {ask, askOne, type Mysql, openMysql} from "./connect.ts";
import {bronzeColumns} from "./select.ts";
import {findTables} from "./tables.ts";

type Server = {version: string; now: string; charset: string; zone: string};

/** Looks at a MySQL source with the eyes of a refresh, and says what it found. Throws what to mend. */
export async function probeMysql(place: MysqlPlace): Promise<string> {
  const mysql = await openMysql(place);
  try {
    const began = Date.now();
    const server = await askOne<Server>(
      mysql,
      `select version() as version, cast(utc_timestamp(3) as char) as now, @@character_set_database as charset,
        if(@@global.time_zone = 'SYSTEM', @@system_time_zone, @@global.time_zone) as zone`
    );
    const skew = findSkew(began, Date.parse(`${server.now.replace(" ", "T")}Z`));
    if (skew) throw new Error(`source ${mysql.name}: ${skew}`);
    const [tls] = await ask<{Value: string}>(mysql, "show session status like 'Ssl_version'");
    const found = await findTables(mysql, sources);
    for (const table of sources) bronzeColumns(table, found.get(table.name)!);
    const rows = await countsOf(
      mysql,
      [...found.values()].map(({sql}) => sql)
    );
    const loose = [...found.values()].filter((table) => !table.isTransactional).map((table) => table.name);
    return [
      mysql.name,
      server.version,
      tls?.Value || "no TLS",
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
