import {Cancelled} from "../cancelled.ts";
import {FailedChecks} from "../checks.ts";
import {type Config, hidePassword, UsageError} from "../config.ts";
import {tellWebhook, whatStays} from "../failure.ts";
import {openLake} from "../lake/lake.ts";
import {endLease, InUse} from "../lock.ts";
import type {Accept} from "../monitors/watch.ts";
import {tellLineage} from "../openlineage/tell.ts";
import {type Progress, silent} from "../progress.ts";
import {findCurrent} from "../release.ts";
import {findRun, type Orchestrator, type Run} from "../run.ts";
import type {Context, StepRun} from "../step.ts";
import {withWork} from "../work.ts";
import {makeTable, takeSource} from "./make-tables.ts";
import type {Outcome} from "./outcome.ts";
import {
  changeShared,
  findShared,
  hasEnded,
  joinRun,
  ofRun,
  type SharedRun,
  type StepError
} from "./shared.ts";
import type {Target} from "./targets.ts";

/** What is asked of a run: `key` is what it is called, `months` those of a table whose lines are made again. */
export type Asking = {
  key: string;
  targets: Target[];
  progress: Progress;
  wait: boolean;
  months?: string[] | undefined;
  accept?: Accept | undefined;
  orchestrator?: Orchestrator | undefined;
  /** Stops the step that is under way. */
  signal: AbortSignal;
  /** Hears of each step what became of it, before its error is thrown. */
  hear: (outcome: Outcome, steps: StepRun[]) => Promise<void> | void;
};

/** Carries out steps of a run that other processes may carry out with this one. Returns the run as it is after them. */
export function runSteps(config: Config, asking: Asking): Promise<Run> {
  const {key, progress, wait, targets, orchestrator, signal} = asking;
  const task = orchestrator ? `${orchestrator.name} run ${orchestrator.run.slice(0, 8)}` : `run ${key}`;
  return withWork(config, {task, progress, wait, shared: key, signal}, async (open) => {
    let isOver = true;
    try {
      let run!: Run;
      for (const target of targets) run = await open((context) => runStepOf(context, target, asking));
      isOver = hasEnded(run) || run.status === "failed";
      return run;
    } finally {
      // nobody waits for a run that has ended or failed; one that is tried again takes its turn
      if (isOver) endLeases(config, key);
    }
  }).catch(async (error: Error) => {
    if (error instanceof UsageError || error instanceof InUse) throw error;
    throw Object.assign(error, {next: await nextOf(config, asking)});
  });
}

async function runStepOf(context: Context, target: Target, asking: Asking): Promise<Run> {
  const {hear, key, orchestrator, signal} = asking;
  const shared = await joinRun(context, key, {orchestrator, isAfter: target.kind === "site"});
  const own = {...context, config: {...context.config, today: shared.today}};
  try {
    const outcome = await untilAborted(context, signal, makeTarget(own, shared, target, asking));
    await hear(outcome, context.steps);
    if (outcome.error) throw outcome.error;
    const run = await record(context, shared, target, {published: outcome.run});
    if (outcome.run) await tellPublished(context, run);
    return run;
  } catch (error) {
    if (error instanceof UsageError) {
      // an orchestrator ends its run itself
      if (!orchestrator) await endUnbegun(context.config, shared, error);
      throw error;
    }
    const run = await record(context, shared, target, {error: error as Error});
    // an orchestrator may try again, and ends the run if it does not
    if (!orchestrator) await tellWebhook(context.config, run, context.progress);
    throw error;
  }
}

async function makeTarget(
  context: Context,
  shared: SharedRun,
  target: Target,
  {wait, months, accept}: Asking
): Promise<Outcome> {
  if (target.kind === "site") return (await import("./make-release.ts")).makeSite(context, {wait});
  const before = await findCurrent(context.lake);
  if (target.kind === "bronze") return takeSource(context, shared, before);
  if (target.kind === "silver" || target.kind === "gold")
    return makeTable(context, shared, target, {before, months});
  const {makeStage, originOf} = await import("./make-release.ts");
  return makeStage(context, shared, target, await originOf(context, shared, before, {wait, accept}));
}

/** Ends a run that was opened for what could not be done. */
async function endUnbegun(config: Config, {key, run}: SharedRun, {message}: UsageError): Promise<void> {
  const found = await findRun(openLake(config), run);
  if (found && !found.steps.length) await endRun(config, key, "failed", message);
}

/** Puts the steps of a process, and its error, into the record of the run; a step that is done again mends its error. */
function record(
  context: Context,
  shared: SharedRun,
  {name}: Target,
  {error, published}: {error?: Error; published?: Partial<Run> | undefined}
): Promise<Run> {
  const peak_memory = process.resourceUsage().maxRSS * 1024;
  return changeShared(context, shared, (now, run) => {
    // what is published was made anew, whatever failed before
    const errors = published ? {} : {...now.errors};
    if (error) errors[name] = errorOf(error);
    else delete errors[name];
    const steps = merged(
      run.steps,
      context.steps.map((step) => ({...step, peak_memory}))
    );
    const [first] = Object.values(errors);
    const status = first ? "failed" : run.status === "failed" ? "running" : run.status;
    const failed = {
      status,
      error: first?.error ?? null,
      checks: first?.checks ?? [],
      failures: first?.failures ?? []
    };
    const {step, began_at} = (error ?? {}) as {step?: string; began_at?: string};
    const ended_at = first || published ? new Date().toISOString() : null;
    const memory = Math.max(run.peak_memory ?? 0, peak_memory);
    const proof_seconds = (run.proof_seconds ?? 0) + context.proof.seconds;
    // a site that does not build is not the release's
    const outcome = hasEnded(run)
      ? {}
      : {...failed, ...(step && began_at && {failed: {step, began_at}}), ended_at, ...published};
    return {shared: {errors}, run: {...outcome, steps, peak_memory: memory, proof_seconds}};
  });
}

/** The steps of a run with those of one more process: what it only looked up says nothing of the same result. */
function merged(before: StepRun[], own: StepRun[]): StepRun[] {
  const steps = new Map(before.map((step) => [step.step, step]));
  for (const step of own)
    if (!step.reused || steps.get(step.step)?.key !== step.key) steps.set(step.step, step);
  return [...steps.values()].sort((a, b) => ((a.began_at ?? "") < (b.began_at ?? "") ? -1 : 1));
}

function errorOf(error: Error): StepError {
  const failed = error instanceof FailedChecks ? error : undefined;
  return {
    error: hidePassword(error.message),
    checks: failed?.checks ?? [],
    failures: failed?.failures ?? []
  };
}

function untilAborted<T>({connection}: Context, signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      connection.interrupt();
      reject(new Cancelled());
    };
    work.then(resolve, reject);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, {once: true});
  });
}

/** Ends a run that will not publish; the webhook hears of one that failed. Undefined if there is none. */
export async function endRun(
  config: Config,
  key: string,
  status: "failed" | "unpublished",
  reason = "ended before it published"
): Promise<Run | undefined> {
  const lake = openLake(config);
  const shared = await findShared(lake, key);
  if (!shared) return undefined;
  const ended_at = new Date().toISOString();
  const run = await changeShared({config, lake, progress: silent}, shared, (_, before) => {
    if (hasEnded(before)) return {};
    const error = status === "failed" ? (before.error ?? hidePassword(reason)) : before.error;
    return {run: {status: error ? "failed" : status, error, ended_at}};
  });
  endLeases(config, key);
  if (run.ended_at === ended_at && run.status === "failed") {
    await tellWebhook(config, run, silent);
    await tellLineage(config, run, {task: "refresh", error: new Error(run.error!)}, silent);
  }
  return run;
}

async function tellPublished({config, lake, progress}: Context, run: Run): Promise<void> {
  const release = await findCurrent(lake);
  await tellLineage(config, run, {task: "refresh", ...(release && {release})}, progress);
}

/** Others may work here again as soon as a run has ended. */
function endLeases({home, lake}: Config, key: string): void {
  endLease(home, key);
  if (lake.kind === "folder") endLease(lake.path, key);
}

/** What stays live after a failure, and what to type. */
async function nextOf(config: Config, {key, targets, orchestrator}: Asking): Promise<string> {
  const stays = await whatStays(openLake(config));
  const again = orchestrator
    ? `re-execute the ${orchestrator.name} run from its failure`
    : `npx assay run ${targets.map(({name}) => name).join(" ")}${ofRun(key)}`;
  return `${stays}; when the cause is mended: ${again} (what was made is kept)`;
}
