import {shownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {query, withEngine} from "../pipelines/engine/duckdb.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {showForSite} from "../pipelines/views.ts";
import {readFrame} from "../src/components/crossfilter-frame.js";

/** The charts that are cross-filtered, unfiltered: bins, members and their sums, from the definitions. */
const config = readConfig();
const lake = openLake(config);
const release = await shownRelease(config, lake);
const definitions = readDefinitions(config.root);

await withEngine(config.memory, async ({connection}) => {
  await showForSite(connection, lake, release.objects, release);
  const frame = await readFrame((sql) => query(connection, sql), definitions, {through: release.data_through.whole});
  process.stdout.write(JSON.stringify(frame));
});
