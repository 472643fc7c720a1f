import {type Check, failuresOf} from "../checks.ts";
import {type Config, UsageError} from "../config.ts";
import {query, withEngine} from "../engine/duckdb.ts";
import {type Lake, openLake} from "../lake/lake.ts";
import {type Attempt, historyOf, listAttempts, sinceInWords, sinceOf, worstFirst} from "../memory.ts";
import {parquetOf} from "../parts.ts";
import {readCurrent} from "../release.ts";
import {checkLimit} from "./records.ts";
import {tableOf} from "./table.ts";

/** `assay checks`: those of the current release, failures first; `assay checks NAME`: one through time, and its bad rows. */
export async function checksWord(
  config: Config,
  name: string | undefined,
  options: {limit: string; json?: boolean}
): Promise<void> {
  checkLimit(options.limit);
  const lake = openLake(config);
  const {checks} = await readCurrent(lake);
  const attempts = await listAttempts(lake);
  if (name !== undefined) return tellCheck(config, lake, name, attempts, options);
  const told = worstFirst(checks).map((check) => ({...check, ...memoryOf(check.name, attempts)}));
  if (options.json) return console.log(JSON.stringify(told));
  process.stdout.write(
    tableOf(
      told.map(({name, kind, status, failures, detail, since}) => ({
        check: name,
        kind,
        status,
        "bad rows": failures,
        "what it found": [detail, since].filter(Boolean).join("\n") || null
      })),
      ["check", "kind", "status", "bad rows", "what it found"]
    )
  );
}

function memoryOf(name: string, attempts: Attempt[]): {since: string} {
  return {since: sinceInWords(sinceOf(name, attempts))};
}

async function tellCheck(
  config: Config,
  lake: Lake,
  name: string,
  attempts: Attempt[],
  options: {limit: string; json?: boolean}
): Promise<void> {
  const history = historyOf(name, attempts);
  const [last] = history;
  if (!last)
    throw new UsageError(`unknown check: ${name}${nearest(name, attempts)}; npx assay checks lists them`);
  const since = sinceInWords(sinceOf(name, attempts));
  const limit = options.json ? Infinity : Number(options.limit);
  const rows = await readRows(config, lake, last.attempt, name, limit);
  const lines = history.map(({attempt, check}) => ({
    attempt: `${attempt.kind} ${attempt.id}`,
    at: attempt.at,
    status: check.status,
    failures: check.failures,
    detail: check.detail ?? null
  }));
  if (options.json) return console.log(JSON.stringify({...last.check, since, history: lines, rows}));
  const {description, table, sql, accepted} = last.check;
  const parts = [
    description || name.replaceAll("_", " "),
    table && `of ${table}`,
    since,
    accepted && `accepted: ${accepted}`,
    sql && `\n${sql}`
  ].filter(Boolean);
  process.stdout.write(`${parts.join("\n")}\n\n`);
  process.stdout.write(tableOf(lines, ["attempt", "at", "status", "failures", "detail"]));
  if (rows.length)
    process.stdout.write(`\nbad rows of ${last.attempt.kind} ${last.attempt.id}\n${tableOf(rows)}`);
}

function nearest(name: string, attempts: Attempt[]): string {
  const names =
    attempts[0]?.checks.map((check: Check) => check.name).filter((one) => one.includes(name)) ?? [];
  return names.length ? ` (have ${names.slice(0, 5).join(", ")})` : "";
}

/** The bad rows of a check in an attempt. */
async function readRows(
  config: Config,
  lake: Lake,
  {failures}: Attempt,
  name: string,
  limit: number
): Promise<Record<string, unknown>[]> {
  const objects = failures.filter(({table}) => table === failuresOf(name));
  if (!objects.length || limit === 0) return [];
  const some = Number.isFinite(limit) ? `limit ${limit}` : "";
  const rows = await withEngine(config.memory, async ({connection}) =>
    query<{record: string}>(connection, `select record from ${await parquetOf(lake, objects)} ${some}`)
  );
  return rows.map(({record}) => JSON.parse(record) as Record<string, unknown>);
}
