import {FailedChecks} from "./checks.ts";
import {type Config, hidePassword, UsageError} from "./config.ts";
import {tellWebhook, whatNext} from "./failure.ts";
import type {Lake} from "./lake/lake.ts";
import {tellLineage} from "./openlineage/tell.ts";
import {Overtaken} from "./pointer.ts";
import type {Release} from "./release.ts";
import {beginRun, type Run, runnerOf, writeRun} from "./run.ts";
import type {Context} from "./step.ts";
import {type Manner, type Open, withWork} from "./work.ts";

/** What an attempt leads to: the record of the run, and the release that is live after it. */
export type Refreshed = {run: Run; release: Release};

/**
 * Does `work`, which publishes, on record: a run that succeeds or fails, with its steps, checks and error. Whoever waits
 * for another one begins anew once that has published.
 */
export function attempt(
  config: Config,
  manner: Manner,
  work: (context: Context, run: Run) => Promise<Release>
): Promise<Refreshed> {
  return withWork(config, manner, async (open, lake) => {
    for (;;) {
      try {
        return await attemptOnce(config, manner, lake, open, work);
      } catch (error) {
        if (!manner.wait || !(error instanceof Overtaken)) throw error;
        manner.progress.note(`  ${error.message.replace(/;.*/, "")}: once more, on top of it`);
      }
    }
  });
}

async function attemptOnce(
  config: Config,
  {task, progress}: Manner,
  lake: Lake,
  open: Open,
  work: (context: Context, run: Run) => Promise<Release>
): Promise<Refreshed> {
  const run = await beginRun(lake, runnerOf(config.home));
  await tellLineage(config, run, {task}, progress);
  try {
    const release = await open((context) => {
      run.steps = context.steps;
      return work(context, run).finally(() => (run.proof_seconds = context.proof.seconds));
    });
    await endRun(lake, run, {});
    await tellLineage(config, run, {task, release}, progress);
    return {run, release};
  } catch (error) {
    const failed = error instanceof FailedChecks ? {checks: error.checks, failures: error.failures} : {};
    const {message, step, began_at} = error as Error & {step?: string; began_at?: string};
    if (step && began_at) run.failed = {step, began_at};
    await endRun(lake, run, {status: "failed", error: hidePassword(message), ...failed});
    await tellWebhook(config, run, progress);
    await tellLineage(config, run, {task, error: error as Error}, progress);
    if (error instanceof UsageError) throw error;
    throw Object.assign(error as Error, {next: await whatNext(lake)});
  }
}

async function endRun(lake: Lake, run: Run, outcome: Partial<Run>): Promise<void> {
  const ended = {ended_at: new Date().toISOString(), peak_memory: process.resourceUsage().maxRSS * 1024};
  await writeRun(lake, Object.assign(run, outcome, ended));
}
