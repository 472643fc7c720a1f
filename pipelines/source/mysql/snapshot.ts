import type {MysqlPlace} from "../../config.ts";
import {eachOf} from "../../lake/each.ts";
import type {Progress} from "../../progress.ts";
import {ask, askOne, type Mysql, openMysql} from "./connect.ts";
import type {MysqlTable} from "./tables.ts";

/** Connections that all see the database as it was at one moment, and that moment by the server's clock, in UTC. */
export type Snapshot = {connections: Mysql[]; at: string; close: () => Promise<void>};

/** Opens as many connections as the source asks for on one read-only snapshot of all tables. */
export async function openSnapshot(
  mysql: Mysql,
  tables: Iterable<MysqlTable>,
  progress: Progress
): Promise<Snapshot> {
  const {place} = mysql;
  const others = await openOthers(place, place.connections - 1);
  const all = [mysql, ...others];
  const isAligned = others.length === 0 || (await beginTogether(mysql, others, tables));
  if (!isAligned)
    progress.note(
      `  source ${mysql.name}: reading with one connection, since several need the right to lock the tables for a moment: grant lock tables on the database to the user, or drop connections from SOURCE_URL`
    );
  if (!isAligned || !others.length) await begin(mysql);
  const connections = isAligned ? all : [mysql];
  const {at} = await askOne<{at: string}>(mysql, "select cast(now(6) as char) as at");
  return {connections, at, close: async () => void (await Promise.all(all.map((one) => one.close())))};
}

/** Does the work on each item, on as many connections as there are. */
export async function onEach<T>(
  connections: Mysql[],
  items: T[],
  work: (mysql: Mysql, item: T) => Promise<void>
): Promise<void> {
  const free = [...connections];
  await eachOf(items, connections.length, async (item) => {
    const mysql = free.pop()!;
    await work(mysql, item).finally(() => free.push(mysql));
  });
}

async function openOthers(place: MysqlPlace, count: number): Promise<Mysql[]> {
  const opened = await Promise.allSettled(Array.from({length: count}, () => openMysql(place)));
  const connections = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = opened.find((one) => one.status === "rejected");
  if (failed) {
    await Promise.all(connections.map((one) => one.close()));
    throw failed.reason;
  }
  return connections;
}

async function begin(mysql: Mysql): Promise<void> {
  await ask(mysql, "set session transaction isolation level repeatable read");
  await ask(mysql, "start transaction with consistent snapshot, read only");
}

/** Begins every snapshot while the tables are locked against writing, for the moment that takes; false without the right. */
async function beginTogether(mysql: Mysql, others: Mysql[], tables: Iterable<MysqlTable>): Promise<boolean> {
  const keeper = await openMysql(mysql.place);
  try {
    await ask(keeper, "set session lock_wait_timeout = 5");
    await ask(keeper, `lock tables ${[...tables].map(({sql}) => `${sql} read`).join(", ")}`);
    await Promise.all([mysql, ...others].map(begin));
    return true;
  } catch {
    return false;
  } finally {
    await keeper.close();
  }
}
