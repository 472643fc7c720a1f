import {deflateSync} from "node:zlib";
import {type Progress, silent} from "../progress.ts";
import type {Run} from "../run.ts";
import type {StepRun} from "../step.ts";
import type {Outcome} from "../stepwise/outcome.ts";
import {type Asking, runSteps} from "../stepwise/run-steps.ts";
import {findTargets} from "../stepwise/targets.ts";
import {assay, type Ended} from "./project.ts";
import type {World} from "./world.ts";

/** What steps in this process led to: the run after them, or their error, and what they made and found. */
export type Stepped = {run?: Run; error?: Error & {next?: string}; outcomes: Outcome[]; steps: StepRun[]};

/** Carries out steps of the run `key` in this process, as `npx assay run` does in one of its own. */
export async function step(
  {config}: World,
  names: string[],
  {progress = silent, ...asking}: Partial<Asking> & {key: string; progress?: Progress}
): Promise<Stepped> {
  const stepped: Stepped = {outcomes: [], steps: []};
  const hear = (outcome: Outcome, steps: StepRun[]) => {
    stepped.outcomes.push(outcome);
    stepped.steps.push(...steps);
  };
  const targets = await findTargets(config, names);
  const signal = new AbortController().signal;
  return runSteps(config, {targets, progress, wait: false, signal, hear, ...asking}).then(
    (run) => ({...stepped, run}),
    (error: Error) => ({...stepped, error})
  );
}

/** `npx assay run …` of a world in a process of its own; `more` is added to its environment. */
export function assayRun(
  {config, environment}: World,
  args: string[],
  more: Record<string, string> = {}
): Promise<Ended> {
  return assay(config.root, ["run", ...args], {...environment, ...more});
}

/** The steps of a world that take a run from its rows to where nothing more is read of the lake. */
export const layers = ["bronze", "silver", "gold", "monitors", "warehouse", "marts", "extracts"];

/** A variable as Dagster Pipes packs it. */
export function packed(value: unknown): string {
  return deflateSync(JSON.stringify(value)).toString("base64");
}
