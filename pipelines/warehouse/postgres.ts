import pg from "pg";
import {type Config, hidePassword} from "../config.ts";
import type {Progress} from "../progress.ts";
import {openEmbedded} from "./embedded.ts";

/** An open warehouse. `schema("gold")` is the name of a schema of this workbench, with its prefix, unquoted. */
export type Warehouse = {
  client: pg.Client;
  url: URL;
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
  const client = new pg.Client({
    connectionString: url.href,
    application_name: "assay",
    connectionTimeoutMillis: 10_000,
    keepAlive: true
  });
  client.on("error", (error) => progress.note(`warehouse ${name}: ${error.message}`));
  try {
    await client.connect();
    await client.query("set datestyle to 'ISO, YMD'; set timezone to 'UTC'; set lock_timeout to '30s'");
  } catch (error) {
    await server.stop();
    throw new Error(
      `cannot reach warehouse ${name}: ${(error as Error).message || (error as {code?: string}).code}`,
      {
        cause: error
      }
    );
  }
  return {
    client,
    url,
    name,
    schema: (part) => warehouse.prefix + part,
    async close() {
      await client.end().catch(() => undefined);
      await server.stop();
    }
  };
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
