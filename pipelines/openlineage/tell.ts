import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {readDictionary} from "../dictionary.ts";
import {shownError} from "../failure.ts";
import type {Progress} from "../progress.ts";
import type {Release} from "../release.ts";
import type {Run} from "../run.ts";
import {findPort} from "../warehouse/embedded.ts";
import {followTables} from "./columns.ts";
import {beginOf, endOf} from "./events.ts";
import {namespaceOf, namesOf} from "./names.ts";
import {send} from "./send.ts";
import type {Failed, Told} from "./told.ts";

/**
 * What there is to tell of a run besides its record: what it is a run of (`refresh`), the release that is live after it,
 * or the error that ended it, which knows the step it comes from.
 */
export type Outcome = {task: string; release?: Release; error?: Error};

/** How long a receiver may take, in milliseconds: for the one event of a beginning, and for all of an end. */
const patience = {begin: 2_000, end: 5_000};

/**
 * Tells ASSAY_OPENLINEAGE_URL of a run that begins or, by its status, has ended. A receiver that does not answer in time is
 * only noted.
 */
export async function tellLineage(
  config: Config,
  run: Run,
  outcome: Outcome,
  progress: Progress
): Promise<void> {
  const {openlineage} = config;
  if (!openlineage) return;
  const isBegin = run.status === "running";
  try {
    const told = await toldOf(config, run, outcome);
    const events = isBegin ? [beginOf(told)] : endOf(told);
    await send(openlineage, events, isBegin ? patience.begin : patience.end);
  } catch (error) {
    progress.note(`  the lineage could not be told: ${(error as Error).message}`);
  }
}

async function toldOf(config: Config, run: Run, {task, release, error}: Outcome): Promise<Told> {
  const told: Told = {
    namespace: namespaceOf(config),
    job: `assay.${task}`,
    version: readVersion(),
    run,
    names: namesOf(config, await findPort(config)),
    ...(run.status === "failed" && {failed: failedOf(error)})
  };
  // a run that is held made what no release names
  if (!release || !/^(published|unchanged)$/.test(run.status) || run.steps.every(({reused}) => reused))
    return told;
  const reads = await followTables(config, release).catch(() => undefined);
  return {...told, release, dictionary: readDictionary(config.root), ...(reads && {reads})};
}

function failedOf(error: Error | undefined): Failed {
  const message = error ? shownError(error) : "npx assay runs says why";
  return {message, ...findStep(error)};
}

/** The step that an error, or what caused it, comes from. */
function findStep(error: unknown): Omit<Failed, "message"> {
  const {step, began_at, cause} = (error ?? {}) as {step?: string; began_at?: string; cause?: unknown};
  return step === undefined && cause ? findStep(cause) : {step, began_at};
}

function readVersion(): string {
  const path = join(import.meta.dirname, "../../package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as {version: string}).version;
}
