import {name, type Warehouse} from "./postgres.ts";

/** The SQL a superuser types in this database so that the role may refresh; nothing if it has all it needs. */
export async function findMissingRights(warehouse: Warehouse): Promise<string[]> {
  const {client} = warehouse;
  const {rows} = await client.query<{role: string; database: string; may: boolean}>(
    `select current_user as role, current_database() as database,
      has_database_privilege(current_database(), 'create') as may`
  );
  const {role, database, may} = rows[0]!;
  const create = may ? [] : [`grant create on database ${name(database)} to ${name(role)};`];
  return [...create, ...(await findForeign(warehouse, role))];
}

/** A role works on its own: lines that lend it the owner's rights, or, not to lend a superuser's, make it the owner. */
async function findForeign({client, schema}: Warehouse, role: string): Promise<string[]> {
  const {rows} = await client.query<{line: string}>(
    `with foreign_schemas as (
      select pg_namespace.oid, nspname, rolname, rolsuper from pg_namespace join pg_roles on pg_roles.oid = nspowner
      where nspname ~ $1 and not pg_has_role(nspowner, 'usage')
    ), foreign_relations as (
      select nspname, relname, relkind, rolname, rolsuper from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace join pg_roles on pg_roles.oid = relowner
      where nspname ~ $1 and relkind in ('r', 'v') and not pg_has_role(relowner, 'usage')
    )
    select format('grant %I to %I;', rolname, $2::text) as line, 1 as place
      from foreign_schemas where not rolsuper
    union select format('grant %I to %I;', rolname, $2::text), 1 from foreign_relations where not rolsuper
    union select format('alter schema %I owner to %I;', nspname, $2::text), 2 from foreign_schemas where rolsuper
    union select format('alter %s %I.%I owner to %I;',
        case relkind when 'v' then 'view' else 'table' end, nspname, relname, $2::text), 3
      from foreign_relations where rolsuper
    order by place, line`,
    [`^${schema("")}(assay|((gold|marts)(_[0-9a-f]{12}(_failures)?)?))$`, role]
  );
  return rows.map(({line}) => line);
}
