import type {Config} from "../config.ts";
import type {Lake} from "../lake/lake.ts";
import {openProgress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findDraft} from "../draft/place.ts";
import {findCurrent, readRelease, type Release} from "../release.ts";

/**
 * The release that loaders show: the one a build holds on to, else the draft of a preview, else the published one, else
 * the first, made now.
 */
export async function shownRelease(config: Config, lake: Lake): Promise<Release> {
  if (config.release) return readRelease(lake, config.release);
  const draft = config.draft && (await findDraft(lake));
  if (draft) return draft;
  return (await findCurrent(lake)) ?? (await refresh(config, {progress: openProgress(), wait: true})).release;
}
