import {buildInTurn, hasSite} from "../5-site/build.ts";
import {type Config, UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import {resume, rollback} from "../rollback.ts";

type Options = {reason?: string; wait?: boolean; site: boolean; json?: boolean};

/** `assay rollback RELEASE`: brings a release back in lake, warehouse and site, and holds it. */
export async function rollbackWord(config: Config, wanted: string, options: Options): Promise<void> {
  const reason = options.reason?.trim();
  if (!reason)
    throw new UsageError(
      `missing --reason: why is it brought back? (npx assay rollback ${wanted} --reason "…")`
    );
  const progress = openProgress();
  const {release} = await rollback(config, wanted, {progress, reason, wait: options.wait === true});
  if (options.json)
    console.log(
      JSON.stringify({
        release: release.id,
        restores: release.restores,
        data_through: release.data_through.whole
      })
    );
  else
    console.log(
      `release ${release.restores!.release} is live again, as ${release.id}, data through ${release.data_through.whole ?? "n/a"}; ` +
        `held: ${reason}\nrefreshes build and do not publish until: npx assay resume`
    );
  if (options.site && hasSite(config)) await buildInTurn(config, release, {wait: true, progress});
}

/** `assay resume`: lets refreshes publish again. */
export async function resumeWord(config: Config): Promise<void> {
  const {release, held} = await resume(config, {progress: openProgress()});
  console.log(
    `release ${release} is no longer held (since ${held!.since}: ${held!.reason}); the next refresh publishes`
  );
}
