import {type ChildProcess, spawn, spawnSync} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir, userInfo} from "node:os";
import {delimiter, join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {sources} from "../catalog.ts";
import {type MysqlPlace, readMysql} from "../config.ts";
import {openEngine} from "../engine/duckdb.ts";
import {ask, openMysql} from "../source/mysql/connect.ts";
import {insertFile} from "../source/mysql/seed.ts";
import {freePort} from "./servers.ts";

/** A private MariaDB; users `root` and, with rights to read only, `reader`. */
export type MariaDb = {
  port: number;
  pid: number;
  folder: string;
  /** The URL of a database, for `root` or with another user or host. */
  url: (database: string, options?: {user?: string; port?: number; query?: string}) => string;
  place: (database: string, query?: string) => MysqlPlace;
  /** Runs statements in a database, one after another, and returns the rows of the last. */
  run: (database: string, ...statements: string[]) => Promise<Record<string, string | null>[]>;
  stop: () => Promise<void>;
};

const install = "apt-get install mariadb-server";
const rootPassword = "s3cret-root";

/** Why tests on MariaDB are skipped, if it is not installed; CI does without none. */
export const lack = findProgram("mariadbd") || process.env.CI ? undefined : `skipped; install it: ${install}`;

/** Starts a server on a free port in a temporary folder. */
export async function startMariaDb(...options: string[]): Promise<MariaDb> {
  const [server, make] = [findProgram("mariadbd"), findProgram("mariadb-install-db")];
  if (!server || !make) throw new Error(`missing mariadbd: ${install}`);
  const folder = mkdtempSync(join(tmpdir(), "assay-mariadb-"));
  const data = join(folder, "data");
  const user = `--user=${userInfo().username}`;
  const made = spawnSync(make, [
    ...["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", user],
    "--skip-test-db"
  ]);
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout} ${made.stderr}`);
  const port = await freePort();
  const log = join(folder, "log");
  const child = spawn(
    server,
    [
      ...["--no-defaults", `--datadir=${data}`, `--port=${port}`, `--socket=${join(folder, "s")}`, user],
      ...["--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", `--log-error=${log}`, ...options]
    ],
    {stdio: "ignore"}
  );
  const place = (database: string, query = "", password = rootPassword) =>
    readMysql("SOURCE_URL", `mysql://root:${password}@127.0.0.1:${port}/${database}${query}`);
  await setUp(place("mysql", "", ""), child, log);
  return {
    port,
    pid: child.pid!,
    folder,
    place,
    url: (database, {user = "root", port: other = port, query = ""} = {}) =>
      `mysql://${user}:${rootPassword}@127.0.0.1:${other}/${database}${query}`,
    run: (database, ...statements) => runAll(place(database), statements),
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      rmSync(folder, {recursive: true, force: true});
    }
  };
}

/** Makes a database whose tables have the rows of a folder of exports; every column text, no keys unless declared. */
export async function fillDatabase(
  server: MariaDb,
  database: string,
  folder: string,
  declared: Record<string, string> = {}
): Promise<void> {
  await server.run("mysql", `create database ${database} character set utf8mb4`);
  const mysql = await openMysql(server.place(database));
  const engine = await openEngine({memory: "400MB", temp: join(server.folder, "spill")});
  try {
    for (const table of sources) {
      const columns = table.columns.map((column) => `${column} varchar(100)`).join(", ");
      await ask(mysql, `create table ${table.name} (${declared[table.name] ?? columns})`);
      await insertFile(mysql, engine, table, folder);
    }
  } finally {
    engine.close();
    await mysql.close();
  }
}

async function runAll(place: MysqlPlace, statements: string[]): Promise<Record<string, string | null>[]> {
  const mysql = await openMysql(place);
  try {
    let rows: Record<string, string | null>[] = [];
    for (const statement of statements) rows = await ask(mysql, statement);
    return rows;
  } finally {
    await mysql.close();
  }
}

async function setUp(place: MysqlPlace, child: ChildProcess, log: string): Promise<void> {
  const statements = [
    "drop user if exists ''@'localhost'",
    `create or replace user reader@'%' identified by '${rootPassword}'`,
    `grant select on *.* to reader@'%'`,
    `create or replace user root@'%' identified by '${rootPassword}'`,
    `grant all on *.* to root@'%' with grant option`,
    "drop user if exists root@'127.0.0.1', root@'::1', root@localhost"
  ];
  for (let n = 0; ; n++) {
    try {
      await runAll(place, statements);
      return;
    } catch (error) {
      if (n === 200 || child.exitCode !== null)
        throw new Error(`mariadbd does not start: ${existsSync(log) ? readFileSync(log, "utf8") : ""}`, {
          cause: error
        });
      await sleep(100);
    }
  }
}

function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin", "/usr/local/sbin"]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
