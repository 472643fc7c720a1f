import {createReadStream} from "node:fs";
import {readFile} from "node:fs/promises";
import {basename, join} from "node:path";
import {pipeline} from "node:stream/promises";
import {writeExtract} from "../pipelines/5-site/extracts.ts";
import {shownRelease} from "../pipelines/5-site/shown.ts";
import {type Config, readConfig} from "../pipelines/config.ts";
import {withEngine} from "../pipelines/engine/duckdb.ts";
import {type Lake, openLake} from "../pipelines/lake/lake.ts";
import type {Release} from "../pipelines/release.ts";
import {hash} from "../pipelines/step.ts";
import {showForSite} from "../pipelines/views.ts";

/**
 * The interpreter of `.sql` loaders: prints the extract the refresh made, or makes it anew if its SQL was edited. In a
 * preview with a draft the last good one stays until the draft has made it.
 */
async function load(config: Config, path: string): Promise<void> {
  const lake = openLake(config);
  const name = basename(path, ".sql");
  const sql = await readFile(join(config.root, "loaders", `${name}.sql`), "utf8");
  const release = await shownRelease(config, lake);
  const object = release.objects.find((one) => one.layer === "extracts" && one.table === name);
  if (object && (config.draft || release.extracts[name] === hash(sql)))
    return print(await lake.get(object.key));
  await printAnew(config, lake, release, name, sql);
}

function printAnew(config: Config, lake: Lake, release: Release, name: string, sql: string): Promise<void> {
  return withEngine(config.memory, async (engine, folder) => {
    await showForSite(engine.connection, lake, release.objects, release);
    const file = join(folder, name);
    await writeExtract({...engine, lake, proof: {seconds: 0}}, name, sql, file, release.objects);
    await print(file);
  });
}

function print(file: string): Promise<void> {
  return pipeline(createReadStream(file), process.stdout, {end: false});
}

const path = process.argv[2];
if (!path) throw new Error("usage: tsx loaders/run.ts LOADER.sql");
await load(readConfig(), path);
