import {name, type Warehouse} from "../warehouse/postgres.ts";

/** The role that may read what is published, and nothing else; a BI tool's role is made a member of it. */
export function readerOf({schema}: Pick<Warehouse, "schema">): string {
  return schema("assay_reader");
}

/** The line that makes it, for who may. */
export function createReader(warehouse: Warehouse): string {
  return `create role ${name(readerOf(warehouse))} nologin;`;
}

/** Whether the reader is there. */
export async function hasReader(warehouse: Warehouse): Promise<boolean> {
  const {rows} = await warehouse.client.query("select 1 from pg_roles where rolname = $1", [
    readerOf(warehouse)
  ]);
  return rows.length > 0;
}

/** Makes the reader if it is missing; false if this role may not. */
export async function ensureReader(warehouse: Warehouse): Promise<boolean> {
  if (await hasReader(warehouse)) return true;
  try {
    await warehouse.client.query(createReader(warehouse));
    return true;
  } catch (error) {
    const {code = ""} = error as {code?: string};
    // made by another database's refresh at the same moment
    if (["42710", "23505"].includes(code)) return true;
    if (code === "42501") return false;
    throw error;
  }
}

/** Lets the reader read what is live, whenever it was made; false if there is none and this role may not make it. */
export async function admitReader(
  warehouse: Warehouse,
  publication: {gold: string; marts: string}
): Promise<boolean> {
  const isThere = await ensureReader(warehouse);
  if (isThere) await grantReader(warehouse, publication);
  return isThere;
}

/** Grants the reader what it lacks of the stable views over a publication's schemas, and the name of the release. */
export async function grantReader(
  warehouse: Warehouse,
  publication: {gold: string; marts: string}
): Promise<void> {
  const {client, schema} = warehouse;
  const {rows} = await client.query<{line: string}>(
    `with reading as (
      select stable, relname from (values ($2, $3), ($4, $5)) as layers (made, stable)
      join pg_namespace on nspname = made join pg_class on relnamespace = pg_namespace.oid and relkind in ('r', 'v')
      union all select $6, 'live'
    )
    select distinct format('grant usage on schema %I to %I', stable, $1::text) as line from reading
      where not has_schema_privilege($1, stable, 'usage')
    union all select format('grant select on %I.%I to %I', stable, relname, $1::text) from reading
      where not has_table_privilege($1, format('%I.%I', stable, relname), 'select')`,
    [
      readerOf(warehouse),
      ...[publication.gold, schema("gold"), publication.marts, schema("marts")],
      schema("assay")
    ]
  );
  for (const {line} of rows) await client.query(line);
}
