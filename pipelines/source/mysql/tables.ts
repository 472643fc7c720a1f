import type {SourceTable} from "../../catalog.ts";
import {ask, type Mysql, name} from "./connect.ts";

/** A column as the server declares it. */
export type MysqlColumn = {
  /** In lower case, as bronze names it. */
  name: string;
  /** In SQL, quoted. */
  sql: string;
  /** The word before any bracket, such as `varchar`. */
  kind: string;
  /** The whole declaration, such as `varchar(50)`. */
  type: string;
  isNullable: boolean;
  /** Whether its values are bytes, not text. */
  isBinary: boolean;
  /** How its text compares; null if it is none. */
  collation: string | null;
};

/** A table as it is in the database. */
export type MysqlTable = {
  name: string;
  /** In SQL, quoted. */
  sql: string;
  columns: MysqlColumn[];
  /** The columns of the key that chunks are ranges of, in the order of its index; none if rows have no such key. */
  key: MysqlColumn[];
  /** The index of the key, in SQL, quoted. */
  index?: string;
  /** Whether a snapshot covers it: InnoDB does, MyISAM does not. */
  isTransactional: boolean;
};

type Row = Record<string, string | null>;

/** Finds the tables of the catalog in the database. Throws naming what is missing. */
export async function findTables(mysql: Mysql, wanted: SourceTable[]): Promise<Map<string, MysqlTable>> {
  const rows = await ask<Row>(
    mysql,
    `select table_name as name, engine as engine, table_type as type from information_schema.tables
     where table_schema = database() order by table_name`,
    "cannot list its tables"
  );
  const found = new Map<string, MysqlTable>();
  for (const {name: table} of wanted) {
    const row = rows.find((one) => one.name!.toLowerCase() === table);
    if (!row)
      throw new Error(
        `bronze ${table}: missing table in ${mysql.name} (have ${rows.map((one) => one.name).join(", ") || "none"}); expected by catalog.ts, and seen only by who may read it: grant select on \`${mysql.place.database}\`.* to '${mysql.place.user}'@'%'`
      );
    found.set(table, await describeTable(mysql, table, row));
  }
  return found;
}

async function describeTable(
  mysql: Mysql,
  table: string,
  {name: own, engine, type}: Row
): Promise<MysqlTable> {
  const rows = await ask<Row>(
    mysql,
    `select column_name as name, data_type as kind, column_type as type, is_nullable as nullable,
       character_set_name as charset, collation_name as collation
     from information_schema.columns where table_schema = database() and table_name = ${mysql.connection.escape(own)}
     order by ordinal_position`
  );
  const columns = rows.map((row): MysqlColumn => {
    const kind = row.kind!.toLowerCase();
    return {
      name: row.name!.trim().toLowerCase(),
      sql: name(row.name!),
      kind,
      type: row.type!,
      isNullable: row.nullable === "YES",
      isBinary: binaryKinds.test(kind) || (/char|text/.test(kind) && row.charset === null),
      collation: row.collation ?? null
    };
  });
  const key = await findKey(mysql, own!, columns);
  return {
    name: table,
    sql: name(own!),
    columns,
    ...key,
    isTransactional: type !== "BASE TABLE" || /innodb|ndb|rocksdb|tokudb/i.test(engine ?? "")
  };
}

const binaryKinds = /blob|binary|geometry|point|linestring|polygon|geomcollection|vector/;
/** Kinds whose literals compare as their index is sorted. */
const orderedKinds =
  /^(tiny|small|medium|big)?int(eger)?$|^(decimal|char|varchar|binary|varbinary|date|datetime|timestamp|time|year)$/;

/** The primary key, else the first unique key without nulls, if ranges of it can be told in literals. */
async function findKey(
  mysql: Mysql,
  table: string,
  columns: MysqlColumn[]
): Promise<Pick<MysqlTable, "key" | "index">> {
  const rows = await ask<Row>(
    mysql,
    `select index_name as name, column_name as col, sub_part as part, coalesce(collation, 'A') as direction
     from information_schema.statistics
     where table_schema = database() and table_name = ${mysql.connection.escape(table)} and non_unique = 0
     order by index_name <> 'PRIMARY', index_name, seq_in_index`
  );
  for (const index of new Set(rows.map((row) => row.name!))) {
    const parts = rows.filter((row) => row.name === index);
    const key = parts.flatMap(({col, part, direction}) => {
      const column = columns.find((one) => one.sql === name(col ?? ""));
      const isUsable = column && !column.isNullable && orderedKinds.test(column.kind);
      return isUsable && part === null && direction === "A" ? [column] : [];
    });
    if (key.length === parts.length) return {key, index: name(index)};
  }
  return {key: []};
}
