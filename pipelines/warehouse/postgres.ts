import pg from "pg";
import {type Config, hidePassword} from "../config.ts";
import type {Progress} from "../progress.ts";
import {clientSettings, type Connection, connectionOf} from "./connection.ts";
import {openEmbedded} from "./embedded.ts";

/** An open warehouse. `schema("gold")` is the name of a schema of this workbench, with its prefix, unquoted. */
export type Warehouse = {
  client: pg.Client;
  connection: Connection;
  /** How messages name it: no password. */
  name: string;
  schema: (name: string) => string;
  close: () => Promise<void>;
};

/** Opens the warehouse the configuration names; the embedded one is started if it is not up. */
export async function openWarehouse(config: Config, progress: Progress): Promise<Warehouse> {
  const {warehouse} = config;
  const server =
    warehouse.kind === "embedded"
      ? await openEmbedded(config, progress)
      : {url: warehouse.url, stop: async () => {}};
  const url = new URL(server.url);
  const name = warehouse.kind === "embedded" ? "the embedded warehouse" : hidePassword(url.href);
  const connection = connectionOf(url);
  const client = new pg.Client(clientSettings(connection));
  client.on("error", (error) => progress.note(`warehouse ${name}: ${error.message}`));
  try {
    await client.connect();
    await client.query("set datestyle to 'ISO, YMD'; set timezone to 'UTC'");
  } catch (error) {
    await client.end().catch(() => undefined);
    await server.stop();
    throw new Error(`cannot reach warehouse ${name}: ${explainConnect(error, connection)}`, {cause: error});
  }
  return {
    client,
    connection,
    name,
    schema: (part) => warehouse.prefix + part,
    async close() {
      await client.end().catch(() => undefined);
      await server.stop();
    }
  };
}

/** Why a server does not let us in, with what mends it. */
function explainConnect(error: unknown, {database, user}: Connection): string {
  const {message, code = ""} = error as {message?: string; code?: string};
  const mend: Record<string, string> = {
    "3D000": `a superuser types: create database ${name(database)} encoding 'UTF8' template template0;`,
    "28P01": "see the user and the password in WAREHOUSE_URL",
    "42501": `a superuser types: grant connect on database ${name(database)} to ${name(user)};`,
    "53300": "the server has no connection left: close some, or raise its max_connections"
  };
  const needsSsl =
    /no encryption|SSL off/.test(message ?? "") && "the server wants SSL: add ?sslmode=require";
  return [message || code, needsSsl || mend[code]].filter(Boolean).join("; ");
}

/** Does `work` in one transaction. */
export async function inTransaction<T>({client}: Warehouse, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/** Quotes a name. */
export const {escapeIdentifier: name, escapeLiteral: text} = pg;
