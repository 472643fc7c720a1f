import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {readDictionary} from "../dictionary.ts";
import {shownError} from "../failure.ts";
import {followTables} from "../lineage/tables.ts";
import type {Run} from "../run.ts";
import {findPort} from "../warehouse/embedded.ts";
import type {RunEvent} from "./event.ts";
import {beginOf, endOf} from "./events.ts";
import {namespaceOf, namesOf} from "./names.ts";
import type {Outcome} from "./tell.ts";
import type {Failed, Told} from "./told.ts";

/** The events of a run that begins, or of one that has ended. */
export async function eventsOf(
  config: Config,
  run: Run,
  outcome: Outcome,
  {isBegin}: {isBegin: boolean}
): Promise<RunEvent[]> {
  const told = await toldOf(config, run, outcome);
  return isBegin ? [beginOf(told)] : endOf(told);
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
  const reads = await followTables(config, release.dbt?.selects ?? {}).catch(() => undefined);
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
