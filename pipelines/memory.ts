import type {Check} from "./checks.ts";
import type {Lake} from "./lake/lake.ts";
import {listReleases} from "./release.ts";
import {listRuns} from "./run.ts";
import type {LakeObject} from "./step.ts";

/** A release, or a run that failed on its checks, with what was checked and the objects of the bad rows. */
export type Attempt = {
  id: string;
  kind: "release" | "run";
  at: string;
  checks: Check[];
  failures: LakeObject[];
};

/** Since when a check has not passed: the attempt that brought it, and the last one before in which it passed. */
export type Since = {since: Attempt | null; passed: Attempt | null};

/** Every release and every run that failed on its checks, newest first. */
export async function listAttempts(lake: Lake): Promise<Attempt[]> {
  const releases = (await listReleases(lake)).map(({id, published_at, checks, objects}) => ({
    id,
    kind: "release" as const,
    at: published_at,
    checks,
    failures: objects.filter(({layer}) => layer === "failures")
  }));
  const runs = (await listRuns(lake))
    .filter(({status, checks}) => status === "failed" && checks.length)
    .map(({id, ended_at, began_at, checks, failures}) => ({
      id,
      kind: "run" as const,
      at: ended_at ?? began_at,
      checks,
      failures
    }));
  return [...releases, ...runs].sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** What became of a check in each attempt that made it, newest first. */
export function historyOf(name: string, attempts: Attempt[]): {attempt: Attempt; check: Check}[] {
  return attempts.flatMap((attempt) => {
    const check = attempt.checks.find((one) => one.name === name);
    return check ? [{attempt, check}] : [];
  });
}

/** Since when a check has not passed; nothing where it passes. */
export function sinceOf(name: string, attempts: Attempt[]): Since {
  const history = historyOf(name, attempts);
  const passed = history.findIndex(({check}) => check.status === "pass");
  const failing = passed < 0 ? history : history.slice(0, passed);
  return {since: failing.at(-1)?.attempt ?? null, passed: history[passed]?.attempt ?? null};
}

/** `failing since release X (published …), passed in Y`. */
export function sinceInWords({since, passed}: Since): string {
  if (!since) return "";
  const day = since.at.slice(0, 10);
  const brought =
    since.kind === "release" ? `release ${since.id} (published ${day})` : `run ${since.id} (${day})`;
  return `failing since ${brought}, ${passed ? `passed in ${passed.kind === "run" ? "run " : ""}${passed.id}` : "not passed in any kept before"}`;
}

/** Checks, those that did not pass first. */
export function worstFirst(checks: Check[]): Check[] {
  const bad = ({status}: Check) => (status === "pass" ? 0 : ["skipped", "warn"].includes(status) ? 1 : 2);
  return [...checks].sort((a, b) => bad(b) - bad(a) || (a.name < b.name ? -1 : 1));
}
