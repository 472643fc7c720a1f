import {sources} from "../../catalog.ts";
import type {MysqlPlace} from "../../config.ts";
import {hash} from "../../step.ts";
import type {Stand} from "../changed.ts";
import {cursorOf} from "./chart.ts";
import {ask, askOne, type Mysql, openMysql, text} from "./connect.ts";
import {from, keyText} from "./select.ts";
import {findTables, type MysqlTable} from "./tables.ts";

type Times = {
  name: string;
  engine: string | null;
  created: string | null;
  updated: string | null;
  age: string | null;
};

/** A change less than so many seconds ago may be followed by another in the same second, which is how exact the server is. */
const settled = 2;

/**
 * Where each table of a database stands. InnoDB and MyISAM know when a row was last written, unless the server forgot it
 * by a restart; a table of which it is not known, or a view, is known by its count and its highest key and cursor, which
 * reads an index. What changed a moment ago stands elsewhere once that moment is over.
 */
export async function positionsInMysql(place: MysqlPlace): Promise<Record<string, Stand>> {
  const mysql = await openMysql(place);
  try {
    const tables = await findTables(mysql, sources);
    const times = await timesOf(mysql);
    const stands: Record<string, Stand> = {};
    for (const [name, table] of tables) stands[name] = await standOf(mysql, table, times.get(name)!);
    return stands;
  } finally {
    await mysql.close();
  }
}

/** When each table was made and last written, by the server's clock. */
async function timesOf(mysql: Mysql): Promise<Map<string, Times>> {
  // MySQL 8 answers from statistics that are a day old unless told otherwise; others do not know the variable
  await ask(mysql, "set session information_schema_stats_expiry = 0").catch(() => undefined);
  const names = sources.map(({name}) => text(name)).join(", ");
  const rows = await ask<Times>(
    mysql,
    `select lower(table_name) as name, engine as engine, cast(create_time as char) as created,
       cast(update_time as char) as updated, cast(timestampdiff(second, update_time, now()) as char) as age
     from information_schema.tables where table_schema = database() and lower(table_name) in (${names})`,
    "cannot read when its tables changed"
  );
  return new Map(rows.map((row) => [row.name, row]));
}

async function standOf(mysql: Mysql, table: MysqlTable, times: Times): Promise<Stand> {
  const {engine, created, updated, age} = times;
  const shape = table.columns.map(({name, type}) => [name, type]);
  const isTold = updated !== null && /^(innodb|myisam)$/i.test(engine ?? "");
  if (isTold) {
    const isSettled = Number(age) >= settled;
    const mark = hash(JSON.stringify([shape, created, updated, isSettled]));
    return {mark, isSure: true, known: {updated_at: `${updated.replace(" ", "T")}Z`}};
  }
  const {rows} = await askOne<{rows: string}>(
    mysql,
    `select cast(count(*) as char) as \`rows\` from ${table.sql}`,
    `cannot count ${table.name}`
  );
  const {key} = table;
  const columns = key.map(keyText).join(", ");
  const order = key.map(({sql}) => `${sql} desc`).join(", ");
  const highest = key.length
    ? await ask(mysql, `select ${columns} from ${from(table)} order by ${order} limit 1`)
    : [];
  const cursor = cursorOf(mysql.place, table);
  const latest =
    cursor && (await askOne(mysql, `select cast(max(${cursor.sql}) as char) as at from ${table.sql}`));
  const mark = hash(JSON.stringify([shape, created, rows, highest, latest]));
  return {mark, isSure: cursor !== undefined, known: {updated_at: null, rows: Number(rows)}};
}
