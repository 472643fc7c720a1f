import type {DuckDBConnection} from "@duckdb/node-api";
import {findTable, sources} from "../catalog.ts";
import {ident, literal, query, run} from "../engine/duckdb.ts";
import {getAll, type Lake} from "../lake/lake.ts";
import {relationOf} from "../parts.ts";
import type {Release} from "../release.ts";
import {objectsOf} from "../step.ts";

/** A refused row, and the oldest release since which it has been refused without a break. */
export type Waiting = {
  table_name: string;
  _row: number;
  key: string;
  reason: string;
  is_superseded: boolean;
  record: string;
  since: string;
};

/** A row that was refused from one release to another, and what the next one did with it. */
export type Left = Omit<Waiting, "_row"> & {until: string; left_in: string; became: Fate};

export type Fate =
  | "taken in: the source row was mended"
  | "taken in: the rule was changed"
  | "still refused, for another reason"
  | "gone from the source";

/** The refused rows of the newest of `releases`, which are newest first; a row is known by its values. */
export async function findWaiting(
  connection: DuckDBConnection,
  lake: Lake,
  releases: Release[]
): Promise<Waiting[]> {
  await readRejects(connection, lake, releases);
  return query<Waiting>(
    connection,
    `with breaks as (
       select rejects.object, rejects._row, min(releases.n) as n
       from rejects
       cross join (select distinct n from held) as releases
       anti join refused on refused.n = releases.n and refused.id = rejects.id
       group by all
     )
     select table_name, rejects._row::double as _row, key, reason, is_superseded, record,
       [${releases.map(({id}) => literal(id)).join(", ")}][coalesce(breaks.n, ${releases.length})] as since
     from rejects join held on held.object = rejects.object and held.n = 0
     left join breaks on breaks.object = rejects.object and breaks._row = rejects._row
     order by table_name, rejects._row`
  );
}

/** The rows that some release refused and the next did not, newest first. */
export async function findLeft(
  connection: DuckDBConnection,
  lake: Lake,
  releases: Release[]
): Promise<Left[]> {
  await readRejects(connection, lake, releases);
  const ids = `[${releases.map(({id}) => literal(id)).join(", ")}]`;
  const rows = await query<Omit<Left, "became"> & {n: number; id: string}>(
    connection,
    `select refused.n::integer as n, id, any_value(table_name) as table_name, any_value(key) as key,
       any_value(reason) as reason, any_value(is_superseded) as is_superseded, any_value(record) as record,
       ${ids}[(
         select coalesce(min(older.n), ${releases.length}) from (select distinct n from held) as older
         where older.n > refused.n and not exists (from refused as same where same.n = older.n and same.id = refused.id)
       )] as since,
       ${ids}[refused.n + 1] as until, ${ids}[refused.n] as left_in
     from refused join rejects using (id)
     where refused.n > 0 and not exists (from refused as next where next.n = refused.n - 1 and next.id = refused.id)
     group by refused.n, id order by refused.n, table_name, key, record`
  );
  const fates = new Map<string, Fate>();
  for (const [n, table] of pairs(rows)) {
    const own = rows.filter((row) => row.n === n && row.table_name === table);
    for (const [id, fate] of await fatesOf(connection, lake, releases[n - 1]!, table, own))
      fates.set(`${n} ${id}`, fate);
  }
  return rows.map(({n, id, ...row}) => ({...row, became: fates.get(`${n} ${id}`)!}));
}

function pairs(rows: {n: number; table_name: string}[]): [number, string][] {
  const names = new Map(
    rows.map(({n, table_name}) => [`${n} ${table_name}`, [n, table_name] as [number, string]])
  );
  return [...names.values()];
}

/**
 * Tables `rejects` (each row of each object, with the md5 of its values as `id`), `held` (which release has which
 * object; the newest is 0) and `refused` (which release refuses which row).
 */
async function readRejects(connection: DuckDBConnection, lake: Lake, releases: Release[]): Promise<void> {
  const of = ({objects}: Release) => objects.filter(({layer}) => layer === "rejects");
  const objects = [...new Map(releases.flatMap(of).map((one) => [one.key, one])).values()];
  const paths = await getAll(lake, objects);
  const reads = objects.map(
    ({key}, n) =>
      `select ${literal(key)} as object, ${idOf("record")} as id, * from read_parquet(${literal(paths[n]!)})`
  );
  const held = releases.flatMap((release, n) => of(release).map(({key}) => `(${n}, ${literal(key)})`));
  await run(
    connection,
    `create or replace table rejects as ${reads.join(" union all ")};
     create or replace table held as select * from (values ${held.join(", ")}) as held (n, object);
     create or replace table refused as select distinct n, id from held join rejects using (object)`
  );
}

/** What identifies a row: its values, wherever it stands. */
function idOf(record: string): string {
  return `md5(concat_ws(chr(31), table_name, json_merge_patch(${record}::json, '{"_row": null}')::varchar))`;
}

/** What a release made of rows that the one before it refused. */
async function fatesOf(
  connection: DuckDBConnection,
  lake: Lake,
  release: Release,
  table: string,
  rows: {id: string; key: string}[]
): Promise<[string, Fate][]> {
  const of = (layer: string) => relationOf(lake, objectsOf(release, layer, table));
  const {key, columns} = findTable(sources, table);
  const others = columns.filter((name) => !key.includes(name));
  const [refused, bronze] = [await of("rejects"), await of("bronze")];
  const same = (names: string[], other: string) =>
    names
      .map(
        (name) =>
          `${other}.${ident(name)} is not distinct from json_extract_string(gone.record::json, ${literal(`$."${name}"`)})`
      )
      .join(" and ");
  const found = await query<{id: string; mended: boolean; ruled: boolean; refused: boolean}>(
    connection,
    `with gone as (select distinct id, key, record from rejects where id in (${rows.map(({id}) => literal(id)).join(", ")})),
     bronze as (from ${bronze}),
     kept as (from bronze where _row not in (select _row from ${refused}))
     select id,
       exists (from kept where ${same(columns, "kept")}) as ruled,
       exists (from kept where (gone.key <> '' and ${same(key, "kept")}) or (${same(others, "kept")})) as mended,
       exists (from bronze where ${same(columns, "bronze")}) as refused
     from gone`
  );
  return found.map((row) => [
    row.id,
    row.ruled
      ? "taken in: the rule was changed"
      : row.mended
        ? "taken in: the source row was mended"
        : row.refused
          ? "still refused, for another reason"
          : "gone from the source"
  ]);
}
