import type {Config} from "../config.ts";
import {withEngine} from "../engine/duckdb.ts";
import {findJson} from "../lake/json.ts";
import type {Lake} from "../lake/lake.ts";
import {watched} from "../lake/verify.ts";
import type {Release} from "../release.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {hash} from "../step.ts";
import {type Diff, diff, type Side} from "./diff.ts";

/** The difference of two releases: found where it was made before with the same definitions, else made and kept. */
export async function findDiff(config: Config, lake: Lake, before: Release, after: Release): Promise<Diff> {
  const definition = hash(JSON.stringify(readDefinitions(config.root)));
  const key = `diffs/${before.id}..${after.id}.json`;
  const kept = await findJson<{definition: string; diff: Diff}>(lake, key).catch(() => undefined);
  if (kept?.definition === definition) return kept.diff;
  const made = await makeDiff(config, lake, before, after);
  await lake.write(key, JSON.stringify({definition, diff: made}));
  return made;
}

/** Compares two sides on an engine of its own. */
export async function makeDiff(config: Config, lake: Lake, before: Side, after: Side): Promise<Diff> {
  const definitions = readDefinitions(config.root);
  const {lake: sound, settle} = watched(lake, [...before.objects, ...after.objects]);
  try {
    return await withEngine(config.memory, ({connection}) =>
      diff({connection, lake: sound, definitions}, before, after)
    );
  } finally {
    // whatever was found or went wrong, a damaged object is the first to tell
    await settle();
  }
}
