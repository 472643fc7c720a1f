import type {DuckDBConnection} from "@duckdb/node-api";
import {ident, query, queryOne} from "../engine/duckdb.ts";
import {type Context} from "../step.ts";
import {days, dimensions, numbers, profiled} from "./monitors.ts";

/** What a table was like in a release: numbers, and the members of its declared dimensions. */
export type TableProfile = {
  rows: number;
  nulls: Record<string, number>;
  last_day?: string | null;
  members?: Record<string, Record<string, number>>;
  /** A sample of its numbers, hashed; absent in old manifests. */
  sample?: string[];
};

/**
 * What a release was like. `content` identifies the rows it was made of, `source` where they come from; it `begins` a
 * history where the release before it was of another shop.
 */
export type Profile = {
  content: string;
  source: string;
  tables: Record<string, TableProfile>;
  begins?: true;
};

/** How many profiles a release keeps: its own, and those of the releases before it. */
export const kept = 12;

/** How many numbers of a table are sampled. */
const sampled = 40;

/** A dimension with more members than these keeps no record of them. */
const most = 200;

/** What the tables in the views `layer.table` are like. */
export async function profileTables(context: Context): Promise<Profile["tables"]> {
  const tables: Profile["tables"] = {};
  for (const table of profiled) tables[table] = await profileTable(context, table);
  return tables;
}

async function profileTable({connection}: Context, table: string): Promise<TableProfile> {
  const columns = (
    await query<{name: string}>(
      connection,
      `select column_name as name from (describe ${table}) where column_name <> '_row'`
    )
  ).map(({name}) => name);
  const nulls = columns.map((name, n) => `(count(*) - count(${ident(name)}))::integer as n${n}`);
  const day = days[table];
  const last = day ? [`max(${ident(day)}) as last_day`] : [];
  const found = await queryOne<Record<string, number | string | null>>(
    connection,
    `select count(*)::integer as rows, ${[...nulls, ...last].join(", ")} from ${table}`
  );
  const members: Record<string, Record<string, number>> = {};
  for (const column of dimensions[table] ?? []) {
    const rows = await query<{member: string; rows: number}>(
      connection,
      `select ${ident(column)}::varchar as member, count(*)::integer as rows from ${table}
       where ${ident(column)} is not null group by 1 order by 1 limit ${most + 1}`
    );
    if (rows.length <= most) members[column] = Object.fromEntries(rows.map((row) => [row.member, row.rows]));
  }
  return {
    rows: found.rows as number,
    nulls: Object.fromEntries(columns.map((name, n) => [name, found[`n${n}`] as number])),
    ...(day && {last_day: found.last_day as string | null}),
    ...(dimensions[table] && {members}),
    ...(numbers[table] && {sample: await sampleOf(connection, table, numbers[table])})
  };
}

/** The least hashes of a column: which ones depends on its values alone, so two tables of one shop share them. */
async function sampleOf(connection: DuckDBConnection, table: string, column: string): Promise<string[]> {
  const rows = await query<{hash: string}>(
    connection,
    `select distinct hash_of(${ident(column)}) as hash from ${table} where ${ident(column)} is not null
     order by 1 limit ${sampled}`
  );
  return rows.map(({hash}) => hash);
}

/** A profile as rows: what SQL asks. */
export type Measure = {measure: string; name: string; value: number};

export function measuresOf({rows, nulls, last_day, members = {}, sample = []}: TableProfile): Measure[] {
  return [
    {measure: "rows", name: "", value: rows},
    ...Object.entries(nulls).map(([name, value]) => ({measure: "nulls", name, value})),
    ...(last_day ? [{measure: "last_day", name: "", value: Date.parse(last_day) / 86_400_000}] : []),
    ...sample.map((name) => ({measure: "sample", name, value: 1})),
    ...Object.entries(members).flatMap(([column, found]) =>
      Object.entries(found).map(([name, value]) => ({measure: `member ${column}`, name, value}))
    )
  ];
}
