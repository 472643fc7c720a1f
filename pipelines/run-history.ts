import type {Check} from "./checks.ts";
import type {Run} from "./run.ts";
import type {From, StepRun} from "./step.ts";

/** A step of a run against those of the runs before. `began` counts from the beginning of the run, in seconds. */
export type ToldStep = {
  step: string;
  began: number;
  seconds: number;
  rows: number;
  bytes: number | null;
  reused: boolean;
  /** Why it was done, in words; null where it was reused or where the records do not tell. */
  why: string | null;
  /** The median seconds of the last runs that did it. */
  usual: number | null;
};

/** What set a run going: steps that were done for the same reason, which no other step of the run gave them. */
export type Cause = {why: string; steps: string[]};

/** A run and its steps in the order they began, against the runs before; all seconds. */
export type ToldRun = {
  id: string;
  status: Run["status"];
  began_at: string;
  ended_at: string | null;
  seconds: number | null;
  /** The median of the last runs that had something to do in the same stages. */
  usual: number | null;
  release: string | null;
  orchestrator: NonNullable<Run["orchestrator"]> | null;
  error: string | null;
  /** The step that failed. */
  failed: {step: string; began: number; seconds: number} | null;
  /** The checks that did not pass. */
  checks: Check[];
  done: number;
  reused: number;
  causes: Cause[];
  /** In no step: between them, before the first and after the last; null where the records do not tell. */
  between: number | null;
  proof_seconds: number | null;
  peak_memory: number | null;
  steps: ToldStep[];
};

/** How many runs the usual duration is the median of, at most. */
const compared = 10;

/** Tells of a run; `earlier` are the runs before it, newest first. */
export function tellRun(run: Run, earlier: Run[]): ToldRun {
  const {id, status, began_at, ended_at, release, error} = run;
  const seconds = secondsOf(run);
  const began = beginningsOf(run);
  const steps = run.steps.map((step, n) => tellStep(step, began[n]!, earlier));
  const failed = failedOf(run, seconds);
  return {
    ...{id, status, began_at, ended_at, seconds, usual: usualOfRun(run, earlier), release},
    orchestrator: run.orchestrator ?? null,
    error,
    failed,
    checks: run.checks.filter((check) => check.status !== "pass"),
    done: steps.filter(({reused}) => !reused).length,
    reused: steps.filter(({reused}) => reused).length,
    causes: causesOf(run, earlier),
    between: betweenOf(run, seconds, failed ? [...steps, failed] : steps),
    proof_seconds: run.proof_seconds ?? null,
    peak_memory: run.peak_memory,
    steps: steps.sort((a, b) => a.began - b.began)
  };
}

/** The first word of a step's name: `bronze`, `silver`, `gold`, `warehouse`, `marts`, `extract`. */
export function stageOf(step: string): string {
  return step.split(" ")[0]!;
}

/** The steps that took longest, longest first. */
export function longestOf({steps}: Pick<ToldRun, "steps">, most: number): ToldStep[] {
  return steps
    .filter(({reused}) => !reused)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, most);
}

/** Whether something took clearly longer than usual: half as long again, and by more than a second. */
export function isSlow({seconds, usual}: {seconds: number | null; usual: number | null}): boolean {
  return seconds !== null && usual !== null && seconds > 1.5 * usual && seconds > usual + 1;
}

/** One reason why a step was done again; `name` is that of an input. */
export type Reason = {
  what:
    "first" | "sql" | "code" | "parameters" | "engine" | "changed" | "added" | "removed" | "lost" | "again";
  name?: string;
};

/** Why a step was done: how it differs from itself in the nearest earlier run that has it. Null where records do not tell. */
export function whyDone(step: StepRun, earlier: Run[]): Reason[] | null {
  if (step.reused || !step.from) return null;
  const before = lastOf(step.step, earlier);
  if (!before) return [{what: "first"}];
  if (!before.from) return null;
  const reasons = differences(before.from, step.from);
  if (!reasons.length) return [{what: step.from.isAnew ? "again" : "lost"}];
  // what follows from the inputs says nothing beside them: the name of a schema, the releases that monitors compare with
  const isFollowing = /^(warehouse|marts|monitors)/.test(step.step) && reasons.some(({name}) => name);
  return reasons.filter(({what}) => !isFollowing || what !== "parameters");
}

/** Reasons in words: `its SQL was edited; silver.crm_cust_info changed`. */
export function reasonsInWords(reasons: Reason[], step: string): string {
  const namesOf = (what: Reason["what"]) => reasons.filter((one) => one.what === what).map(({name}) => name!);
  const plain = reasons.flatMap(({what}) => wordsOf(what, step) ?? []);
  const [changed, added, removed] = [namesOf("changed"), namesOf("added"), namesOf("removed")];
  const parts = [
    ...plain,
    ...changed.flatMap((name) => spoken[name] ?? []),
    ...named(
      changed.filter((name) => !spoken[name]),
      (names) => `${names} changed`
    ),
    ...named(added, (names) => `it reads ${names} now`),
    ...named(removed, (names) => `it no longer reads ${names}`)
  ];
  return parts.join("; ");
}

/** What an input that is no table is called once it changed. */
const spoken: Record<string, string> = {run: "the day is another", dbt: "the dbt project was edited"};

function wordsOf(what: Reason["what"], step: string): string | undefined {
  const where = /^(warehouse|marts)/.test(step) ? "the warehouse or the lake" : "the lake";
  const parameters =
    step === "monitors" ? "the releases to compare with are others" : "its parameters are others";
  const words: Partial<Record<Reason["what"], string>> = {
    first: "first time",
    sql: "its SQL was edited",
    code: "its code was edited",
    parameters,
    engine: "DuckDB is another version",
    lost: `its result was no longer in ${where}`,
    again: "it was asked for again"
  };
  return words[what];
}

function named(names: string[], say: (names: string) => string): string[] {
  if (!names.length) return [];
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : names;
  const text = shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
  return [say(text)];
}

function differences(before: From, now: From): Reason[] {
  const parts = (["sql", "code", "parameters", "engine"] as const).filter(
    (part) => before[part] !== now[part]
  );
  const inputs = [...new Set([...Object.keys(before.inputs), ...Object.keys(now.inputs)])].sort();
  return [
    ...parts.map((what) => ({what})),
    ...inputs
      .filter((name) => before.inputs[name] !== now.inputs[name])
      .map((name) => ({what: differenceOf(before.inputs[name], now.inputs[name]), name}))
  ];
}

function differenceOf(before: string | undefined, now: string | undefined): "changed" | "added" | "removed" {
  if (before === undefined) return "added";
  return now === undefined ? "removed" : "changed";
}

function lastOf(step: string, earlier: Run[]): StepRun | undefined {
  for (const {steps} of earlier) {
    const found = steps.find((one) => one.step === step);
    if (found) return found;
  }
  return undefined;
}

function tellStep(run: StepRun, began: number, earlier: Run[]): ToldStep {
  const {step, seconds, rows, bytes = null, reused} = run;
  const reasons = whyDone(run, earlier);
  const why = reasons && reasonsInWords(reasons, step);
  return {step, began, seconds, rows, bytes, reused, why, usual: usualOfStep(step, earlier)};
}

function usualOfStep(step: string, earlier: Run[]): number | null {
  const done = earlier.flatMap(({steps}) => steps.find((one) => one.step === step && !one.reused) ?? []);
  return median(done.slice(0, compared).map(({seconds}) => seconds));
}

function usualOfRun(run: Run, earlier: Run[]): number | null {
  const stages = stagesDone(run);
  const alike = earlier.filter(
    (one) => ["published", "unchanged", "held"].includes(one.status) && stagesDone(one) === stages
  );
  return median(alike.slice(0, compared).flatMap((one) => secondsOf(one) ?? []));
}

/** The stages in which a run had something to do; a rollback looks at none. */
function stagesDone({steps}: Run): string {
  if (!steps.length) return "none";
  return [...new Set(steps.filter(({reused}) => !reused).map(({step}) => stageOf(step)))].sort().join(" ");
}

/** How long a run took; null as long as it has not ended. */
export function secondsOf({began_at, ended_at}: Pick<Run, "began_at" | "ended_at">): number | null {
  return ended_at === null ? null : (Date.parse(ended_at) - Date.parse(began_at)) / 1000;
}

/** When each step began, in seconds of the run; where a record does not tell, when the one before it ended. */
function beginningsOf({began_at, steps}: Run): number[] {
  let ended = 0;
  return steps.map((step) => {
    const began = step.began_at === undefined ? ended : since(began_at, step.began_at);
    ended = began + step.seconds;
    return began;
  });
}

function since(began_at: string, at: string): number {
  return Math.max(0, (Date.parse(at) - Date.parse(began_at)) / 1000);
}

function failedOf({failed, began_at}: Run, seconds: number | null): ToldRun["failed"] {
  if (!failed) return null;
  const began = since(began_at, failed.began_at);
  return {step: failed.step, began, seconds: Math.max(0, (seconds ?? began) - began)};
}

/** The seconds of a run that no step covers, however they overlap. */
function betweenOf(
  run: Run,
  seconds: number | null,
  steps: {began: number; seconds: number}[]
): number | null {
  if (seconds === null || run.steps.some(({began_at}) => began_at === undefined)) return null;
  let [covered, until] = [0, 0];
  for (const {began, seconds: own} of [...steps].sort((a, b) => a.began - b.began)) {
    covered += Math.max(0, began + own - Math.max(began, until));
    until = Math.max(until, began + own);
  }
  return Math.max(0, seconds - covered);
}

function causesOf(run: Run, earlier: Run[]): Cause[] {
  const done = new Set(run.steps.filter(({reused}) => !reused).map(({step}) => step));
  const causes = new Map<string, string[]>();
  for (const step of run.steps) {
    const reasons = (whyDone(step, earlier) ?? []).filter((reason) => !isOwing(reason, done));
    if (!reasons.length) continue;
    const why = reasonsInWords(reasons, step.step);
    causes.set(why, [...(causes.get(why) ?? []), step.step]);
  }
  return [...causes].map(([why, steps]) => ({why, steps}));
}

/** Whether an input changed because a step of the same run made it; records are made of all of them. */
function isOwing({what, name}: Reason, done: Set<string>): boolean {
  if (what !== "changed" || name === undefined) return false;
  const [schema, table] = name.split(".") as [string, string | undefined];
  if (schema === "gold" && table === undefined) return done.has("warehouse gold");
  return schema === "marts" ? done.has("marts (dbt)") : schema === "assay" || done.has(`${schema} ${table}`);
}

function median(numbers: number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (!sorted.length) return null;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
