import {readFileSync} from "node:fs";
import mysql, {type Connection, type ConnectionOptions, type RowDataPacket} from "mysql2";
import {type MysqlPlace, nameOfMysql} from "../../config.ts";

/** An open connection whose values come as the server writes them, in UTC, zero dates and all. */
export type Mysql = {connection: Connection; place: MysqlPlace; name: string; close: () => Promise<void>};

/** An error in words already. */
export class MysqlError extends Error {}

type Failure = Error & {code?: string};

/** Opens a connection. Throws in words what to mend, never the password. */
export async function openMysql(place: MysqlPlace): Promise<Mysql> {
  const name = nameOfMysql(place);
  const connection = await connect(place).catch((error: Failure) => {
    throw told(place, "cannot connect", error);
  });
  // a connection that is lost while nobody asks it says so at the next question
  let isLost = false;
  connection.on("error", () => (isLost = true));
  const opened: Mysql = {
    connection,
    place,
    name,
    close: () =>
      new Promise((resolve) => {
        if (!isLost) return connection.end(() => resolve());
        connection.destroy();
        resolve();
      })
  };
  // what is paused or slow must not be cut, what is locked must not wait for ever
  await ask(
    opened,
    `set session sql_mode = '', session time_zone = '+00:00', session net_write_timeout = 600,
      session lock_wait_timeout = 30, session innodb_lock_wait_timeout = 30`
  );
  return opened;
}

/** The rows of a query, every value a text or null. */
export async function ask<T extends object = Record<string, string | null>>(
  {connection, place}: Pick<Mysql, "connection" | "place">,
  sql: string,
  what = "cannot read"
): Promise<T[]> {
  return new Promise((resolve, reject) =>
    connection.query<RowDataPacket[]>({sql, typeCast: (field) => field.string()}, (error, rows) =>
      error ? reject(told(place, what, error)) : resolve(rows as unknown as T[])
    )
  );
}

/** The one row of a query. */
export async function askOne<T extends object = Record<string, string | null>>(
  mysql: Mysql,
  sql: string,
  what?: string
): Promise<T> {
  const [row] = await ask<T>(mysql, sql, what);
  if (!row) throw new Error(`no row: ${sql}`);
  return row;
}

/** Quotes a name. */
export function name(text: string): string {
  return `\`${text.replaceAll("`", "``")}\``;
}

/** Quotes a text. */
export function text(value: string): string {
  return mysql.escape(value);
}

async function connect(place: MysqlPlace): Promise<Connection> {
  const {mode} = place.tls;
  if (mode !== "preferred") return dial(place, mode);
  try {
    return await dial(place, "required");
  } catch (error) {
    if ((error as Failure).code !== "HANDSHAKE_NO_SSL_SUPPORT") throw error;
    return dial(place, "disabled");
  }
}

function dial(place: MysqlPlace, mode: MysqlPlace["tls"]["mode"]): Promise<Connection> {
  const {host, port, user, password, database} = place;
  const ca = place.tls.ca && readFileSync(place.tls.ca, "utf8");
  const tls: ConnectionOptions =
    mode === "disabled"
      ? {}
      : {
          ssl: {
            rejectUnauthorized: mode.startsWith("verify"),
            verifyIdentity: mode === "verify-identity",
            ...(ca && {ca})
          }
        };
  const options = {host, port, user, password, database, charset: "utf8mb4", connectTimeout: 10_000};
  const connection = mysql.createConnection({
    ...options,
    ...tls,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    timezone: "Z",
    connectAttributes: {program_name: "assay"}
  });
  return new Promise((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve(connection)))
  );
}

/** The failure in words, with what to check. */
export function told(place: MysqlPlace, what: string, error: Failure): MysqlError {
  if (error instanceof MysqlError) return error;
  // mysql2 has no code for a question to a connection that was lost before
  const code = /closed state/.test(error.message) ? "PROTOCOL_CONNECTION_LOST" : (error.code ?? "");
  const reason = reasons(place)[code] ?? [code, error.message].filter(Boolean).join(": ");
  return new MysqlError(`source ${nameOfMysql(place)}: ${what}: ${reason}`, {cause: code});
}

function reasons({host, port, user, database, tls}: MysqlPlace): Record<string, string> {
  const server = `${host}:${port}`;
  const unreachable = `cannot reach ${server}; check host and port in SOURCE_URL, and that the server is up`;
  const gone = "the server closed the connection; look into its log, then run again";
  const killed = "somebody ended the query on the server; run again";
  const grant = `grant select on \`${database}\`.* to '${user}'@'%'`;
  const busy = "locked by another session for 30 s; wait until it is done, then run again";
  const certificate = `the server's certificate is not trusted (ssl-mode=${tls.mode}); name its authority with ssl-ca=FILE in SOURCE_URL`;
  return {
    ECONNREFUSED: unreachable,
    ENOTFOUND: unreachable,
    EHOSTUNREACH: unreachable,
    ENETUNREACH: unreachable,
    ETIMEDOUT: unreachable,
    ER_ACCESS_DENIED_ERROR:
      "wrong user or password (or the server wants TLS: ssl-mode=required); check SOURCE_URL",
    ER_ACCESS_DENIED_NO_PASSWORD_ERROR: "wrong user or password; check SOURCE_URL",
    ER_DBACCESS_DENIED_ERROR: `the user may not read database ${database}: ${grant}`,
    ER_TABLEACCESS_DENIED_ERROR: `the user may not read the table: ${grant}`,
    ER_COLUMNACCESS_DENIED_ERROR: `the user may not read all columns: ${grant}`,
    ER_BAD_DB_ERROR: `database missing: ${database}; check SOURCE_URL`,
    ER_SECURE_TRANSPORT_REQUIRED: "the server wants TLS; add ssl-mode=required to SOURCE_URL",
    HANDSHAKE_NO_SSL_SUPPORT: `${server} does not speak TLS; set ssl-mode=disabled in SOURCE_URL`,
    HANDSHAKE_SSL_ERROR: certificate,
    SELF_SIGNED_CERT_IN_CHAIN: certificate,
    DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
    ER_CON_COUNT_ERROR: `${server} has no free connection; lower connections in SOURCE_URL, or run again later`,
    ER_TOO_MANY_USER_CONNECTIONS: "the user has no free connection; lower connections in SOURCE_URL",
    PROTOCOL_CONNECTION_LOST: gone,
    ECONNRESET: gone,
    EPIPE: gone,
    ER_SERVER_SHUTDOWN: gone,
    ER_CONNECTION_KILLED: killed,
    ER_QUERY_INTERRUPTED: killed,
    ER_STATEMENT_TIMEOUT:
      "the server's limit on a statement's time ended it (max_statement_time); raise it for this user",
    ER_QUERY_TIMEOUT:
      "the server's limit on a statement's time ended it (max_execution_time); raise it for this user",
    ER_LOCK_WAIT_TIMEOUT: busy,
    ER_NO_SUCH_TABLE: "the table is gone; it was there when the refresh began",
    ER_TABLE_DEF_CHANGED: "the table was changed (alter, truncate) while it was read; run again"
  };
}
