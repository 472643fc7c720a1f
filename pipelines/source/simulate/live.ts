import {mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {findTable, sources} from "../../catalog.ts";
import {type Engine, openEngine, query, queryOne, run} from "../../engine/duckdb.ts";
import {ask, askOne, type Mysql, name} from "../mysql/connect.ts";
import {insertRows} from "../mysql/seed.ts";
import {findTables, type MysqlTable} from "../mysql/tables.ts";
import {runFile} from "../simulate.ts";

/** What happened on a day. `lines` are those of the `orders` and of the `late` ones; `corrected` counts lines. */
export type Day = {
  day: string;
  orders: number;
  lines: number;
  late: number;
  customers: number;
  corrected: number;
  deleted: number;
  prices: number;
};

/** A database whose shop lives on, and the engine that draws what happens. */
type Shop = {mysql: Mysql; tables: Map<string, MysqlTable>; engine: Engine};

/** How many days back a day looks. */
const memory = 35;

/** What is drawn of a day, each from what is before it. */
const drawn = ["recent", "deletions", "corrections", "prices", "costs", "orders", "customers", "lines"];
/** What is added to tables: a select of the catalog's columns for each. */
const added = ["crm_cust_info", "erp_cust_az12", "erp_loc_a101", "crm_prd_info", "crm_sales_details"];

/**
 * Lets the shop of a database live on from the day of its last order, each day one transaction: what happens depends
 * on the rows that are there, the day and the seed alone. It knows no columns but the catalog's.
 */
export async function* live(mysql: Mysql, {days, seed}: {days: number; seed: number}): AsyncGenerator<Day> {
  if (!days) return;
  const tables = await findTables(mysql, sources);
  checkTransactional(mysql, tables);
  const last = await findLastDay(mysql, tables);
  const folder = await mkdtemp(join(tmpdir(), "assay-simulate-"));
  const engine = await openEngine({memory: "400MB", temp: folder});
  try {
    await engine.connection.run("set variable seed = $seed::bigint", {seed});
    await runFile(engine.connection, "setup", (sql) => sql);
    await runFile(engine.connection, "live/setup", (sql) => sql);
    for (let n = 1; n <= days; n++) yield await liveThrough({mysql, tables, engine}, addDays(last, n));
  } finally {
    engine.close();
    await rm(folder, {recursive: true, force: true});
  }
}

async function liveThrough(shop: Shop, day: string): Promise<Day> {
  const {mysql} = shop;
  await ask(mysql, "start transaction");
  try {
    await read(shop, day);
    await draw(shop, day);
    await write(shop);
    await ask(mysql, "commit", `cannot keep ${day}`);
  } catch (error) {
    await ask(mysql, "rollback").catch(() => {});
    throw error;
  }
  const {connection} = shop.engine;
  await runFile(connection, "live/facts", (sql) => `create or replace view facts as ${sql}`);
  return {day, ...(await queryOne<Omit<Day, "day">>(connection, "from facts"))};
}

/** Fetches what a day is drawn from: customers, countries and products whole, sales of the days before. */
async function read(shop: Shop, day: string): Promise<void> {
  const [from, until] = [addDays(day, -memory), addDays(day, -1)].map((one) => one.replaceAll("-", ""));
  await readTable(shop, "crm_cust_info");
  await readTable(shop, "crm_prd_info");
  await readTable(shop, "erp_loc_a101");
  await readTable(shop, "crm_sales_details", `where sls_order_dt between '${from}' and '${until}'`);
}

async function readTable({mysql, tables, engine}: Shop, table: string, where = ""): Promise<void> {
  const {columns} = findTable(sources, table);
  const rows = await ask(
    mysql,
    `select ${columns.map(name).join(", ")} from ${tables.get(table)!.sql} ${where}`,
    `cannot read ${table}`
  );
  await run(
    engine.connection,
    `create or replace table ${table} (${columns.map((column) => `${column} varchar`).join(", ")})`
  );
  const appender = await engine.connection.createAppender(table);
  for (const row of rows) {
    for (const value of Object.values(row))
      if (value === null) appender.appendNull();
      else appender.appendVarchar(value);
    appender.endRow();
  }
  appender.closeSync();
}

async function draw({mysql, tables, engine: {connection}}: Shop, day: string): Promise<void> {
  await connection.run("set variable day = $day::date", {day});
  await connection.run("set variable last_order = $last", {last: await findLastOrder(mysql, tables)});
  for (const table of drawn)
    await runFile(connection, `live/${table}`, (sql) => `create or replace table ${table} as ${sql}`);
  for (const table of added)
    await runFile(connection, `live/${table}`, (sql) => `create or replace table new_${table} as ${sql}`);
}

async function write(shop: Shop): Promise<void> {
  const {mysql, tables, engine} = shop;
  for (const table of added) {
    const {columns} = findTable(sources, table);
    await insertRows(mysql, engine, columns, `from new_${table}`, tables.get(table)!.sql);
  }
  const [sales, products] = [tables.get("crm_sales_details")!.sql, tables.get("crm_prd_info")!.sql];
  const change = async (select: string, sql: string) => {
    for (const values of await query<Record<string, string>>(engine.connection, select))
      await ask(mysql, mysql.connection.format(sql, Object.values(values)), "cannot let the shop live on");
  };
  await change(
    "select sls_quantity, sls_price, sls_sales, sls_ord_num, sls_prd_key from corrections order by all",
    `update ${sales} set sls_quantity = ?, sls_price = ?, sls_sales = ? where sls_ord_num = ? and sls_prd_key = ?`
  );
  await change(
    "select sls_ord_num from deletions order by all",
    `delete from ${sales} where sls_ord_num = ?`
  );
  await change(
    "select ends_on, prd_id from prices order by all",
    `update ${products} set prd_end_dt = ? where prd_id = ?`
  );
}

function checkTransactional({name: place}: Mysql, tables: Map<string, MysqlTable>): void {
  for (const {name: table, sql, isTransactional} of tables.values())
    if (!isTransactional)
      throw new Error(
        `${table} in ${place} knows no transactions, a day could stay half done; alter table ${sql} engine = innodb`
      );
}

/** The last day with an order that was not shipped before it: a date mistyped into the future is none. */
async function findLastDay(mysql: Mysql, tables: Map<string, MysqlTable>): Promise<string> {
  const rows = await ask<{day: string}>(
    mysql,
    `select distinct cast(sls_order_dt as char) as day from ${tables.get("crm_sales_details")!.sql}
     where sls_order_dt <= sls_ship_dt`,
    "cannot read crm_sales_details"
  );
  const day = rows
    .map((row) => row.day.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"))
    .filter(isDay)
    .sort()
    .at(-1);
  if (!day)
    throw new Error(
      `no dated orders in ${mysql.name}: --days goes on from the last one (sls_order_dt and sls_ship_dt as YYYYMMDD)`
    );
  return day;
}

/** The longest order number, of those the last: the one new numbers go on from. */
async function findLastOrder(mysql: Mysql, tables: Map<string, MysqlTable>): Promise<string> {
  const {last} = await askOne<{last: string}>(
    mysql,
    `select cast(sls_ord_num as char) as last from ${tables.get("crm_sales_details")!.sql}
     order by char_length(sls_ord_num) desc, sls_ord_num desc limit 1`,
    "cannot read crm_sales_details"
  );
  return last;
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !isNaN(+date) && date.toISOString().startsWith(text);
}

function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
