import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import type {Release} from "../release.ts";
import type {Run} from "../run.ts";

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
    const {eventsOf} = await import("./run-events.ts");
    const {send} = await import("./send.ts");
    const events = await eventsOf(config, run, outcome, {isBegin});
    await send(openlineage, events, isBegin ? patience.begin : patience.end);
  } catch (error) {
    progress.note(`  the lineage could not be told: ${(error as Error).message}`);
  }
}
