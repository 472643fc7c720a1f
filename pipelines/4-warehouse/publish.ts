import {gold} from "../catalog.ts";
import {namingBlockers} from "../warehouse/blockers.ts";
import {inTransaction, name, text, type Warehouse} from "../warehouse/postgres.ts";
import {ensureReader, grantReader} from "./reader.ts";

/** The schemas of a release, and the name of the release. */
export type Publication = {release: string; gold: string; marts: string};

type Column = {table: string; column: string; type: string};

/** How many published generations of schemas stay in the warehouse. */
const kept = 3;

/** The release whose tables the stable views show, if any. */
export async function findLive({client, schema}: Warehouse): Promise<string | undefined> {
  const {rows} = await client.query<{release: string}>(`select release from ${name(schema("assay"))}.live`);
  return rows[0]?.release;
}

/**
 * Points the stable views at a release's schemas in one transaction and lets the reader, if there is one, read them;
 * views, grants and comments of others survive.
 */
export async function publish(warehouse: Warehouse, publication: Publication): Promise<void> {
  const {client, schema} = warehouse;
  await checkContract(warehouse, publication);
  const isRead = await ensureReader(warehouse);
  await inTransaction(warehouse, async () => {
    for (const layer of ["gold", "marts"] as const) await pointViews(warehouse, layer, publication[layer]);
    if (isRead) await grantReader(warehouse, publication);
    const assay = name(schema("assay"));
    await client.query(`update ${assay}.schemas set live_at = now() where name = any($1)`, [
      [publication.gold, publication.marts]
    ]);
    await client.query(
      `insert into ${assay}.live (release, published_at) values ($1, now())
       on conflict (only_row) do update set release = excluded.release, published_at = excluded.published_at`,
      [publication.release]
    );
  });
}

/** Drops schemas that no longer belong to a kept release; one that somebody reads stays for now, and is named. */
export async function dropOldSchemas(warehouse: Warehouse): Promise<string[]> {
  const {client, schema} = warehouse;
  const stayed: string[] = [];
  for (const layer of ["gold", "marts"]) {
    const {rows} = await client.query<{name: string}>(
      `select name from ${name(schema("assay"))}.schemas where starts_with(name, $1)
       order by live_at desc nulls last, made_at desc offset $2`,
      [`${schema(layer)}_`, kept]
    );
    for (const row of rows) if (!(await dropSchema(warehouse, row.name))) stayed.push(row.name);
  }
  return stayed;
}

async function dropSchema(warehouse: Warehouse, old: string): Promise<boolean> {
  const {client, schema} = warehouse;
  const {rows} = await client.query<{outside: string}>(
    `select distinct dependent_schema.nspname || '.' || dependent.relname as outside
     from pg_depend
     join pg_rewrite on pg_rewrite.oid = pg_depend.objid and pg_depend.classid = 'pg_rewrite'::regclass
     join pg_class dependent on dependent.oid = pg_rewrite.ev_class
     join pg_namespace dependent_schema on dependent_schema.oid = dependent.relnamespace
     join pg_class source on source.oid = pg_depend.refobjid
     join pg_namespace source_schema on source_schema.oid = source.relnamespace
     where source_schema.nspname = $1 and dependent_schema.nspname not in ($1, $1 || '_failures')
       and not exists (select 1 from ${name(schema("assay"))}.schemas where schemas.name = dependent_schema.nspname)`,
    [old]
  );
  if (rows.length) return false;
  return inTransaction(warehouse, async () => {
    await client.query(`drop schema if exists ${name(old)} cascade`);
    await client.query(`drop schema if exists ${name(`${old}_failures`)} cascade`);
    await client.query(`delete from ${name(schema("assay"))}.schemas where name = $1`, [old]);
    return true;
  }).catch((error: {code?: string}) => {
    if (error.code === "55P03") return false;
    throw error;
  });
}

async function pointViews(warehouse: Warehouse, layer: "gold" | "marts", from: string): Promise<void> {
  const {client, schema} = warehouse;
  const stable = name(schema(layer));
  await client.query(`create schema if not exists ${stable}`);
  const columns = await columnsOf(client, from);
  for (const [table, own] of columns) {
    const list = own.map(({column}) => name(column)).join(", ");
    const description = gold.find((one) => layer === "gold" && one.name === table)?.description;
    const isNew = !(await client.query("select to_regclass($1) as found", [`${stable}.${name(table)}`]))
      .rows[0].found;
    const select = `select ${list} from ${name(from)}.${name(table)}`;
    await namingBlockers(warehouse, `view ${schema(layer)}.${table}`, () =>
      client.query(`create or replace view ${stable}.${name(table)} as ${select}`)
    );
    if (isNew && description)
      await client.query(`comment on view ${stable}.${name(table)} is ${text(description)}`);
  }
}

/** Columns may be added at the end; anything else breaks who reads the views, so they are named and nothing happens. */
async function checkContract(warehouse: Warehouse, publication: Publication): Promise<void> {
  const {client, schema} = warehouse;
  const broken: string[] = [];
  for (const layer of ["gold", "marts"] as const) {
    const next = await columnsOf(client, publication[layer]);
    for (const [table, before] of await columnsOf(client, schema(layer))) {
      const after = next.get(table) ?? [];
      const wrong = before.filter((old, i) => after[i]?.column !== old.column || after[i]?.type !== old.type);
      if (wrong.length) {
        const users = await dependantsOf(client, schema(layer), table);
        broken.push(
          `  view ${schema(layer)}.${table}: ${wrong.map((old) => `${old.column} (${old.type})`).join(", ")} would be gone, moved or retyped` +
            (users.length ? `; read by ${users.join(", ")}` : "")
        );
      }
    }
  }
  if (broken.length)
    throw new Error(
      `the warehouse contract would break; nothing is published\n${broken.join("\n")}\n` +
        `keep the columns, or mend what reads the view, drop the view by hand and refresh again`
    );
}

async function columnsOf(client: Warehouse["client"], schema: string): Promise<Map<string, Column[]>> {
  const {rows} = await client.query<Column>(
    `select relname as table, attname as column, format_type(atttypid, atttypmod) as type
     from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace
     where nspname = $1 and relkind in ('r', 'v') and attnum > 0 and not attisdropped
     order by relname, attnum`,
    [schema]
  );
  const tables = new Map<string, Column[]>();
  for (const row of rows) tables.set(row.table, [...(tables.get(row.table) ?? []), row]);
  return tables;
}

async function dependantsOf(client: Warehouse["client"], schema: string, table: string): Promise<string[]> {
  const {rows} = await client.query<{name: string}>(
    `select distinct n.nspname || '.' || c.relname as name
     from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
     join pg_namespace n on n.oid = c.relnamespace
     where d.refobjid = to_regclass($1) and c.oid <> d.refobjid and d.classid = 'pg_rewrite'::regclass order by 1`,
    [`${name(schema)}.${name(table)}`]
  );
  return rows.map((row) => row.name);
}
