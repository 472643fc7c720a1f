import {mkdtemp, readFile, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type SourceTable, sources} from "../../catalog.ts";
import {openEngine} from "../../engine/duckdb.ts";
import {ask, type Mysql, name} from "../mysql/connect.ts";
import {insertFile} from "../mysql/seed.ts";
import {simulate} from "../simulate.ts";

/** What a table is called until all of them are filled. */
const unfinished = ({name: table}: Pick<SourceTable, "name">) => name(`assay_unfinished_${table}`);

/**
 * Makes the six tables of an invented shop in a database that has none of them, with the rows `simulate` writes for
 * the same `lines` and `seed`. They get their names all at once when they are full; what an attempt that was cut off
 * left under other names goes first.
 */
export async function fill(mysql: Mysql, {lines, seed}: {lines: number; seed: number}): Promise<void> {
  const temporary = await mkdtemp(join(tmpdir(), "assay-simulate-"));
  try {
    const shop = join(temporary, "shop");
    await simulate({to: shop, lines, seed});
    await dropUnfinished(mysql);
    await createTables(mysql);
    await insertShop(mysql, shop, join(temporary, "spill"));
    await finish(mysql);
  } catch (error) {
    // without a connection they stay, for the next attempt to drop
    await dropUnfinished(mysql).catch(() => {});
    throw error;
  } finally {
    await rm(temporary, {recursive: true, force: true});
  }
}

async function createTables(mysql: Mysql): Promise<void> {
  const sql = await readFile(join(import.meta.dirname, "mysql/tables.sql"), "utf8");
  for (const table of sources) {
    const statement = sql.split(";").find((one) => one.includes(`create table ${table.name} (`));
    if (!statement) throw new Error(`pipelines/source/simulate/mysql/tables.sql: missing ${table.name}`);
    await ask(mysql, statement.replace(table.name, unfinished(table)), `cannot create ${table.name}`);
  }
}

async function insertShop(mysql: Mysql, shop: string, temp: string): Promise<void> {
  const engine = await openEngine({memory: "400MB", temp});
  try {
    for (const table of sources) {
      await ask(mysql, "start transaction");
      await insertFile(mysql, engine, table, shop, unfinished(table));
      await ask(mysql, "commit", `cannot fill ${table.name}`);
    }
  } finally {
    engine.close();
  }
}

async function finish(mysql: Mysql): Promise<void> {
  const names = sources.map((table) => `${unfinished(table)} to ${name(table.name)}`);
  await ask(mysql, `rename table ${names.join(", ")}`, "cannot name the tables");
}

async function dropUnfinished(mysql: Mysql): Promise<void> {
  await ask(
    mysql,
    `drop table if exists ${sources.map(unfinished).join(", ")}`,
    "cannot drop what was left unfinished"
  );
}
