import {randomBytes} from "node:crypto";
import {name, type Warehouse} from "../warehouse/postgres.ts";

/** Makes the schema that remembers which schemas are whole and which release is live. */
export async function prepareWarehouse({client, schema}: Warehouse): Promise<void> {
  const assay = name(schema("assay"));
  await client.query(`
    create schema if not exists ${assay};
    create table if not exists ${assay}.schemas (
      name text primary key, made_at timestamptz not null default now(), is_complete boolean not null, live_at timestamptz);
    create table if not exists ${assay}.live (
      only_row boolean primary key default true check (only_row), release text not null, published_at timestamptz not null);
  `);
}

/** Whether a schema was made whole and is still there. */
export async function isSchemaStanding({client, schema}: Warehouse, wanted: string): Promise<boolean> {
  const {rows} = await client.query(
    `select 1 from ${name(schema("assay"))}.schemas join pg_namespace on nspname = schemas.name
     where schemas.name = $1 and is_complete`,
    [wanted]
  );
  return rows.length > 0;
}

/**
 * The name a schema is made under: `wanted`, or another if that one is whole already: it may be live, and dropping it
 * would take with it what others built on it.
 */
export async function freshSchema(warehouse: Warehouse, wanted: string): Promise<string> {
  return (await isSchemaStanding(warehouse, wanted)) ? `${wanted}_${randomBytes(3).toString("hex")}` : wanted;
}

/** Empties a schema for what is not whole yet. */
export async function claimSchema({client, schema: prefixed}: Warehouse, schema: string): Promise<void> {
  await client.query(
    `drop schema if exists ${name(schema)} cascade; drop schema if exists ${name(`${schema}_failures`)} cascade`
  );
  await client.query(
    `insert into ${name(prefixed("assay"))}.schemas (name, is_complete) values ($1, false)
     on conflict (name) do update set is_complete = false, made_at = now()`,
    [schema]
  );
}

/** Records that a schema is whole. */
export async function completeSchema({client, schema: prefixed}: Warehouse, schema: string): Promise<void> {
  await client.query(`update ${name(prefixed("assay"))}.schemas set is_complete = true where name = $1`, [
    schema
  ]);
}
