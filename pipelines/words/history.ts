import type {Config} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {findPointer, type Pointer} from "../pointer.ts";
import {listReleases, type Release} from "../release.ts";
import {listRuns} from "../run.ts";
import {tableOf} from "./table.ts";

/** `assay runs`: every attempt, newest first. */
export async function runsWord(config: Config, options: {json?: boolean}): Promise<void> {
  const runs = await listRuns(openLake(config));
  if (options.json) return console.log(JSON.stringify(runs));
  const lines = runs.map((run) => ({
    run: run.id,
    status: run.status,
    steps: run.steps.length,
    reused: run.steps.filter((step) => step.reused).length,
    seconds: run.ended_at ? ((Date.parse(run.ended_at) - Date.parse(run.began_at)) / 1000).toFixed(1) : null,
    release: run.release,
    error: run.error?.split("\n")[0] ?? null
  }));
  process.stdout.write(tableOf(lines, ["run", "status", "steps", "reused", "seconds", "release", "error"]));
}

/** `assay releases`: what was published, newest first. */
export async function releasesWord(config: Config, options: {json?: boolean}): Promise<void> {
  const lake = openLake(config);
  const pointer = await findPointer(lake);
  const facts = (await listReleases(lake)).map((release) => ({
    release: release.id,
    is_current: release.id === pointer?.release,
    published_at: release.published_at,
    data_through: release.data_through.whole,
    source: release.source.name,
    objects: release.objects.length,
    parent: release.parent,
    note: noteOf(release, pointer)
  }));
  if (options.json) return console.log(JSON.stringify(facts));
  process.stdout.write(
    tableOf(facts, [
      "release",
      "is_current",
      "published_at",
      "data_through",
      "source",
      "objects",
      "parent",
      "note"
    ])
  );
}

/** What a release is besides the next one. */
function noteOf({id, restores}: Release, pointer: Pointer | undefined): string | null {
  const words = [
    restores && `rollback to ${restores.release}: ${restores.reason}`,
    pointer?.release === id && pointer.held && `held since ${pointer.held.since}`
  ].filter(Boolean);
  return words.length ? words.join("; ") : null;
}
