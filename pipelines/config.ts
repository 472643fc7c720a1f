import {existsSync, statSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";

/** Where rows come from: a folder of exports, or a shop simulated into a folder on first use. */
export type Source = {kind: "folder" | "simulated"; path: string};

/** Where every result is kept. */
export type LakePlace = {kind: "folder"; path: string} | S3Place;

/** A bucket, the start of every key in it, and where copies of its objects are kept. Without `endpoint`, AWS. */
export type S3Place = {
  kind: "s3";
  bucket: string;
  prefix: string;
  endpoint?: string;
  region?: string;
  keys: {accessKey: string; secretKey: string; sessionToken?: string};
  cache: {path: string; bytes: number};
};

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
    lake: readLake(env, home),
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

function readLake(env: NodeJS.ProcessEnv, home: string): LakePlace {
  const text = env.LAKE_URL;
  const bytes = readBytes("ASSAY_CACHE", env.ASSAY_CACHE, "2GB");
  if (!text) return {kind: "folder", path: join(home, "lake")};
  if (/^s3:/.test(text)) return {...readBucket(text, env), cache: {path: join(home, "cache"), bytes}};
  return {
    kind: "folder",
    path: checkNoFile("LAKE_URL", readFolder("LAKE_URL", text, " or s3://bucket/prefix"))
  };
}

function readBucket(text: string, env: NodeJS.ProcessEnv): Omit<S3Place, "cache"> {
  const {hostname: bucket, pathname, username, searchParams, hash} = checkUrl("LAKE_URL", text, ["s3:"]);
  const wrong = (what: string, value: string, right: string) =>
    new UsageError(`${what} in LAKE_URL: ${value} (${right})`);
  if (username)
    throw wrong("invalid keys", "***", "no keys in the url: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw wrong("invalid bucket", bucket, "3 to 63 lowercase letters, digits, - and .");
  const prefix = pathname.replace(/^\/|\/$/g, "");
  if (hash || !/^(?!.*(^|\/)\.{1,2}(\/|$))([\w.=-]+(\/[\w.=-]+)*)?$/.test(prefix))
    throw wrong("invalid prefix", prefix + hash, "letters, digits, ., _, = and -, parted by /");
  for (const name of searchParams.keys())
    if (!["endpoint", "region"].includes(name))
      throw wrong("unknown parameter", name, "have endpoint, region");
  const endpoint = searchParams.get("endpoint");
  if (endpoint !== null && !/^https?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:\d+)?\/?$/i.test(endpoint))
    throw wrong("invalid endpoint", hidePassword(endpoint), "http://host:port or https://host");
  const named = searchParams.get("region") ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION);
  const region = named ?? (endpoint === null ? undefined : "us-east-1");
  if (region !== undefined && !/^[a-z0-9-]+$/.test(region))
    throw wrong("invalid region", region, "such as eu-central-1");
  return {
    kind: "s3",
    bucket,
    prefix,
    ...(endpoint !== null && {endpoint: endpoint.replace(/\/$/, "")}),
    ...(region !== undefined && {region}),
    keys: readKeys(env)
  };
}

/** The first pair of variables of which one is set. */
function readKeys(env: NodeJS.ProcessEnv): S3Place["keys"] {
  const pairs = [
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    ["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"],
    ["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"]
  ] as const;
  const pair = pairs.find(([id, secret]) => env[id] || env[secret]);
  if (!pair)
    throw new UsageError(
      `missing keys for LAKE_URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or MINIO_ACCESS_KEY and MINIO_SECRET_KEY)`
    );
  const [id, secret] = pair;
  for (const name of pair)
    if (!env[name])
      throw new UsageError(`missing ${name} (it goes with ${name === id ? secret : id}, which is set)`);
  const session = id === "AWS_ACCESS_KEY_ID" && env.AWS_SESSION_TOKEN;
  return {accessKey: env[id]!, secretKey: env[secret]!, ...(session && {sessionToken: session})};
}

/** What WAREHOUSE_URL may say besides the server: its meaning is libpq's. */
const warehouseParameters = [
  ...["prefix", "host", "sslmode", "sslrootcert", "sslcert", "sslkey", "options"],
  ...["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"]
];
const sslmodes = ["disable", "no-verify", "require", "verify-ca", "verify-full"];

function readWarehouse(text: string | undefined): Warehouse {
  if (!text) return {kind: "embedded", prefix: ""};
  // a url with a user must name a host, even where `host` names a socket's folder
  const named = text.replace(/^(postgres(?:ql)?:\/\/[^@/?]+@)\//, "$1localhost/");
  const url = checkUrl("WAREHOUSE_URL", named, ["postgres:", "postgresql:"]);
  const wrong = (what: string, value: string, right: string) =>
    new UsageError(`${what} in WAREHOUSE_URL: ${value} (${right})`);
  for (const name of url.searchParams.keys())
    if (!warehouseParameters.includes(name))
      throw wrong("unknown parameter", name, `have ${warehouseParameters.join(", ")}`);
  const prefix = url.searchParams.get("prefix") ?? "";
  if (!/^(?!pg_)([a-z][a-z0-9_]{0,20})?$/.test(prefix))
    throw wrong("invalid prefix", prefix, "lowercase letters, digits and _, such as shop_");
  const mode = url.searchParams.get("sslmode");
  if (mode !== null && !sslmodes.includes(mode))
    throw wrong("invalid sslmode", mode, `have ${sslmodes.join(", ")}`);
  if (mode === "verify-ca" && !url.searchParams.has("sslrootcert"))
    throw wrong("missing sslrootcert", mode, "the file of the authority's certificate goes with it");
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const path = url.searchParams.get(name);
    if (path === null) continue;
    if (!existsSync(resolve(root, path))) throw wrong(`invalid ${name}`, path, "a file");
    url.searchParams.set(name, resolve(root, path));
  }
  url.searchParams.delete("prefix");
  return {kind: "postgres", url: url.href, prefix};
}

function readMemory(text: string | undefined): string {
  if (!text) return "400MB";
  if (!/^\d+(\.\d+)? ?[KMG]i?B$/i.test(text))
    throw new UsageError(`invalid ASSAY_MEMORY: ${text} (a size such as 2GB)`);
  return text;
}

function readBytes(variable: string, text: string | undefined, usual: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([KMG]i?B)$/i.exec(text || usual) ?? [];
  if (number === undefined) throw new UsageError(`invalid ${variable}: ${text} (a size such as ${usual})`);
  const power = {K: 1, M: 2, G: 3}[unit![0]!.toUpperCase()]!;
  return Math.round(Number(number) * (unit!.length === 3 ? 1024 : 1000) ** power);
}

function readFolder(variable: string, text: string, orElse = ""): string {
  if (/^file:/.test(text)) return fileURLToPath(checkUrl(variable, text, ["file:"]));
  if (/^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new UsageError(`unsupported ${variable}: ${hidePassword(text)} (give a folder${orElse})`);
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
