import {BrokenContract, FailedChecks} from "../checks.ts";
import {type Config, hidePassword, processEnvironment, UsageError} from "../config.ts";
import {followTables} from "../lineage/tables.ts";
import {openProgress} from "../progress.ts";
import type {Orchestrator, Run} from "../run.ts";
import type {StepRun} from "../step.ts";
import {type Columns, columnsFrom} from "../stepwise/columns.ts";
import type {Outcome} from "../stepwise/outcome.ts";
import {openPipes, type Pipes} from "../stepwise/pipes.ts";
import {endRun, runSteps} from "../stepwise/run-steps.ts";
import {byHand, checkKey} from "../stepwise/shared.ts";
import {findTargets} from "../stepwise/targets.ts";
import {heardBy, report} from "../stepwise/tell.ts";

type Options = {
  run?: string;
  end?: "failed" | "unpublished";
  months?: string[];
  accept?: string[];
  reason?: string;
  wait?: boolean;
  json?: boolean;
};

/** `assay run`: carries out steps of a run; where Dagster started this process, it hears what became of them. */
export async function runWord(config: Config, names: string[], options: Options): Promise<void> {
  const key = checkKey(options.run ?? byHand);
  if (options.end) return tellEnd(await endRun(config, key, options.end, options.reason), key, options);
  if (!names.length) throw new UsageError("missing step: npx assay run bronze (npx assay graph lists them)");
  const pipes = openPipes(processEnvironment());
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  try {
    await carryOut(config, names, options, {key, pipes, signal: stop.signal});
    pipes?.close();
  } catch (error) {
    pipes?.say(endOf(error as Error));
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
  {key, pipes, signal}: {key: string; pipes: Pipes | undefined; signal: AbortSignal}
): Promise<void> {
  const {accept, reason, months, wait = false} = options;
  if ((accept === undefined) !== (reason === undefined))
    throw new UsageError('--accept needs --reason: npx assay run monitors --accept MONITOR --reason "why"');
  const targets = await findTargets(config, names);
  if (months && !targets.some(({name}) => name === "gold.fct_sales"))
    throw new UsageError("--months is for gold.fct_sales: npx assay run gold.fct_sales --months 2013-06");
  const progress = openProgress();
  const hear = async (outcome: Outcome, steps: StepRun[]) => {
    if (pipes) report(pipes, outcome, steps, await findColumns(config, outcome, pipes));
    else if (!options.json) tellOutcome(outcome, steps);
  };
  const run = await runSteps(config, {
    key,
    targets,
    progress: pipes ? heardBy(pipes, progress) : progress,
    wait,
    months,
    accept: accept && {monitors: accept, reason: reason!},
    orchestrator: pipes && orchestratorOf(pipes),
    signal,
    hear
  });
  pipes?.say({run: {"assay/run": run.id, ...(run.release && {"assay/release": run.release})}});
  if (!pipes) tellRun(run, options);
}

/** Where the columns of what was made come from; what cannot be followed is no reason to fail. */
async function findColumns(
  config: Config,
  {products, selects = {}}: Outcome,
  pipes: Pipes
): Promise<Map<string, Columns>> {
  const names = products
    .map(({asset}) => asset)
    .filter((name) => /^(silver|gold|warehouse|marts)[.]/.test(name));
  if (!names.length) return new Map();
  try {
    const reads = await followTables(config, selects);
    return new Map(names.map((name) => [name, columnsFrom(reads, name)]));
  } catch (error) {
    pipes.log("warning", `where columns come from is not told: ${(error as Error).message}`);
    return new Map();
  }
}

/** For programs it is no error that there is none: JSON says null. */
function tellEnd(run: Run | undefined, key: string, options: Options): void {
  if (run) tellRun(run, options);
  else if (options.json) console.log("null");
  else
    throw new UsageError(`no run of steps is called ${key}: npx assay run --end ${options.end} --run NAME`);
}

function tellRun(run: Run, {json}: Options): void {
  if (json) console.log(JSON.stringify(run));
  else console.log(`run ${run.id}: ${run.status}${run.release ? `, release ${run.release} is live` : ""}`);
}

/** What failed, and whether to try again makes sense: not for what the data or the files say. */
function endOf(error: Error) {
  const {message, next} = error as Error & {next?: string};
  const isSaid = [FailedChecks, BrokenContract, UsageError].some((kind) => error instanceof kind);
  return {error: hidePassword([message, next].filter(Boolean).join("\n")), retry: !isSaid};
}

function orchestratorOf({asked: {run_id, extras}}: Pipes): Orchestrator {
  return {name: "Dagster", run: run_id, ...(typeof extras.url === "string" && {url: extras.url})};
}

function tellOutcome({products, findings}: Outcome, steps: StepRun[]): void {
  for (const {asset, rows, step} of products) {
    const reused = steps.findLast((one) => one.step === step)?.reused ? ", reused" : "";
    console.log(`${asset}${rows === undefined ? "" : `: ${rows.toLocaleString("en")} rows`}${reused}`);
  }
  for (const {asset, check, detail} of findings.filter(({passed}) => !passed))
    console.log(`warning: ${asset}, ${check}: ${detail}`);
}
