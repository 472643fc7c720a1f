import {chmodSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import pg from "pg";
import {inject} from "vitest";
import {readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {openEmbedded} from "../warehouse/embedded.ts";

/** Does `work` as the superuser of the tests' server, or of another. */
export async function asSuperuser<T>(
  work: (ask: <Row extends object>(sql: string) => Promise<Row[]>, client: pg.Client) => Promise<T>,
  url = inject("warehouse")
): Promise<T> {
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows, client);
  } finally {
    await client.end();
  }
}

/** The tests' server by another database, user or parameters. */
export function urlOf(
  {database, user, password, ...parameters}: Record<string, string>,
  from = inject("warehouse")
): string {
  const url = new URL(from);
  if (database) url.pathname = `/${database}`;
  if (user) url.username = user;
  if (password) url.password = password;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** A PostgreSQL that a test may maltreat. */
export async function startPostgres() {
  const home = mkdtempSync(join(tmpdir(), "assay-postgres-"));
  chmodSync(home, 0o711);
  const start = () => openEmbedded({...readConfig({}), home}, silent);
  let server = await start();
  const {folder} = JSON.parse(readFileSync(join(home, "postgres.json"), "utf8")) as {folder: string};
  return {
    folder,
    url: () => server.url,
    /** kill -9, until the system has forgotten the process. */
    async kill() {
      const [pid] = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), "SIGKILL");
      while (isThere(Number(pid))) await sleep(20);
    },
    async start() {
      server = await start();
    },
    async stop() {
      // one that was killed is down already
      await server.stop().catch(() => undefined);
      for (const path of [home, folder]) rmSync(path, {recursive: true, force: true});
    }
  };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
