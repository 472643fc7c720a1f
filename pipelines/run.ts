import {hostname} from "node:os";
import type {Check} from "./checks.ts";
import {newId, readBack, shown, withEarlier} from "./history.ts";
import {findJson} from "./lake/json.ts";
import type {Lake} from "./lake/lake.ts";
import type {Accepted} from "./monitors/watch.ts";
import {hash, type LakeObject, type StepRun} from "./step.ts";

/** An attempt, whatever became of it: `unpublished` made some of the steps. `previous` is the run before it. */
export type Run = {
  id: string;
  previous: string | null;
  /** The runs before it, newest first, as many as a history shows; absent in old records. */
  earlier?: string[];
  status: "running" | "published" | "unchanged" | "held" | "unpublished" | "failed" | "interrupted";
  began_at: string;
  ended_at: string | null;
  /** Who carries it out; absent in old records. */
  by?: Runner;
  /** Who had it carried out step by step. */
  orchestrator?: Orchestrator;
  release: string | null;
  error: string | null;
  /** The step that failed, and when it began; absent in old records and where none did. */
  failed?: {step: string; began_at: string};
  steps: StepRun[];
  checks: Check[];
  /** Objects with the bad rows of failed checks. */
  failures: LakeObject[];
  /** What an operator let through. */
  accepted?: Accepted[];
  /** Seconds of it that went into proof: ledger, records of rejects and corrections, origins; absent in old records. */
  proof_seconds?: number;
  /** Largest resident memory of this process in bytes. */
  peak_memory: number | null;
};

/** The process of a run; `home` stands for its machine and home without telling a path. */
export type Runner = {host: string; pid: number; home: string};

/** What runs the steps of a run, what it calls that run, and where it shows it. */
export type Orchestrator = {name: string; run: string; url?: string};

const latestRun = "runs/latest.json";

/** This process as it works in a home. */
export function runnerOf(home: string): Runner {
  const host = hostname();
  return {host, pid: process.pid, home: hash(JSON.stringify([host, home])).slice(0, 16)};
}

/**
 * Records that a run began. The last one of the same home, whose lock the caller holds, was interrupted if it never
 * ended; another home's may still be at work.
 */
export async function beginRun(lake: Lake, by: Runner): Promise<Run> {
  const before = await findLatestRun(lake);
  const own = await findOwnRun(lake, by, before);
  if (own?.status === "running")
    await writeRun(lake, {...own, status: "interrupted", error: "the process ended"});
  const run: Run = {
    id: newId(),
    previous: before?.id ?? null,
    earlier: withEarlier(before),
    status: "running",
    began_at: new Date().toISOString(),
    ended_at: null,
    by,
    release: null,
    error: null,
    steps: [],
    checks: [],
    failures: [],
    peak_memory: null
  };
  await writeRun(lake, run);
  await lake.write(latestRun, JSON.stringify({run: run.id}));
  return run;
}

/** The last run of a home among the latest, `last` and those before it, or one that does not say whose it was. */
async function findOwnRun(lake: Lake, {home}: Runner, last: Run | undefined): Promise<Run | undefined> {
  let run = last;
  for (let most = 20; run && most > 0; most--) {
    if (run.by === undefined || run.by.home === home) return run;
    run = run.previous === null ? undefined : await findRun(lake, run.previous);
  }
  return undefined;
}

/** Keeps a run record. */
export async function writeRun(lake: Lake, run: Run): Promise<void> {
  await lake.write(`runs/${run.id}.json`, JSON.stringify(run, null, 1));
}

/** The attempts, newest first. */
export async function listRuns(lake: Lake, most = shown): Promise<Run[]> {
  return readBack(
    await findLatestRun(lake),
    most,
    ({previous}) => previous,
    (id) => findRun(lake, id)
  );
}

async function findLatestRun(lake: Lake): Promise<Run | undefined> {
  const latest = await findJson<{run: string}>(lake, latestRun);
  return latest && findRun(lake, latest.run);
}

/** A run by its id, if its record is there. */
export function findRun(lake: Lake, id: string): Promise<Run | undefined> {
  return findJson<Run>(lake, `runs/${id}.json`);
}
