import {readFileSync} from "node:fs";
import {mkdir, writeFile} from "node:fs/promises";
import {hostname, userInfo} from "node:os";
import {join} from "node:path";
import {rootCertificates} from "node:tls";
import type pg from "pg";

/** How a server is reached, read once from its URL, so that node-postgres and dbt's libpq do the same. */
export type Connection = {
  /** A name, an address, or the folder of a socket. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** libpq's sslmode; undefined is whatever the client usually does. */
  sslmode: string | undefined;
  /** Paths of PEM files. */
  files: Record<"sslrootcert" | "sslcert" | "sslkey", string | undefined>;
  /** Settings of every session, as the server's command line has them. */
  options: string;
};

/** What a session waits for at most; the URL's parameters of the same name and its `options` come after. */
const timeouts = {
  lock_timeout: "30s",
  statement_timeout: "1h",
  idle_in_transaction_session_timeout: "15min"
};

/** Reads a URL whose parameters were validated. */
export function connectionOf({
  hostname: named,
  port,
  username,
  password,
  pathname,
  searchParams
}: URL): Connection {
  const host = searchParams.get("host") ?? decodeURIComponent(named).replace(/^\[(.*)\]$/, "$1");
  const user = decodeURIComponent(username) || userInfo().username;
  const find = (name: string) => searchParams.get(name) ?? undefined;
  const settings = Object.entries(timeouts).map(
    ([name, usual]) => `-c ${name}=${(find(name) ?? usual).replaceAll(" ", "")}`
  );
  return {
    host: host || "localhost",
    port: Number(port || 5432),
    user,
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || user,
    sslmode: find("sslmode"),
    files: {sslrootcert: find("sslrootcert"), sslcert: find("sslcert"), sslkey: find("sslkey")},
    options: [...settings, ...(find("options") ? [find("options")!] : [])].join(" ")
  };
}

/** The settings of a node-postgres client; its name tells the server's other users which process it is. */
export function clientSettings(connection: Connection): pg.ClientConfig {
  const {host, port, user, password, database, options} = connection;
  return {
    ...{host, port, user, database, options, ...(password && {password})},
    ssl: sslOf(connection),
    application_name: applicationName(),
    connectionTimeoutMillis: 10_000,
    keepAlive: true
  };
}

/** The same for libpq, as variables; what is not verified by a file of the user's is by the authorities Node trusts. */
export async function libpqEnvironment(
  {sslmode, files, options}: Connection,
  home: string
): Promise<Record<string, string>> {
  const {sslcert, sslkey} = files;
  let {sslrootcert} = files;
  if (sslmode === "verify-full" && !sslrootcert) {
    sslrootcert = join(home, "authorities.pem");
    await mkdir(home, {recursive: true});
    await writeFile(sslrootcert, rootCertificates.join("\n"));
  }
  return {
    PGOPTIONS: options,
    ...(sslmode && {PGSSLMODE: sslmode === "no-verify" ? "require" : sslmode}),
    ...(sslrootcert && sslmode !== "no-verify" && {PGSSLROOTCERT: sslrootcert}),
    ...(sslcert && {PGSSLCERT: sslcert}),
    ...(sslkey && {PGSSLKEY: sslkey})
  };
}

/** `assay on HOST (process PID)`, as long as PostgreSQL keeps it whole. */
export function applicationName(): string {
  return `assay on ${hostname().slice(0, 32)} (process ${process.pid})`;
}

/** libpq's meaning of the modes: require verifies only against a file, verify-ca everything but the host's name. */
function sslOf({sslmode, files}: Connection): pg.ClientConfig["ssl"] {
  if (sslmode === undefined || sslmode === "disable") return false;
  const read = (path?: string) => path && readFileSync(path, "utf8");
  const [ca, cert, key] = [files.sslrootcert, files.sslcert, files.sslkey].map(read);
  const isVerified = sslmode.startsWith("verify") || (sslmode === "require" && ca !== undefined);
  return {
    ...(ca && {ca}),
    ...(cert && {cert}),
    ...(key && {key}),
    rejectUnauthorized: isVerified,
    ...(sslmode !== "verify-full" && {checkServerIdentity: () => undefined})
  };
}
