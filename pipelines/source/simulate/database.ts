import {sources} from "../../catalog.ts";
import {type MysqlPlace, UsageError} from "../../config.ts";
import {ask, askOne, type Mysql, openMysql} from "../mysql/connect.ts";
import {fill} from "./fill.ts";
import {type Progress, silent} from "../../progress.ts";
import {type Day, live} from "./live.ts";

/** What is to become of a database: `lines` to fill it with if it has no shop, `days` for its shop to live on. */
export type Wish = {lines?: number | undefined; days?: number | undefined; seed: number};

const usualLines = 100_000;

/**
 * Fills a database that has none of the six tables, then lets the shop live on, and returns what happened on each day.
 * Tables that are there are never dropped: without `days` they are an error.
 */
export async function simulateInto(
  place: MysqlPlace,
  {lines, days, seed}: Wish,
  progress: Progress = silent
): Promise<Day[]> {
  const mysql = await openMysql(place);
  try {
    await takeTurn(mysql);
    const found = await findShop(mysql);
    if (found && days === undefined) throw taken(mysql, found);
    if (!found && days !== undefined && lines === undefined)
      throw new UsageError(
        `no shop in ${mysql.name} that could live on; to make one first, add --lines ${usualLines}`
      );
    if (!found) await fillAndTell(mysql, {lines: lines ?? usualLines, seed}, progress);
    const lived: Day[] = [];
    for await (const day of live(mysql, {days: days ?? 0, seed})) {
      progress.note(inWords(day));
      lived.push(day);
    }
    return lived;
  } finally {
    await mysql.close();
  }
}

/** A day in a line: `✓ 2026-07-01  47 orders, 96 lines, 2 late, 4 corrected, …`. */
function inWords({day, orders, lines, late, customers, corrected, deleted, prices}: Day): string {
  const parts = [
    counted(orders, "order"),
    counted(lines, "line"),
    `${late} late`,
    `${corrected} corrected`,
    `${deleted} deleted`,
    counted(prices, "price change"),
    counted(customers, "new customer")
  ];
  return `✓ ${day}  ${parts.join(", ")}`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

async function fillAndTell(
  mysql: Mysql,
  shop: {lines: number; seed: number},
  progress: Progress
): Promise<void> {
  const line = progress.begin(`simulate ${mysql.name}`);
  const began = performance.now();
  try {
    await fill(mysql, shop);
  } catch (error) {
    line.fail();
    throw error;
  }
  line.end({rows: shop.lines, seconds: (performance.now() - began) / 1000, reused: false});
}

/**
 * Two that fill or live on at once would take each other's tables and numbers; the turn ends with the connection,
 * which the server may notice late.
 */
async function takeTurn(mysql: Mysql): Promise<void> {
  const {mine} = await askOne<{mine: string | null}>(
    mysql,
    "select get_lock(concat('assay simulate ', left(md5(database()), 16)), 5) as mine"
  );
  if (mine !== "1")
    throw new Error(`another simulation is at work on ${mysql.name}; wait until it is done, then run again`);
}

/** The names of the six tables as the database has them, or undefined if it has none. Throws if some are missing. */
async function findShop(mysql: Mysql): Promise<string[] | undefined> {
  const rows = await ask<{name: string}>(
    mysql,
    "select table_name as name from information_schema.tables where table_schema = database() order by table_name",
    "cannot list its tables"
  );
  const wanted = sources.map(({name}) => name);
  const found = rows.map(({name}) => name).filter((name) => wanted.includes(name.toLowerCase()));
  if (!found.length) return undefined;
  const missing = wanted.filter((name) => !found.some((one) => one.toLowerCase() === name));
  if (missing.length)
    throw new Error(
      `${mysql.name} has ${found.join(", ")} but not ${missing.join(", ")}; to make a shop, name an empty database or drop by hand: ${dropOf(found)}`
    );
  return found;
}

function taken({name}: Mysql, found: string[]): UsageError {
  return new UsageError(
    `${name} has a shop already; to let it live on, add --days 3; to begin another, drop it by hand: ${dropOf(found)}`
  );
}

function dropOf(tables: string[]): string {
  return `drop table ${tables.join(", ")}`;
}
