import type {DuckDBConnection} from "@duckdb/node-api";
import type {Described} from "../dictionary.ts";
import {ident, queryOne} from "../engine/duckdb.ts";

/** What is known of a key: its rows without a value, the rows whose value another row has too, and the rows without a partner. */
export type Key = {
  columns: string[];
  nulls: number;
  /** Of a key of the table itself. */
  repeated?: number;
  /** Of the key of another table: rows whose value it does not know, and how many values. */
  partner?: {table: string; column: string};
  orphans?: number;
  orphan_values?: number;
};

type Asked = {
  name: string;
  columns: string[];
  /** The tables there are. */
  names: string[];
  dictionary: Described[];
};

/** The keys of a table as the catalog and dbt declare them, counted: its own, then those of other tables. */
export async function keysOf(connection: DuckDBConnection, asked: Asked): Promise<Key[]> {
  const {name, columns, dictionary} = asked;
  const own = dictionary.find((one) => nameOf(one) === name)?.keys ?? [];
  const keys: Key[] = [];
  for (const key of own) keys.push(await countKey(connection, name, key));
  for (const column of columns) {
    const partner = partnerOf(column, asked);
    if (partner) keys.push(await countReference(connection, name, column, partner));
  }
  return keys;
}

const nameOf = ({schema, table}: Described) => `${schema}.${table}`;

/** The table that knows every value of a column: gold's own references by their name, else a table whose key has that name. */
function partnerOf(column: string, {name, names, dictionary}: Asked): {table: string; column: string} | null {
  const references = dictionary.filter(({schema}) => schema === "gold").map(({columns}) => columns[column]);
  const declared = references.find((one) => one?.partner)?.partner;
  const isThere = ({table}: {table: string}) => names.includes(table) && table !== name;
  if (declared && (names.includes(declared.table) || declared.table === name))
    return isThere(declared) ? declared : null;
  const [known] = dictionary
    .filter((one) => names.includes(nameOf(one)) && one.keys.some((key) => key.join() === column))
    .sort((a, b) => Number(a.schema !== "gold") - Number(b.schema !== "gold"))
    .map((one) => ({table: nameOf(one), column}));
  return known && isThere(known) ? known : null;
}

async function countKey(connection: DuckDBConnection, table: string, columns: string[]): Promise<Key> {
  const list = columns.map(ident).join(", ");
  const isNone = columns.map((column) => `${ident(column)} is null`).join(" or ");
  const counted = await queryOne<Record<"nulls" | "repeated", number>>(
    connection,
    `select cast(coalesce(sum(n) filter (${isNone}), 0) as double) as nulls,
       cast(coalesce(sum(n) filter (n > 1 and not (${isNone})), 0) as double) as repeated
     from (select ${list}, count(*) as n from ${table} group by all)`
  );
  return {columns, ...counted};
}

async function countReference(
  connection: DuckDBConnection,
  table: string,
  column: string,
  partner: {table: string; column: string}
): Promise<Key> {
  const name = ident(column);
  const isOrphan = `${name} is not null and ${name} not in (
    select ${ident(partner.column)} from ${partner.table} where ${ident(partner.column)} is not null)`;
  const counted = await queryOne<Record<"nulls" | "orphans" | "orphan_values", number>>(
    connection,
    `select cast(count(*) - count(${name}) as double) as nulls,
       cast(count(*) filter (${isOrphan}) as double) as orphans,
       cast(count(distinct ${name}) filter (${isOrphan}) as double) as orphan_values
     from ${table}`
  );
  return {columns: [column], partner, ...counted};
}
