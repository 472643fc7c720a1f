import {existsSync, statSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";

/** Where rows come from: a folder of exports, or a shop simulated into a folder on first use. */
export type Source = {kind: "folder" | "simulated"; path: string};

/** Where every result is kept. */
export type LakePlace = {kind: "folder"; path: string};

/** PostgreSQL from npm, or a server by URL; `prefix` begins the name of every schema. */
export type Warehouse = {kind: "embedded"; prefix: string} | {kind: "postgres"; url: string; prefix: string};

/** The one view of the environment: validated, frozen, with absolute paths. */
export type Config = Readonly<{
  /** The project's folder. */
  root: string;
  /** ASSAY_HOME: embedded data, caches and dbt's environment. */
  home: string;
  /** ISO day that validity rules compare with. */
  today: string;
  source: Source;
  lake: LakePlace;
  warehouse: Warehouse;
  /** DuckDB's memory limit, as DuckDB writes sizes. */
  memory: string;
  /** A Python environment with dbt to use instead of installing one below `home`. */
  dbtEnvironment?: string;
  /** The release the site's loaders read instead of the published one: a build holds on to its own. */
  release?: string;
  /** Posted to when a refresh fails. */
  webhook?: string;
}>;

/** Wrong use or configuration: the command line exits with 2. */
export class UsageError extends Error {}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads and validates the environment, after `.env` in the project's folder. Throws UsageError naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = readEnvironment()): Config {
  const home = checkNoFile("ASSAY_HOME", resolve(root, env.ASSAY_HOME || ".assay"));
  const webhook =
    env.ASSAY_WEBHOOK_URL && checkUrl("ASSAY_WEBHOOK_URL", env.ASSAY_WEBHOOK_URL, ["http:", "https:"]);
  return Object.freeze({
    root,
    home,
    today: readToday(env.ASSAY_TODAY),
    source: readSource(env.SOURCE_URL, home),
    lake: readLake(env.LAKE_URL, home),
    warehouse: readWarehouse(env.WAREHOUSE_URL),
    memory: readMemory(env.ASSAY_MEMORY),
    ...(env.ASSAY_DBT_ENV && {dbtEnvironment: resolve(root, env.ASSAY_DBT_ENV)}),
    ...(env.ASSAY_RELEASE && {release: env.ASSAY_RELEASE}),
    ...(webhook && {webhook: webhook.href})
  });
}

/** The environment of this process, for child processes to start from. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** A URL fit to be shown: its password and secret parameters hidden. */
export function hidePassword(text: string): string {
  return text
    .replace(/(\/\/[^:/?#\s]*):\S*@/g, "$1:***@")
    .replace(/(password|secret|key)=[^&\s]+/gi, "$1=***");
}

function readEnvironment(): NodeJS.ProcessEnv {
  const file = join(root, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

function readToday(text: string | undefined): string {
  if (!text) return new Date().toISOString().slice(0, 10);
  const day = new Date(`${text}T00:00:00Z`);
  const valid = /^\d{4}-\d\d-\d\d$/.test(text) && !isNaN(+day) && day.toISOString().startsWith(text);
  if (!valid) throw new UsageError(`invalid ASSAY_TODAY: ${text} (a day such as 2026-01-31)`);
  return text;
}

function readSource(text: string | undefined, home: string): Source {
  if (!text) return {kind: "simulated", path: join(home, "source")};
  if (/^mysql:/.test(text))
    throw new UsageError(
      `unsupported SOURCE_URL: ${hidePassword(text)} (mysql is not read yet; give a folder of exports)`
    );
  return {kind: "folder", path: readFolder("SOURCE_URL", text)};
}

function readLake(text: string | undefined, home: string): LakePlace {
  if (!text) return {kind: "folder", path: join(home, "lake")};
  if (/^s3:/.test(text))
    throw new UsageError(
      `unsupported LAKE_URL: ${hidePassword(text)} (s3 is not written yet; give a folder)`
    );
  return {kind: "folder", path: checkNoFile("LAKE_URL", readFolder("LAKE_URL", text))};
}

function readWarehouse(text: string | undefined): Warehouse {
  if (!text) return {kind: "embedded", prefix: ""};
  const url = checkUrl("WAREHOUSE_URL", text, ["postgres:", "postgresql:"]);
  const prefix = url.searchParams.get("prefix") ?? "";
  if (!/^([a-z][a-z0-9_]{0,20})?$/.test(prefix))
    throw new UsageError(
      `invalid prefix in WAREHOUSE_URL: ${prefix} (lowercase letters, digits and _, such as shop_)`
    );
  url.searchParams.delete("prefix");
  return {kind: "postgres", url: url.href, prefix};
}

function readMemory(text: string | undefined): string {
  if (!text) return "400MB";
  if (!/^\d+(\.\d+)? ?[KMG]i?B$/i.test(text))
    throw new UsageError(`invalid ASSAY_MEMORY: ${text} (a size such as 2GB)`);
  return text;
}

function readFolder(variable: string, text: string): string {
  if (/^file:/.test(text)) return fileURLToPath(checkUrl(variable, text, ["file:"]));
  if (/^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new UsageError(`unsupported ${variable}: ${hidePassword(text)} (give a folder)`);
  return resolve(root, text);
}

function checkNoFile(variable: string, path: string): string {
  if (statSync(path, {throwIfNoEntry: false})?.isFile())
    throw new UsageError(`invalid ${variable}: ${path} is a file (give a folder)`);
  return path;
}

function checkUrl(variable: string, text: string, protocols: string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol))
    throw new UsageError(
      `invalid ${variable}: ${hidePassword(text)} (a url that begins with ${protocols[0]}//)`
    );
  return url;
}
