import {readdir, utimes} from "node:fs/promises";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {listLoaders} from "../5-site/extracts.ts";
import {keepExtract} from "../5-site/printed.ts";
import type {Lake} from "../lake/lake.ts";
import type {Release} from "../release.ts";
import type {LakeObject} from "../step.ts";

/**
 * Gives the preview the extracts of a release: those that differ from `before` are put where the Framework keeps what a
 * loader printed, and the loader's time is set to now, which the pages that read it notice. Without `before` no page has
 * read anything yet.
 */
export async function showExtracts(
  {root}: Pick<Config, "root">,
  lake: Lake,
  before: Release | undefined,
  after: Release
): Promise<void> {
  const folder = join(root, "loaders");
  const old = extractsOf(before);
  const now = extractsOf(after);
  for (const name of await listLoaders(folder)) {
    const object = now.get(name);
    if (!object || old.get(name)?.key === object.key) continue;
    await keepExtract(root, lake, object);
    if (before) await touch(join(folder, `${name}.sql`));
  }
  if (before) await touchLoaders(root);
}

/** Lets the preview run the loaders anew that are programs. */
export async function touchLoaders(root: string): Promise<void> {
  const folder = join(root, "loaders");
  for (const name of await readdir(folder)) if (name.endsWith(".json.ts")) await touch(join(folder, name));
}

function extractsOf(release: Release | undefined): Map<string, LakeObject> {
  const objects = (release?.objects ?? []).filter(({layer}) => layer === "extracts");
  return new Map(objects.map((object) => [object.table, object]));
}

/** Sets a file's time to now, which the preview notices. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}
