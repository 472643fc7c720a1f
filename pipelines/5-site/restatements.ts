import {fromCents, toCents} from "../ledger.ts";
import type {Moves} from "./moves.ts";

/** A day up to which a release had been published when a later one changed what it had said. */
export type Restatement = {day: string; release: string; change: string; reasons: string[]};

/** What adds to the past without changing what was said of it. */
const additions = ["new rows"];

/** The restatements of revenue: of each release what it changed of the days its predecessor covered, and by what. */
export function restatementsOf({releases}: Moves): Restatement[] {
  return releases.flatMap(({id, step}, index) => {
    const day = releases[index + 1]?.data_through;
    if (!day || !step || "isLost" in step) return [];
    const parts = (step.parts.revenue ?? []).filter(({reason}) => !additions.includes(reason));
    if (!parts.length) return [];
    const change = parts.reduce((sum, part) => sum + toCents(part.change), 0n);
    return [{day, release: id, change: fromCents(change), reasons: parts.map(({reason}) => reason)}];
  });
}
