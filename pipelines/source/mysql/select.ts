import {checkColumns} from "../../1-bronze/chunk.ts";
import type {SourceTable} from "../../catalog.ts";
import {text} from "./connect.ts";
import type {MysqlColumn, MysqlTable} from "./tables.ts";

/** A range of a key: from a value on, up to another and without it; values as `literals` gives them, in SQL. */
export type Range = {from: string[] | null; until: string[] | null};

/** The text of a column as bronze keeps it; what is binary comes as bytes. */
export function valueOf({sql, kind}: MysqlColumn): string {
  if (kind === "bit") return `cast(${sql} as unsigned)`;
  // the server writes six digits of a float: where they are not all, the double of the same value
  if (kind === "float")
    return `if(cast(cast(${sql} as char) as float) = ${sql}, cast(${sql} as char), cast(cast(${sql} as double) as char))`;
  return sql;
}

/** The condition that a row lies in a range, in a form that MySQL turns into a range of the index. */
export function within({key}: MysqlTable, {from, until}: Range): string {
  const parts = [from && `(${compare(key, from, ">", ">=")})`, until && `(${compare(key, until, "<", "<")})`];
  return parts.filter(Boolean).join(" and ") || "true";
}

/** `(a, b) >= (x, y)` spelled out: `a > x or (a = x and b >= y)`. */
function compare(
  [first, ...rest]: MysqlColumn[],
  [value, ...values]: string[],
  strict: string,
  last: string
): string {
  if (!rest.length) return `${first!.sql} ${last} ${value}`;
  return `${first!.sql} ${strict} ${value} or (${first!.sql} = ${value} and (${compare(rest, values, strict, last)}))`;
}

/** The table in a from clause, read by the index of its key. */
export function from({sql, index}: MysqlTable): string {
  return index ? `${sql} force index (${index})` : sql;
}

/** The order of the key; nothing without one. */
export function byKey({key}: MysqlTable): string {
  return key.length ? `order by ${key.map(({sql}) => sql).join(", ")}` : "";
}

/** What to select of a key's column so that `literal` can write it. */
export function keyText({sql, isBinary}: MysqlColumn): string {
  return isBinary ? `hex(${sql})` : `cast(${sql} as char)`;
}

/** A value of a key's column in SQL. */
export function literal({kind, isBinary}: MysqlColumn, value: string): string {
  if (isBinary) return `x'${value}'`;
  return /int|decimal|year/.test(kind) ? value : text(value);
}

/** The columns of a table in the order of bronze. Throws if one is missing. */
export function bronzeColumns(table: SourceTable, {columns}: MysqlTable): MysqlColumn[] {
  const names = checkColumns(
    table,
    columns.map(({name}) => name)
  );
  return names.map((name) => columns.find((column) => column.name === name)!);
}
