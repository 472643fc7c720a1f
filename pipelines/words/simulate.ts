import {resolve} from "node:path";
import {type MysqlPlace, readConfig, readMysql, UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import {simulate} from "../source/simulate.ts";
import {simulateInto} from "../source/simulate/database.ts";

/** The options as they were typed; `into` is true where it has no value. */
type Options = {to?: string; into?: string | true; lines?: string; days?: string; seed: string};

/** `assay simulate`: writes the exports of an invented shop, or fills a database with it and lets it live on. */
export async function simulateWord({to, into, ...numbers}: Options): Promise<void> {
  const seed = wholeNumber("--seed", numbers.seed, 0);
  const lines = numbers.lines === undefined ? undefined : wholeNumber("--lines", numbers.lines, 0);
  const days = numbers.days === undefined ? undefined : wholeNumber("--days", numbers.days, 1);
  if (into !== undefined) {
    if (to !== undefined) throw new UsageError("--to and --into exclude each other: a folder or a database");
    await simulateInto(placeOf(into), {lines, days, seed}, openProgress());
    return;
  }
  if (to === undefined) throw new UsageError("missing --to FOLDER or --into mysql://user@host:3306/database");
  if (days !== undefined) throw new UsageError("--days goes with --into: only a database lives on");
  return intoFolder(resolve(to), {lines: lines ?? 100_000, seed});
}

async function intoFolder(to: string, {lines, seed}: {lines: number; seed: number}): Promise<void> {
  const line = openProgress().begin(`simulate ${to}`);
  const began = performance.now();
  try {
    await simulate({to, lines, seed});
  } catch (error) {
    line.fail();
    throw error;
  }
  line.end({rows: lines, seconds: (performance.now() - began) / 1000, reused: false});
}

/** The database that `--into` names, else the one the shop is read from. */
function placeOf(into: string | true): MysqlPlace {
  if (into !== true) return readMysql("--into", into);
  const {source} = readConfig();
  if (source.kind === "mysql") return source;
  const given = source.kind === "simulated" ? "SOURCE_URL is not set" : `SOURCE_URL is ${source.path}`;
  throw new UsageError(
    `missing database to fill: ${given} (give mysql://user@host:3306/database there or after --into)`
  );
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new UsageError(`invalid ${option}: ${text} (a whole number of ${least} or more)`);
  return number;
}
