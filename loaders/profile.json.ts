import {readFile} from "node:fs/promises";
import {join} from "node:path";
import type {DuckDBConnection} from "@duckdb/node-api";
import {driftOf} from "../pipelines/5-site/drift.ts";
import {keysOf} from "../pipelines/5-site/keys.ts";
import {writeExtract} from "../pipelines/5-site/extracts.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {type Config, readConfig} from "../pipelines/config.ts";
import {type Described, readDictionary} from "../pipelines/dictionary.ts";
import {literal, query, run, withEngine} from "../pipelines/engine/duckdb.ts";
import {type Lake, openLake} from "../pipelines/lake/lake.ts";
import type {Release} from "../pipelines/release.ts";
import {findComparable} from "../pipelines/release.ts";
import {hash} from "../pipelines/step.ts";
import {showForSite} from "../pipelines/views.ts";
import {profileOf} from "../src/components/profile-sql.js";

/** What is in every table of the browser's database: its columns, keys and orphans, and what moved since the release before. */
const config = readConfig();
const lake = openLake(config);
const release = await shownRelease(config, lake);
const parent = await findComparable(lake, release);
const dictionary = readDictionary(config.root);

const tables = await withDatabase(config, lake, release, async (connection) => {
  const found = await query<{schema: string; table: string; columns: string[]}>(
    connection,
    `select schema_name as schema, table_name as "table", list(column_name order by column_index) as columns
     from duckdb_columns() where database_name = 'shop' and not internal group by schema_name, table_name
     order by schema_name <> 'marts', schema_name <> 'gold', table_name <> 'sales', table_name`
  );
  const names = found.map(({schema, table}) => `${schema}.${table}`);
  const profiles = [];
  for (const {schema, table, columns} of found) {
    const name = `${schema}.${table}`;
    const described = dictionary.find((one) => one.schema === schema && one.table === table);
    profiles.push({
      name,
      description: described?.description ?? "",
      ...withMeanings(await profileOf((sql) => query<object>(connection, sql), name), described),
      keys: await keysOf(connection, {name, columns, names, dictionary}),
      drift: driftOf(name, columns, release, parent)
    });
  }
  return profiles;
});

process.stdout.write(
  JSON.stringify({
    release: release.id,
    data_through: release.data_through.whole,
    parent: parent && {id: parent.id, published_at: parent.published_at},
    tables
  })
);

function withMeanings(profile: Awaited<ReturnType<typeof profileOf>>, described: Described | undefined) {
  const columns = profile.columns.map((column) => ({
    ...column,
    description: described?.columns[column.name]?.description ?? ""
  }));
  return {rows: profile.rows, columns};
}

/** Opens the database that the site hands to browsers, made anew if its SQL was just edited. */
function withDatabase<T>(
  {root, memory}: Config,
  lake: Lake,
  release: Release,
  work: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const name = "shop.duckdb";
  return withEngine(memory, async (engine, folder) => {
    const {connection} = engine;
    const sql = await readFile(join(root, `loaders/${name}.sql`), "utf8");
    const kept = release.objects.find((one) => one.layer === "extracts" && one.table === name);
    let path = join(folder, name);
    if (kept && release.extracts[name] === hash(sql)) path = await lake.get(kept.key);
    else {
      await showForSite(connection, lake, release.objects, release);
      await writeExtract({...engine, lake, proof: {seconds: 0}}, name, sql, path, release.objects);
    }
    await run(connection, `attach ${literal(path)} as shop (read_only); use shop`);
    return work(connection);
  });
}
