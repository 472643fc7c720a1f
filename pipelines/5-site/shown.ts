import type {DuckDBConnection} from "@duckdb/node-api";
import type {Config} from "../config.ts";
import {withEngine} from "../engine/duckdb.ts";
import {type Lake, openLake} from "../lake/lake.ts";
import {openProgress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findDraft} from "../draft/place.ts";
import {findCurrent, readRelease, type Release} from "../release.ts";
import {showForSite} from "../views.ts";

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

/** What a loader asks: the release it shows, as the site's views, in an engine with a folder of its own. */
type Shown = {connection: DuckDBConnection; folder: string; release: Release};

/** Opens the release that loaders show for the time of `work`. */
export async function withShownRelease<T>(config: Config, work: (shown: Shown) => Promise<T>): Promise<T> {
  const lake = openLake(config);
  const release = await shownRelease(config, lake);
  return withEngine(config.memory, async ({connection}, folder) => {
    await showForSite(connection, lake, release.objects, release);
    return work({connection, folder, release});
  });
}
