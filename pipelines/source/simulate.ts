import {mkdir, mkdtemp, readdir, readFile, rename, rm} from "node:fs/promises";
import {dirname, join, resolve} from "node:path";
import type {DuckDBConnection} from "@duckdb/node-api";
import {sources} from "../catalog.ts";
import {literal, openEngine, run} from "../engine/duckdb.ts";

/** The small tables a shop is drawn from, each from those before it. */
const tables = [
  "baskets",
  "shop",
  "days",
  "order_slices",
  "subcategories",
  "products",
  "versions",
  "offers",
  "tickets",
  "companions",
  "languages",
  "countries"
];

/**
 * Writes the exports of an invented shop with exactly `lines` sales lines: six CSV files below the folder `to`,
 * which is there whole or not at all. The same `lines` and `seed` give the same bytes.
 */
export async function simulate({to, lines, seed}: {to: string; lines: number; seed: number}): Promise<void> {
  const target = resolve(to);
  await checkFree(target);
  await mkdir(dirname(target), {recursive: true});
  const temporary = await mkdtemp(`${target}.tmp-`);
  try {
    await writeShop(join(temporary, "shop"), join(temporary, "spill"), lines, seed);
    await rename(join(temporary, "shop"), target);
  } finally {
    await rm(temporary, {recursive: true, force: true});
  }
}

async function checkFree(target: string): Promise<void> {
  const found = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") throw new Error(`not a folder: ${target}`);
    throw error;
  });
  if (found.length) throw new Error(`folder is not empty: ${target}`);
}

async function writeShop(folder: string, spill: string, lines: number, seed: number): Promise<void> {
  const {connection, close} = await openEngine({memory: "400MB", temp: spill});
  try {
    await connection.run("set variable lines = $lines::bigint", {lines});
    await connection.run("set variable seed = $seed::bigint", {seed});
    await runFile(connection, "setup", (sql) => sql);
    for (const table of tables) await runFile(connection, table, (sql) => `create table ${table} as ${sql}`);
    await runFile(connection, "customers", (sql) => `create view customers as ${sql}`);
    for (const {name, file} of sources) await writeTable(connection, name, join(folder, file));
  } finally {
    close();
  }
}

async function writeTable(connection: DuckDBConnection, name: string, path: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  await runFile(connection, name, (sql) => `copy (${sql}) to ${literal(path)} (format csv, header)`);
}

/** Runs the statement made of a file below `simulate`; an error names the file. */
export async function runFile(
  connection: DuckDBConnection,
  name: string,
  statement: (sql: string) => string
): Promise<void> {
  const file = `simulate/${name}.sql`;
  const sql = await readFile(join(import.meta.dirname, file), "utf8");
  await run(connection, statement(sql), `pipelines/source/${file}`);
}
