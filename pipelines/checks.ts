import type {LedgerLine} from "./ledger.ts";
import {hash, type LakeObject} from "./step.ts";

/** What was checked of a release or a run: a dbt test, a monitor, or one of the pipeline's own checks. */
export type Check = {
  name: string;
  kind: string;
  status: string;
  /** How many bad rows there are. */
  failures: number;
  description: string;
  /** What it looks at; these are absent in old records. */
  table?: string;
  severity?: "warn" | "block";
  /** What it found, in words. */
  detail?: string;
  /** Why an operator let a bad result through. */
  accepted?: string;
  /** The select of the bad rows, in the lake's names. */
  sql?: string;
};

/** The SQL of a table does not return what the table promises: its columns, its rows, no change without a rule. */
export class BrokenContract extends Error {}

/** Checks that stop a release: all that was checked, the objects that hold the bad rows, and the ledger if that is it. */
export class FailedChecks extends Error {
  constructor(
    message: string,
    readonly checks: Check[],
    readonly failures: LakeObject[],
    readonly ledger: LedgerLine[] = []
  ) {
    super(message);
  }
}

/** Waits for what may fail on its checks; what was checked before goes on record with it. */
export async function alongside<T>(
  made: T | Promise<T>,
  checks: Check[],
  failures: LakeObject[]
): Promise<T> {
  try {
    return await made;
  } catch (error) {
    if (!(error instanceof FailedChecks)) throw error;
    error.checks.unshift(...checks);
    error.failures.unshift(...failures);
    throw error;
  }
}

/** The table of the layer `failures` that keeps the bad rows of a check: names of dbt may be longer than a key likes. */
export function failuresOf(check: string): string {
  return check.length <= 60 ? check : `${check.slice(0, 51)}_${hash(check).slice(0, 8)}`;
}

/** How far the source is as the catalog and the release before say, a check a table. */
export function driftChecks(tables: string[], drift: Record<string, string[]>): Check[] {
  return tables.map((table) => {
    const lines = drift[table] ?? [];
    return {
      name: `drift_${table}`,
      kind: "drift",
      status: lines.length ? "warn" : "pass",
      failures: lines.length,
      description: `The columns of ${table} are as the catalog and the release before say.`,
      table: `bronze.${table}`,
      severity: "warn",
      ...(lines.length && {detail: lines.join("; ")})
    };
  });
}
