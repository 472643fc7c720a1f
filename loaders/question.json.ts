import type {DuckDBConnection} from "@duckdb/node-api";
import {withShownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {query, run} from "../pipelines/engine/duckdb.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {examplesOf} from "../src/components/builder-examples.js";
import {type Asked, type Offered, planOf} from "../src/components/builder-plan.ts";

/**
 * What questions can be asked about: the days and periods of the data, each dimension's most frequent members, and the
 * rows of every query that an example asks, which the page so answers without an engine.
 */
const config = readConfig();
const definitions = readDefinitions(config.root);
const {relation, dimensions} = definitions;

/** Longer names are found by searching. */
const mostListed = 200;
const mostLetters = 200;

const offered = await withShownRelease(config, async ({connection}) => {
  const periods = await query<Record<string, string | null>>(
    connection,
    `select period, label, ${["", "previous_", "last_year_"]
      .flatMap((prefix) =>
        ["starts_on", "ends_on"].map((name) => `${prefix}${name}::varchar as ${prefix}${name}`)
      )
      .join(", ")} from marts.periods order by position`
  );
  const days = await query<{first: string | null}>(
    connection,
    "select min(date_day)::varchar as first from marts.daily_sales"
  );
  const members: Record<string, {count: number; listed: {member: string | null; lines: number}[]}> = {};
  for (const {name, expr} of dimensions.filter(({kind}) => kind === "categorical")) {
    await run(
      connection,
      `create or replace temp table grouped as
       select cast(${expr} as varchar) as member, count(*)::integer as lines from ${relation} group by 1`
    );
    const [counted] = await query<{n: number}>(connection, "select count(*)::integer as n from grouped");
    const listed = await query<{member: string | null; lines: number}>(
      connection,
      `select * from grouped where member is null or length(member) <= ${mostLetters} order by lines desc, member limit ${mostListed}`
    );
    members[name] = {count: counted!.n, listed};
  }
  const asked = {first: days[0]!.first, through: periods.at(-1)?.ends_on ?? null, periods, members};
  return {...asked, answers: await answersOf(connection, asked)};
});

process.stdout.write(JSON.stringify(offered));

async function answersOf(
  connection: DuckDBConnection,
  offered: Offered
): Promise<Required<Offered>["answers"]> {
  const answers: Required<Offered>["answers"] = {};
  for (const {asked} of examplesOf({definitions, offered}) as {asked: Asked}[]) {
    const {sql, baseSql, totalSql, baseTotalSql} = planOf(asked, {definitions, offered});
    for (const one of [sql, baseSql, totalSql, baseTotalSql])
      if (one) answers[one] ??= await rowsOf(connection, one);
  }
  return answers;
}

/** Rows as the browser's DuckDB gives them: dates as text. */
async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const rows = await query<{row: string}>(connection, `select to_json(t)::varchar as row from (${sql}) as t`);
  return rows.map(({row}) => JSON.parse(row) as Record<string, unknown>);
}
