import {type Config, processEnvironment, UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import type {Orchestrator} from "../run.ts";
import type {StepRun} from "../step.ts";
import type {Outcome} from "../stepwise/outcome.ts";
import {openPipes, type Pipes} from "../stepwise/pipes.ts";
import {byHand, runSteps} from "../stepwise/run-steps.ts";
import {checkKey} from "../stepwise/shared.ts";
import {findTargets} from "../stepwise/targets.ts";
import {heardBy, report} from "../stepwise/tell.ts";

type Options = {
  run?: string;
  months?: string[];
  accept?: string[];
  reason?: string;
  wait?: boolean;
  json?: boolean;
};

/** `assay run`: carries out steps of a run; where Dagster started this process, it hears what became of them. */
export async function runWord(config: Config, names: string[], options: Options): Promise<void> {
  const pipes = openPipes(processEnvironment());
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  try {
    await carryOut(config, names, options, {pipes, signal: stop.signal});
    pipes?.close();
  } catch (error) {
    pipes?.close(error as Error);
    throw error;
  } finally {
    // what was cancelled may still hold the engine
    if (stop.signal.aborted) setTimeout(() => process.exit(130), 100).unref();
  }
}

async function carryOut(
  config: Config,
  names: string[],
  options: Options,
  {pipes, signal}: {pipes: Pipes | undefined; signal: AbortSignal}
): Promise<void> {
  const {accept, reason, months, wait = false} = options;
  if ((accept === undefined) !== (reason === undefined))
    throw new UsageError('--accept needs --reason: npx assay run monitors --accept MONITOR --reason "why"');
  const targets = await findTargets(config, names);
  if (months && !targets.some(({name}) => name === "gold.fct_sales"))
    throw new UsageError("--months is for gold.fct_sales: npx assay run gold.fct_sales --months 2013-06");
  const progress = openProgress();
  const hear = (outcome: Outcome, steps: StepRun[]) => {
    if (pipes) report(pipes, outcome, steps);
    else if (!options.json) tellOutcome(outcome, steps);
  };
  const run = await runSteps(config, {
    key: checkKey(options.run ?? byHand),
    targets,
    progress: pipes ? heardBy(pipes, progress) : progress,
    wait,
    months,
    accept: accept && {monitors: accept, reason: reason!},
    orchestrator: pipes && orchestratorOf(pipes),
    signal,
    hear
  });
  if (options.json) console.log(JSON.stringify(run));
  else if (!pipes)
    console.log(`run ${run.id}: ${run.status}${run.release ? `, release ${run.release} is live` : ""}`);
}

function orchestratorOf({asked: {run_id, extras}}: Pipes): Orchestrator {
  return {name: "Dagster", run: run_id, ...(typeof extras.url === "string" && {url: extras.url})};
}

function tellOutcome({products, findings}: Outcome, steps: StepRun[]): void {
  for (const {asset, rows, step} of products) {
    const reused = steps.find((one) => one.step === step)?.reused ? ", reused" : "";
    console.log(`${asset}${rows === undefined ? "" : `: ${rows.toLocaleString("en")} rows`}${reused}`);
  }
  for (const {asset, check, detail} of findings.filter(({passed}) => !passed))
    console.log(`warning: ${asset}, ${check}: ${detail}`);
}
