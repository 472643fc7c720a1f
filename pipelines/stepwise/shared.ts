import {join} from "node:path";
import {UsageError} from "../config.ts";
import {findJson} from "../lake/json.ts";
import type {Lake} from "../lake/lake.ts";
import {withLock} from "../lock.ts";
import type {Accept} from "../monitors/watch.ts";
import {tellLineage} from "../openlineage/tell.ts";
import {findCurrent} from "../release.ts";
import {beginRun, findRun, type Orchestrator, type Run, runnerOf, writeRun} from "../run.ts";
import type {Position} from "../source/changed.ts";
import type {Context, StepResult} from "../step.ts";

/**
 * A run that several processes carry out, each some of its steps. All of them see the source as `bronze` took it and
 * the day as it was when the run was opened; `before` is the release it will replace.
 */
export type SharedRun = {
  key: string;
  run: string;
  before: string | null;
  today: string;
  bronze?: Bronze;
  /** Where the source stood before it was taken. */
  position?: Position;
  accept?: Accept;
  /** What went wrong in steps that were not done since, by their name. */
  errors: Record<string, StepError>;
};

export type StepError = Pick<Run, "checks" | "failures"> & {error: string};

/** The rows a run is made of: taken from the source, or those of the published release. */
export type Bronze = {from: "source" | "release"; results: StepResult[]};

const latest = "shared/latest.json";
const fileOf = (key: string) => `shared/${key}.json`;

/** What a run is called that nobody named. */
export const byHand = "by-hand";

/** What to add to `npx assay run` so that it is about the run of this name. */
export const ofRun = (key: string) => (key === byHand ? "" : ` --run ${key}`);

/** Throws UsageError if a key cannot name a run. */
export function checkKey(key: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(key) && key !== "latest") return key;
  throw new UsageError(`invalid --run: ${key} (letters, digits, - and _)`);
}

/**
 * Joins the run that is called `key`, or opens it: if there is none, if it has ended, or if another release was published
 * since, for older data never replace newer. A run that is opened goes on with the rows that were taken last, as long as
 * nothing was published since. `isAfter` joins one that has ended, for what comes after it.
 */
export function joinRun(
  context: Context,
  key: string,
  {orchestrator, isAfter = false}: {orchestrator?: Orchestrator | undefined; isAfter?: boolean}
): Promise<SharedRun> {
  const {lake} = context;
  return inTurn(context, async () => {
    const before = (await findCurrent(lake))?.id ?? null;
    const found = await findJson<SharedRun>(lake, fileOf(key));
    const run = found && (await findRun(lake, found.run));
    if (found && run && (isAfter || (found.before === before && !hasEnded(run)))) {
      // a re-execution is another run of the orchestrator
      if (orchestrator && run.orchestrator?.run !== orchestrator.run)
        await writeRun(lake, {...run, orchestrator});
      return found;
    }
    return openRun(context, {key, before, ...(orchestrator && {orchestrator})});
  });
}

async function openRun(
  {config, lake, progress}: Context,
  {key, before, orchestrator}: Pick<SharedRun, "key" | "before"> & {orchestrator?: Orchestrator}
): Promise<SharedRun> {
  const last = await findLatest(lake);
  const goesOn = last?.bronze?.from === "source" && last.before === before;
  const run = await beginRun(lake, runnerOf(config.home));
  if (orchestrator) await writeRun(lake, {...run, orchestrator});
  await tellLineage(config, run, {task: "refresh"}, progress);
  const opened: SharedRun = {
    key,
    run: run.id,
    before,
    today: config.today,
    errors: {},
    ...(goesOn && {bronze: last.bronze!, ...(last.position && {position: last.position})})
  };
  await keepShared(lake, opened);
  await lake.write(latest, JSON.stringify({key}));
  return opened;
}

/** Whether a run is over; one that failed is gone on with. */
export function hasEnded({status}: Run): boolean {
  return status === "published" || status === "unchanged" || status === "held" || status === "unpublished";
}

async function findLatest(lake: Lake): Promise<SharedRun | undefined> {
  const last = await findJson<{key: string}>(lake, latest);
  return last && findShared(lake, last.key);
}

/** The run that is called so, if there is one. */
export function findShared(lake: Lake, key: string): Promise<SharedRun | undefined> {
  return findJson<SharedRun>(lake, fileOf(key));
}

/** Changes what a run goes on with; nobody else does at the same time. */
export function changeShared(
  context: Pick<Context, "config" | "lake" | "progress">,
  {key}: SharedRun,
  change: (shared: SharedRun, run: Run) => {shared?: Partial<SharedRun>; run?: Partial<Run>}
): Promise<Run> {
  const {lake} = context;
  return inTurn(context, async () => {
    const shared = (await findShared(lake, key))!;
    const run = (await findRun(lake, shared.run))!;
    const changed = change(shared, run);
    const next = {...run, ...changed.run};
    if (changed.shared) await keepShared(lake, {...shared, ...changed.shared});
    if (changed.run) await writeRun(lake, next);
    return next;
  });
}

function keepShared(lake: Lake, shared: SharedRun): Promise<void> {
  return lake.write(fileOf(shared.key), JSON.stringify(shared));
}

/** One process after another. */
function inTurn<T>(
  {config, progress}: Pick<Context, "config" | "progress">,
  work: () => Promise<T>
): Promise<T> {
  return withLock(join(config.home, "joining"), "a step", {wait: true, progress}, work);
}
