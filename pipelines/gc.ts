import {type Config} from "./config.ts";
import {eachOf} from "./lake/each.ts";
import {findJson} from "./lake/json.ts";
import type {Lake, Listed} from "./lake/lake.ts";
import {sumInKey} from "./lake/cache.ts";
import type {Progress} from "./progress.ts";
import {listReleases, type Release} from "./release.ts";
import {listRuns, type Run} from "./run.ts";
import type {StepResult} from "./step.ts";
import {withWork} from "./work.ts";

/** What was removed, or would be, and what stays. */
export type Cleared = {
  kept: string[];
  removed_releases: string[];
  removed_files: number;
  removed_bytes: number;
};

export type Options = {keep: number; dryRun?: boolean; grace?: number; progress: Progress};

/** In a bucket others may be making a release of what was written within this time, in milliseconds: the usual `grace`. */
const day = 86_400_000;

/**
 * Removes what the newest `keep` releases, the runs since the oldest of them, and steps that made their objects do not
 * need. Files that are none of Assay's stay.
 */
export function clear(
  config: Config,
  {keep, dryRun = false, grace = config.lake.kind === "s3" ? day : 0, progress}: Options
): Promise<Cleared> {
  return withWork(config, {task: "gc", progress, wait: false}, async (_, lake) => {
    const releases = await listReleases(lake, Infinity);
    const kept = releases.slice(0, keep);
    const runs = await runsSince(lake, kept.at(-1));
    const needed = neededBy(kept, runs);
    const files: Listed[] = [];
    for await (const file of lake.list()) if (Date.now() - file.writtenAt >= grace) files.push(file);
    const steps = await staleSteps(lake, files, needed, kept);
    const stale = files.filter(({key}) => (key.startsWith("steps/") ? steps.has(key) : isStale(key, needed)));
    // records before objects: what is cut short leaves objects that nobody names, and the next time finds them
    const isRecord = ({key}: Listed) => key.endsWith(".json") && sumInKey(key) === undefined;
    const ordered = [...stale.filter(isRecord), ...stale.filter((file) => !isRecord(file))];
    if (!dryRun) await eachOf(ordered, 16, ({key}) => lake.remove(key));
    return {
      kept: kept.map(({id}) => id),
      removed_releases: releases.slice(keep).map(({id}) => id),
      removed_files: stale.length,
      removed_bytes: stale.reduce((sum, {bytes}) => sum + bytes, 0)
    };
  });
}

/** The attempts since the one that made a release, it included. */
async function runsSince(lake: Lake, oldest: Release | undefined): Promise<Run[]> {
  const runs = await listRuns(lake, Infinity);
  const first = runs.findIndex(({id}) => id === oldest?.run);
  return first < 0 ? runs : runs.slice(0, first + 1);
}

function neededBy(releases: Release[], runs: Run[]): Set<string> {
  const objects = [...releases.flatMap((one) => one.objects), ...runs.flatMap((one) => one.failures)];
  const ids = releases.map(({id}) => id);
  return new Set([
    "releases/current.json",
    "runs/latest.json",
    ...objects.map(({key}) => key),
    ...ids.map((id) => `releases/${id}.json`),
    ...runs.map(({id}) => `runs/${id}.json`),
    ...ids.flatMap((from) => ids.map((to) => `diffs/${from}..${to}.json`))
  ]);
}

/** Only what Assay wrote: records by their folder, objects by the checksum in their name, and unfinished writes. */
function isStale(key: string, needed: Set<string>): boolean {
  const isOwn =
    // nobody works here now: a run that several processes carried out is over, or opened anew
    /^(releases|runs|diffs|shared)\/[^/]+\.json$/.test(key) ||
    sumInKey(key) !== undefined ||
    /\.[0-9a-f]{8}\.tmp$/.test(key);
  return isOwn && !needed.has(key);
}

/** The steps whose objects are no longer all needed, and those whose schema no kept release has. */
async function staleSteps(
  lake: Lake,
  files: Listed[],
  needed: Set<string>,
  kept: Release[]
): Promise<Set<string>> {
  const schemas = new Set(kept.flatMap((one) => [one.schemas.gold, one.schemas.marts]));
  const records = files.filter(({key}) => /^steps\/[0-9a-f]{32}\.json$/.test(key));
  const isNeeded = await eachOf(records, 16, async ({key}) => {
    const step = await findJson<StepResult>(lake, key).catch(() => undefined);
    const {schema} = step?.facts ?? {};
    return (
      step !== undefined &&
      step.objects.every((object) => needed.has(object.key)) &&
      (schema === undefined || schemas.has(schema as string))
    );
  });
  return new Set(records.filter((_, n) => !isNeeded[n]).map(({key}) => key));
}
