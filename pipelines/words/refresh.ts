import type {Refreshed} from "../attempt.ts";
import {type Config, UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import {refresh} from "../refresh.ts";

/** `assay refresh`: runs the pipeline and says what became of it. */
export async function refreshWord(
  config: Config,
  options: {wait?: boolean; verify?: boolean; accept?: string[]; reason?: string; json?: boolean}
): Promise<void> {
  const {accept, reason} = options;
  if ((accept === undefined) !== (reason === undefined))
    throw new UsageError('--accept needs --reason: npx assay refresh --accept MONITOR --reason "why"');
  const {run, release} = await refresh(config, {
    progress: openProgress(),
    wait: options.wait === true,
    verify: options.verify === true,
    ...(accept && {accept: {monitors: accept, reason: reason!}})
  });
  const {seconds, done} = workOf(run);
  if (options.json) {
    const {id, content, data_through, published_at} = release;
    console.log(
      JSON.stringify({
        run: run.id,
        status: run.status,
        release: {id, content, data_through, published_at},
        steps_done: done,
        steps_reused: run.steps.length - done,
        seconds
      })
    );
  } else {
    tellRefresh({run, release});
  }
}

/** Says what became of a refresh, and what its checks warn of. */
export function tellRefresh({run, release}: Refreshed): void {
  const {done, ...took} = workOf(run);
  const seconds = `${took.seconds.toFixed(1)} s`;
  const steps = `${done} of ${run.steps.length} steps done`;
  if (run.status === "held") {
    console.log(`${steps}; release ${release.id} is held and stays live (${seconds})`);
    return;
  }
  for (const {name, detail} of release.checks.filter(({status}) => status === "warn"))
    console.log(`warning: ${detail || name} (npx assay checks ${name})`);
  if (run.status === "unchanged" && done === 0) {
    console.log(`nothing changed: no step done again, release ${release.id} stays live (${seconds})`);
  } else if (run.status === "unchanged") {
    console.log(`${steps} again with the same result: release ${release.id} stays live (${seconds})`);
  } else {
    const through = release.data_through.whole ?? "n/a";
    console.log(
      `published release ${release.id}, data through ${through} (${done} steps done, ${run.steps.length - done} reused, ${seconds})`
    );
  }
}

/** How long a run took, and how many of its steps were done and not reused. */
function workOf({began_at, ended_at, steps}: Refreshed["run"]): {seconds: number; done: number} {
  return {
    seconds: (Date.parse(ended_at!) - Date.parse(began_at)) / 1000,
    done: steps.filter((step) => !step.reused).length
  };
}
