import {type Config, UsageError} from "../config.ts";
import {clear} from "../gc.ts";
import {clearLeft} from "../draft/clear.ts";
import {openProgress} from "../progress.ts";

/** `assay gc --keep N`: removes what no kept release needs. */
export async function gcWord(
  config: Config,
  options: {keep: string; dryRun?: boolean; json?: boolean}
): Promise<void> {
  if (!/^[1-9]\d*$/.test(options.keep))
    throw new UsageError(`invalid --keep: ${options.keep} (a number of releases, at least 1)`);
  const dryRun = options.dryRun === true;
  const progress = openProgress();
  const cleared = await clear(config, {keep: Number(options.keep), dryRun, progress});
  if (!dryRun) await clearLeft(config, progress);
  if (options.json) return console.log(JSON.stringify(cleared));
  const {kept, removed_releases: gone, removed_files, removed_bytes} = cleared;
  console.log(
    `${dryRun ? "would remove" : "removed"} ${gone.length} releases, ${removed_files} files, ${(removed_bytes / 1e6).toFixed(1)} MB; ` +
      `${kept.length} releases stay${kept.length ? `, the oldest ${kept.at(-1)}` : ""}`
  );
}
