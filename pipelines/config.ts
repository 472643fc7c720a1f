import {existsSync, statSync} from "node:fs";
import {isIP} from "node:net";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";
import {readShop} from "./shop.ts";

/** Where rows come from: a folder of exports, a shop simulated into a folder on first use, or a MySQL database. */
export type Source = {kind: "folder" | "simulated"; path: string} | MysqlPlace;

/** A database of a MySQL or MariaDB server, and how it is to be read. */
export type MysqlPlace = {
  kind: "mysql";
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** How many connections read at once. */
  connections: number;
  /** How many rows a chunk has when it is cut; with twice as many it is cut again. */
  chunkRows: number;
  tls: {mode: TlsMode; ca?: string};
  /** The column that tells when a row last changed, in tables that have it, and by how many seconds a commit may be late. */
  cursor?: {column: string; lag: number};
  /** With a cursor: every how many refreshes all rows are compared nevertheless. */
  verifyEvery: number;
};

const tlsModes = ["disabled", "preferred", "required", "verify-ca", "verify-identity"] as const;

/** The words of MySQL's own `--ssl-mode`. */
export type TlsMode = (typeof tlsModes)[number];

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

/** Who is told of runs as OpenLineage events: a file that they are appended to, or a server; `name` is fit to be shown. */
export type Receiver =
  {kind: "file"; path: string} | {kind: "http"; url: string; name: string; authorization?: string};

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
  /** The same with Dagster, which has dbt too. */
  dagsterEnvironment?: string;
  /** The release the site's loaders read instead of the published one: a build holds on to its own. */
  release?: string;
  /** The folder of the draft that the preview's loaders read over the lake. */
  draft?: string;
  /** Posted to when a refresh fails. */
  webhook?: string;
  openlineage?: Receiver;
}>;

/** Wrong use or configuration: the command line exits with 2. */
export class UsageError extends Error {}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads and validates the environment, after `.env` in the project's folder. Throws UsageError naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = readEnvironment()): Config {
  const home = checkNoFile("ASSAY_HOME", resolve(root, env.ASSAY_HOME || ".assay"));
  const webhook =
    env.ASSAY_WEBHOOK_URL && checkUrl("ASSAY_WEBHOOK_URL", env.ASSAY_WEBHOOK_URL, ["http:", "https:"]);
  const openlineage = readReceiver(env);
  return Object.freeze({
    root,
    home,
    today: readToday(env.ASSAY_TODAY),
    source: readSource(env.SOURCE_URL, home),
    lake: readLake(env, home),
    warehouse: readWarehouse(env.WAREHOUSE_URL),
    memory: readMemory(env.ASSAY_MEMORY),
    ...(env.ASSAY_DBT_ENV && {dbtEnvironment: resolve(root, env.ASSAY_DBT_ENV)}),
    ...(env.ASSAY_DAGSTER_ENV && {dagsterEnvironment: resolve(root, env.ASSAY_DAGSTER_ENV)}),
    ...(env.ASSAY_RELEASE && {release: env.ASSAY_RELEASE}),
    ...(env.ASSAY_DRAFT && {draft: resolve(root, env.ASSAY_DRAFT)}),
    ...(webhook && {webhook: webhook.href}),
    ...(openlineage && {openlineage})
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

/** The environment of this process, and what `.env` in the project's folder adds to it. */
export function readEnvironment(): NodeJS.ProcessEnv {
  const file = join(root, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

function readToday(text: string | undefined): string {
  if (!text) return todayIn(readZone());
  const day = new Date(`${text}T00:00:00Z`);
  const valid = /^\d{4}-\d\d-\d\d$/.test(text) && !isNaN(+day) && day.toISOString().startsWith(text);
  if (!valid) throw new UsageError(`invalid ASSAY_TODAY: ${text} (a day such as 2026-01-31)`);
  return text;
}

/** A day as `2026-01-31`, which is how Sweden writes one. */
function todayIn(timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", {timeZone, dateStyle: "short"}).format(new Date());
}

function readZone(): string {
  try {
    return readShop(root).time_zone;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readSource(text: string | undefined, home: string): Source {
  if (!text) return {kind: "simulated", path: join(home, "source")};
  if (/^(mysql|mariadb):/.test(text)) return readMysql("SOURCE_URL", text);
  return {
    kind: "folder",
    path: readFolder("SOURCE_URL", text, " or mysql://user@host:3306/database")
  };
}

/** Reads `mysql://user:password@host:port/database?…`; `variable` is what errors name. */
export function readMysql(variable: string, text: string): MysqlPlace {
  const url = checkUrl(variable, text.replace(/^mariadb:/, "mysql:"), ["mysql:"]);
  if (/%(?![\da-f]{2})/i.test(url.href))
    throw new UsageError(`invalid ${variable}: ${hidePassword(text)} (write % as %25, @ as %40, / as %2F)`);
  const wrong = (what: string, value: string, right: string) =>
    new UsageError(`${what} in ${variable}: ${value} (${right})`);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!database || database.includes("/"))
    throw wrong("invalid database", database, "mysql://user@host:3306/database");
  if (!url.hostname) throw wrong("missing host", hidePassword(text), "mysql://user@host:3306/database");
  const {searchParams: given} = url;
  const known = ["connections", "chunk-rows", "ssl-mode", "ssl-ca", "cursor", "lag", "verify-every"];
  for (const name of given.keys())
    if (!known.includes(name)) throw wrong("unknown parameter", name, `have ${known.join(", ")}`);
  const count = (name: string, usual: number, least: number, most: number) => {
    const value = given.get(name) ?? String(usual);
    if (!/^\d{1,9}$/.test(value) || Number(value) < least || Number(value) > most)
      throw wrong(`invalid ${name}`, value, `a whole number from ${least} to ${most}`);
    return Number(value);
  };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocal = /^(localhost|127\.[\d.]+|::1)$/.test(host);
  const mode = (given.get("ssl-mode") ?? (isLocal ? "disabled" : "preferred"))
    .toLowerCase()
    .replaceAll("_", "-");
  const tlsMode = tlsModes.find((one) => one === mode);
  if (!tlsMode) throw wrong("invalid ssl-mode", mode, `one of ${tlsModes.join(", ")}`);
  // mysql2 would compare the certificate of an address with the name localhost
  if (tlsMode === "verify-identity" && isIP(host))
    throw wrong("invalid host", host, "ssl-mode=verify-identity needs a name; use it, or ssl-mode=verify-ca");
  const ca = given.get("ssl-ca");
  if (ca && !existsSync(resolve(root, ca)))
    throw wrong("missing file of ssl-ca", ca, "a file of certificates in PEM");
  const column = given.get("cursor");
  if (given.has("lag") && !column)
    throw wrong("lag without cursor", given.get("lag")!, "give cursor=COLUMN too");
  return {
    kind: "mysql",
    host,
    port: url.port ? Number(url.port) : 3306,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    connections: count("connections", 1, 1, 16),
    chunkRows: count("chunk-rows", 250_000, 1, 4_000_000),
    tls: {mode: tlsMode, ...(ca && {ca: resolve(root, ca)})},
    ...(column && {cursor: {column: column.toLowerCase(), lag: count("lag", 600, 0, 604_800)}}),
    verifyEvery: count("verify-every", 10, 1, 1_000_000)
  };
}

/** How messages name a MySQL database: no password. */
export function nameOfMysql({user, host, port, database}: MysqlPlace): string {
  const at = host.includes(":") ? `[${host}]` : host;
  return `mysql://${encodeURIComponent(user)}@${at}:${port}/${database}`;
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

function readReceiver({
  ASSAY_OPENLINEAGE_URL: text,
  ASSAY_OPENLINEAGE_API_KEY: key
}: NodeJS.ProcessEnv): Receiver | undefined {
  if (key && !text)
    throw new UsageError(
      "missing ASSAY_OPENLINEAGE_URL (it goes with ASSAY_OPENLINEAGE_API_KEY, which is set)"
    );
  if (!text) return undefined;
  const variable = "ASSAY_OPENLINEAGE_URL";
  if (!/^https?:/.test(text)) {
    const path = readPath(variable, text, "a file or http://host/…");
    if (!existsSync(path) || !statSync(path).isDirectory()) return {kind: "file", path};
    throw new UsageError(`invalid ${variable}: ${path} is a folder (give a file or http://host/…)`);
  }
  const url = checkUrl(variable, text, ["http:", "https:"]);
  const user = [url.username, url.password].map(decodeURIComponent).join(":");
  // fetch takes no url with a password
  Object.assign(url, {username: "", password: ""});
  if (url.pathname === "/") url.pathname = "/api/v1/lineage";
  const authorization = key
    ? `Bearer ${key}`
    : user !== ":" && `Basic ${Buffer.from(user).toString("base64")}`;
  const name = url.origin + url.pathname;
  return {kind: "http", url: url.href, name, ...(authorization && {authorization})};
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
  return readPath(variable, text, `a folder${orElse}`);
}

function readPath(variable: string, text: string, right: string): string {
  if (/^file:/.test(text)) return fileURLToPath(checkUrl(variable, text, ["file:"]));
  if (/^[a-z][a-z0-9+.-]+:/i.test(text))
    throw new UsageError(`unsupported ${variable}: ${hidePassword(text)} (give ${right})`);
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
