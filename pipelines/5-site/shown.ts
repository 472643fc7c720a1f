import type {Config} from "../config.ts";
import type {Lake} from "../lake/lake.ts";
import {openProgress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findCurrent, readRelease, type Release} from "../release.ts";

/** The release that loaders show: the one a build holds on to, else the published one, else the first, made now. */
export async function shownRelease(config: Config, lake: Lake): Promise<Release> {
  if (config.release) return readRelease(lake, config.release);
  return (await findCurrent(lake)) ?? (await refresh(config, {progress: openProgress(), wait: true})).release;
}
