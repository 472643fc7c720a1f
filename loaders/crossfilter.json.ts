import {withShownRelease} from "../pipelines/5-site/shown.ts";
import {readConfig} from "../pipelines/config.ts";
import {query} from "../pipelines/engine/duckdb.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {selectSql} from "../src/components/semantic/select.ts";
import {definitionsOf, measuresOf, readFrame} from "../src/components/crossfilter-frame.js";

/** The charts that are cross-filtered, unfiltered: bins, members and their sums, from the definitions. */
const config = readConfig();
const definitions = readDefinitions(config.root);

await withShownRelease(config, async ({connection, release}) => {
  const ask = (sql: string) => query<Record<string, unknown>>(connection, sql);
  const frame = await readFrame(ask, definitions, {through: release.data_through.whole});
  const shown = ["revenue", "orders", measuresOf(definitions)[0]!.name];
  const measures = definitions.measures.map(({name}) => name).filter((name) => shown.includes(name));
  const [sums] = await ask(selectSql(definitionsOf(definitions, frame), {measures}));
  process.stdout.write(JSON.stringify({...frame, sums: {...sums, lines: frame.lines}}));
});
