import {hostname} from "node:os";
import {setTimeout as sleep} from "node:timers/promises";
import type {Progress} from "../progress.ts";
import {hash} from "../step.ts";
import type {Warehouse} from "./postgres.ts";

/** What all advisory locks of Assay have in common: "assa". */
const kind = 0x61737361;

/** How many milliseconds the session of a dead process may take to end. */
const patience = 30_000;

/** A session that has the lock; what this role may not see is null. */
export type Holder = {name: string | null; since: Date | null};

/**
 * Takes the lock of this database and prefix, which the server releases with the session. Throws naming the holder,
 * or waits if `wait`; a holder that is a dead process of this machine is waited for, as its session is about to end.
 */
export async function lockWarehouse(
  warehouse: Warehouse,
  {wait, progress}: {wait: boolean; progress: Progress}
): Promise<void> {
  const began = Date.now();
  let isTold = false;
  while (!(await tryLock(warehouse))) {
    const holder = await findHolder(warehouse);
    const isEnding = !holder || (isDead(holder) && Date.now() - began < patience);
    if (!isEnding) {
      const held = `the warehouse ${warehouse.name} is in use by ${describe(holder)}`;
      if (!wait) throw new Error(`${held}; wait for it with --wait`);
      if (!isTold) progress.note(`waiting: ${held}`);
      isTold = true;
    }
    await sleep(isEnding ? 50 : 500);
  }
}

/** Who has the lock of this database and prefix, if somebody has. */
export async function findHolder({client, schema}: Warehouse): Promise<Holder | undefined> {
  const {rows} = await client.query<Holder>(
    `select application_name as name, backend_start as since
     from pg_locks left join pg_stat_activity using (pid)
     where locktype = 'advisory' and pg_locks.database = (select oid from pg_database where datname = current_database())
       and classid = $1 and objid = $2 and objsubid = 2 and granted and pid <> pg_backend_pid()`,
    [kind, keyOf(schema("")) >>> 0]
  );
  return rows[0];
}

/** A holder in words. */
export function describe({name, since}: Holder): string {
  return `${name || "another session"}${since ? ` since ${since.toISOString()}` : ""}`;
}

async function tryLock({client, schema}: Warehouse): Promise<boolean> {
  const {rows} = await client.query<{mine: boolean}>("select pg_try_advisory_lock($1, $2) as mine", [
    kind,
    keyOf(schema(""))
  ]);
  return rows[0]!.mine;
}

/** 32 bits that stand for a prefix. */
function keyOf(prefix: string): number {
  return Buffer.from(hash(`assay ${prefix}`), "hex").readInt32BE();
}

function isDead({name}: Holder): boolean {
  const [, host, pid] = /^assay on (\S+) \(process (\d+)\)$/.exec(name ?? "") ?? [];
  if (host !== hostname().slice(0, 32) || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
