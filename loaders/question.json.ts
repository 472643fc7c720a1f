import {withShownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {query, run} from "../pipelines/engine/duckdb.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";

/** What questions can be asked about: the days and periods of the data, and each dimension's most frequent members. */
const config = readConfig();
const {relation, dimensions} = readDefinitions(config.root);

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
  return {
    first: days[0]!.first,
    through: periods.at(-1)?.ends_on ?? null,
    periods,
    members
  };
});

process.stdout.write(JSON.stringify(offered));
