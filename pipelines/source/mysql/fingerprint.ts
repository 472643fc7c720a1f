import {ask, askOne, type Mysql} from "./connect.ts";
import {from, type Range, valueOf, within} from "./select.ts";
import type {MysqlColumn, MysqlTable} from "./tables.ts";

/** What a range of rows is known by: their number and a sum of their hashes, computed by the server. */
export type Fingerprint = {rows: string; hash: string};

/** Counts and hashes the rows of a range; only the result is sent. */
export async function fingerprint(
  mysql: Mysql,
  table: MysqlTable,
  columns: MysqlColumn[],
  range: Range
): Promise<Fingerprint> {
  const {rows, hash} = await askOne<{rows: string; hash: string}>(
    mysql,
    `select count(*) as \`rows\`, coalesce(sum(${rowHash(columns)}), 0) as hash
     from ${from(table)} where ${within(table, range)}`,
    `cannot compare ${table.name}`
  );
  return {rows, hash};
}

/**
 * 64 bits of a row: the product of two CRCs over its values in this order (with which of them are null) and in the
 * reverse. A product is not linear, as a CRC is, and a sum counts equal rows apart: the same change made to two rows,
 * or two rows that swap a value, do not cancel.
 */
function rowHash(columns: MysqlColumn[]): string {
  // texts of several collations have none in common, but bytes have
  const collations = new Set(columns.flatMap(({collation}) => collation ?? []));
  const isMixed = collations.size > 1 || columns.some(isLong);
  const bytes = (value: string) => (isMixed ? `cast(${value} as binary)` : value);
  const values = columns.map((column) => bytes(isLong(column) ? `sha1(${column.sql})` : valueOf(column)));
  const nulls = columns.filter(({isNullable}) => isNullable).map(({sql}) => `isnull(${sql})`);
  const crc = (parts: string[]) => `crc32(concat_ws(char(31), ${parts.join(", ")}))`;
  return `${crc([...values, ...nulls])} * ${crc([...values].reverse())}`;
}

/** Whether its values may be longer than the server lets a text grow, so that they are hashed first. */
function isLong({kind}: MysqlColumn): boolean {
  return /text|blob|json|geom|point|line|polygon|vector/.test(kind);
}

/** The sums of amounts over a range, as the ledger types them; what is no number counts as nothing. */
export async function sumsOf(
  mysql: Mysql,
  table: MysqlTable,
  range: Range,
  amounts: Record<string, "money" | "integer">
): Promise<{rows: string} & Record<string, string>> {
  const sums = Object.entries(amounts).map(([name, amount]) => {
    const column = table.columns.find((one) => one.name === name)!;
    return `cast(coalesce(sum(${typed(column, amount)}), 0) as char) as \`${name}\``;
  });
  const [row] = await ask<{rows: string} & Record<string, string>>(
    mysql,
    `select ${["cast(count(*) as char) as `rows`", ...sums].join(", ")} from ${from(table)} where ${within(table, range)}`,
    `cannot add up ${table.name}`
  );
  return row!;
}

/** The rule of `typedAmount` in MySQL: money to the cent and below 10¹⁶, integers of 32 bits. */
function typed(column: MysqlColumn, amount: "money" | "integer"): string {
  if (/int|decimal/.test(column.kind)) return bounded(column.sql, amount);
  const {plain, as, any} = texts[amount];
  const text = valueOf(column);
  const trimmed = `regexp_replace(convert(${text} using utf8mb4), '^\\\\p{Zs}+|\\\\p{Zs}+\\\\z', '')`;
  // what nearly every value looks like is cheap to see
  return `case when ${text} regexp '${plain}\\\\z' then cast(${text} as ${as})
    when ${text} <> '' and ${trimmed} regexp '${any}\\\\z' then ${bounded(`cast(${trimmed} as decimal(65, 30))`, amount)} end`;
}

const texts = {
  money: {plain: "^[0-9]{1,15}([.][0-9]{1,2})?", as: "decimal(18, 2)", any: "^[+-]?[0-9]*[.]?[0-9]+"},
  integer: {plain: "^[0-9]{1,9}", as: "signed", any: "^[+-]?[0-9]+([.]0+)?"}
};

function bounded(number: string, amount: "money" | "integer"): string {
  return amount === "money"
    ? `case when abs(round(${number}, 2)) < 10000000000000000 then round(${number}, 2) end`
    : `case when ${number} = truncate(${number}, 0) and ${number} between -2147483648 and 2147483647 then ${number} end`;
}
