import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {DuckDBConnection} from "@duckdb/node-api";
import {parse} from "yaml";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {failuresOf} from "../pipelines/checks.ts";
import {readConfig} from "../pipelines/config.ts";
import {query, withEngine} from "../pipelines/engine/duckdb.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {type Attempt, historyOf, listAttempts, sinceOf, worstFirst} from "../pipelines/memory.ts";
import {monitors} from "../pipelines/monitors/monitors.ts";
import {parquetOf} from "../pipelines/parts.ts";
import {masked} from "../pipelines/privacy.ts";

/** Every check of the release and of what failed since, with its results through time and its bad rows, personal data withheld. */

type Exposure = {label: string; url: string; depends_on?: string[]};

const most = 50;
const config = readConfig();
const lake = openLake(config);
const release = await shownRelease(config, lake);
const attempts = (await listAttempts(lake)).slice(0, 100);
const latest = [...attempts.slice(0, 1), ...attempts.filter(({id}) => id === release.id)];
const names = [...new Set(latest.flatMap(({checks}) => checks.map(({name}) => name)))];
const {exposures} = parse(await readFile(join(config.root, "dbt/models/exposures.yml"), "utf8")) as {
  exposures: Exposure[];
};

await withEngine(config.memory, async ({connection}) => {
  const told = worstFirst(names.map((name) => historyOf(name, attempts)[0]!.check));
  const checks = [];
  for (const check of told) {
    const {since, passed} = sinceOf(check.name, attempts);
    const statuses = attempts.map(
      ({checks: all}) => all.find(({name}) => name === check.name)?.status ?? "none"
    );
    const [last] = historyOf(check.name, attempts);
    checks.push({
      ...check,
      sql: check.sql ?? (await monitorSql(check.name)),
      since: since && about(since),
      passed: passed && about(passed),
      statuses: statuses.reverse(),
      pages: exposures
        .filter(({depends_on}) => depends_on?.includes(`ref('${check.table?.replace("marts.", "")}')`))
        .map(({label, url}) => ({label, url})),
      rows: await rowsOf(connection, check.name, last!.attempt)
    });
  }
  const current = {release: release.id, attempts: attempts.map(about).reverse(), checks};
  process.stdout.write(JSON.stringify(current));
});

function about({id, kind, at}: Attempt) {
  return {id, kind, at};
}

async function monitorSql(name: string): Promise<string | undefined> {
  const monitor = monitors.find((one) => one.name === name);
  return monitor && readFile(join(config.root, `pipelines/monitors/${monitor.check}.sql`), "utf8");
}

async function rowsOf(connection: DuckDBConnection, name: string, {failures}: Attempt): Promise<unknown[]> {
  const objects = failures.filter(({table}) => table === failuresOf(name));
  if (!objects.length) return [];
  const shown = masked(objects[0]!, await parquetOf(lake, objects));
  const rows = await query<{record: string}>(connection, `select record from ${shown} limit ${most}`);
  return rows.map(({record}) => JSON.parse(record) as unknown);
}
