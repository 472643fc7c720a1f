import type {Run} from "../run.ts";
import {tellRun, type Cause, type ToldRun} from "../run-history.ts";

/** How many runs the page lists, and of how many it has the steps. */
const [listed, opened] = [30, 10];

/**
 * A run for the page, newest first among others: all seconds. Of `steps` each is `[name, began, seconds, rows, usual,
 * why]`, name and why by their places in `names` and `whys`; the why of a reused one is -1. Null where the run is older than
 * those whose steps the page has.
 */
export type ShownRun = Pick<
  ToldRun,
  | "id"
  | "status"
  | "began_at"
  | "seconds"
  | "usual"
  | "release"
  | "orchestrator"
  | "failed"
  | "done"
  | "reused"
  | "between"
  | "peak_memory"
> & {
  /** Where it failed: a file of the project that its error begins with. */
  file: string | null;
  checks: {name: string; status: string}[];
  /** Why the run did anything: of the steps of a reason the first three, and how many they are. */
  causes: (Cause & {count: number})[];
  steps: (number | null)[][] | null;
};

/** What the page of runs knows. */
export type ShownRuns = {runs: ShownRun[]; names: string[]; whys: string[]};

/**
 * The last runs for the page. An error's text may hold a value of the source: of it the page gets only the file of the
 * project that it begins with (`isFile`), besides the names of the step and the checks that failed.
 */
export function showRuns(runs: Run[], isFile: (path: string) => boolean): ShownRuns {
  const [names, whys] = [placesOf(), placesOf()];
  const shown = runs.slice(0, listed).map((run, n) => {
    const {steps, ...told} = tellRun(run, runs.slice(n + 1));
    const rows = steps.map((step) => [
      names.place(step.step),
      round(step.began),
      round(step.seconds),
      step.rows,
      step.reused ? null : round(step.usual),
      step.reused ? -1 : whys.place(step.why ?? "")
    ]);
    return {...summaryOf(told, fileOf(run.error, isFile)), steps: n < opened ? rows : null};
  });
  return {runs: shown, names: names.texts, whys: whys.texts};
}

function summaryOf(told: Omit<ToldRun, "steps">, file: string | null): Omit<ShownRun, "steps"> {
  const {id, status, began_at, release, orchestrator, failed, done, reused, peak_memory, causes} = told;
  return {
    ...{id, status, began_at, release, orchestrator, file, done, reused, peak_memory},
    seconds: round(told.seconds),
    usual: round(told.usual),
    between: round(told.between),
    failed: failed && {...failed, began: round(failed.began), seconds: round(failed.seconds)},
    checks: told.checks
      .filter(({status}) => status === "fail" || status === "error")
      .map(({name, status}) => ({name, status})),
    causes: causes.map(({why, steps}) => ({why, steps: steps.slice(0, 3), count: steps.length}))
  };
}

function fileOf(error: string | null, isFile: (path: string) => boolean): string | null {
  const path = /^[\w./-]+\.\w+(?=:)/.exec(error ?? "")?.[0];
  return path !== undefined && isFile(path) ? path : null;
}

/** Texts and the place of each, once. */
function placesOf() {
  const places = new Map<string, number>();
  const texts: string[] = [];
  const place = (text: string) => {
    if (!places.has(text)) places.set(text, texts.push(text) - 1);
    return places.get(text)!;
  };
  return {texts, place};
}

function round<T extends number | null>(seconds: T): T {
  return (seconds === null ? null : Math.round(seconds * 100) / 100) as T;
}
