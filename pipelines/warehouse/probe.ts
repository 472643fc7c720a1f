import {statfs} from "node:fs/promises";
import {findLive} from "../4-warehouse/publish.ts";
import {createReader, hasReader, readerOf} from "../4-warehouse/reader.ts";
import {findSkew} from "../clock.ts";
import type {Config} from "../config.ts";
import {silent} from "../progress.ts";
import {describe, findHolder} from "./lock.ts";
import {name, openWarehouse, type Warehouse} from "./postgres.ts";
import {findMissingRights} from "./rights.ts";

type Server = {
  version: string;
  number: number;
  encoding: string;
  /** The time zone of a session that does not choose one, as Assay's does. */
  zone: string;
  now: Date;
};

/** Asks the warehouse, changing nothing, for all that a refresh needs of it; says what it found. Throws what to mend. */
export async function probeWarehouse(config: Config): Promise<string> {
  const warehouse = await openWarehouse(config, silent);
  try {
    const began = Date.now();
    const server = await askServer(warehouse);
    const skew = findSkew(began, +server.now);
    const wrong = [
      ...findWrong(server),
      ...(skew ? [skew] : []),
      ...(await findMissingRights(warehouse)).map((line) => `a right is missing; a superuser types: ${line}`),
      ...(config.warehouse.kind === "embedded" ? await findNoSpace(warehouse) : [])
    ];
    if (wrong.length) throw new Error([`${warehouse.name}:`, ...wrong].join("\n  "));
    const about = `${warehouse.name}, PostgreSQL ${server.version}, ${server.encoding}, time zone ${server.zone}`;
    return [about, ...(await findState(warehouse))].join(", ");
  } finally {
    await warehouse.close();
  }
}

async function askServer({client}: Warehouse): Promise<Server> {
  const {rows} = await client.query<Server>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_setting('server_encoding') as encoding,
      (select reset_val from pg_settings where name = 'TimeZone') as zone, clock_timestamp() as now`
  );
  return rows[0]!;
}

function findWrong({version, number, encoding}: Server): string[] {
  return [
    ...(number < 130_000 ? [`PostgreSQL ${version}: upgrade the server to 13 or later`] : []),
    ...(encoding !== "UTF8"
      ? [`encoding ${encoding}; a superuser types: create database shop encoding 'UTF8' template template0;`]
      : [])
  ];
}

/** What is worth knowing and no failure. */
async function findState(warehouse: Warehouse): Promise<string[]> {
  const holder = await findHolder(warehouse);
  return [
    `live release ${(await findLiveIfAny(warehouse)) ?? "none"}`,
    (await hasReader(warehouse))
      ? `reader ${readerOf(warehouse)}`
      : `no reader ${readerOf(warehouse)} yet${(await mayCreateRoles(warehouse)) ? "" : `; a superuser types: ${createReader(warehouse)}`}`,
    ...(holder ? [`a refresh is running: ${describe(holder)}`] : [])
  ];
}

/** The live release of a warehouse that a refresh may never have seen. */
async function findLiveIfAny(warehouse: Warehouse): Promise<string | undefined> {
  const {rows} = await warehouse.client.query<{found: string | null}>("select to_regclass($1) as found", [
    `${name(warehouse.schema("assay"))}.live`
  ]);
  return rows[0]?.found ? findLive(warehouse) : undefined;
}

async function mayCreateRoles({client}: Warehouse): Promise<boolean> {
  const {rows} = await client.query<{may: boolean}>(
    "select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user"
  );
  return rows[0]!.may;
}

/** The free space of the embedded server, whose files are on this machine. */
async function findNoSpace({client}: Warehouse): Promise<string[]> {
  const {rows} = await client.query<{folder: string}>("select current_setting('data_directory') as folder");
  const {bavail, bsize} = await statfs(rows[0]!.folder);
  const free = (bavail * bsize) / 2 ** 30;
  return free < 1 ? [`${free.toFixed(1)} GiB free in ${rows[0]!.folder}; make room for at least 1 GiB`] : [];
}
