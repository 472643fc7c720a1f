import pg from "pg";
import {clientSettings} from "./connection.ts";
import type {Warehouse} from "./postgres.ts";

type Blocker = {
  pid: number;
  role: string | null;
  name: string | null;
  state: string | null;
  since: Date | null;
};

/** Does `work`, which changes `what`; if it waited in vain for somebody's lock, says for whose and how to go on. */
export async function namingBlockers<T>(
  warehouse: Warehouse,
  what: string,
  work: () => Promise<T>
): Promise<T> {
  const watch = watchBlockers(warehouse);
  try {
    return await work();
  } catch (error) {
    if ((error as {code?: string}).code !== "55P03") throw error;
    const blockers = await watch.last();
    const held = blockers.map(describe).join(" and by ") || "a session that is gone by now";
    const ends = blockers.map(({pid}) => `select pg_terminate_backend(${pid});`).join(" ");
    const mend = ends ? `let it end, or type in the warehouse: ${ends}` : "it is free now";
    throw new Error(
      `warehouse ${warehouse.name}: ${what} waited longer than lock_timeout for a lock held by ${held}; ${mend}`,
      {cause: error}
    );
  } finally {
    await watch.stop();
  }
}

/** Looks from a session of its own, opened only if the work takes its time, at who blocks the warehouse's session. */
function watchBlockers({client, connection}: Warehouse) {
  const {processID: pid} = client as unknown as {processID: number};
  let found: Blocker[] = [];
  let observer: pg.Client | undefined;
  let looking = Promise.resolve();
  const look = async () => {
    if (!observer) {
      observer = new pg.Client(clientSettings(connection));
      observer.on("error", () => {});
      await observer.connect();
    }
    const {rows} = await observer.query<Blocker>(
      `select pid, usename as role, application_name as name, state, xact_start as since
       from unnest(pg_blocking_pids($1)) as pid left join pg_stat_activity using (pid)`,
      [pid]
    );
    if (rows.length) found = rows;
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, 200);
  return {
    last: () => looking.then(() => found),
    async stop() {
      clearInterval(timer);
      await looking;
      await observer?.end().catch(() => undefined);
    }
  };
}

function describe({pid, role, name, state, since}: Blocker): string {
  const who = [`server process ${pid}`, name, state].filter(Boolean).join(", ");
  return `role ${role ?? "unknown"} (${who})${since ? ` since ${since.toISOString()}` : ""}`;
}
