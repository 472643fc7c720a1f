import {gold, type GoldTable, types} from "../catalog.ts";
import {ident, literal, query, queryOne, run} from "../engine/duckdb.ts";
import {parquetOf} from "../parts.ts";
import {type LakeObject, objectsOf, rowsIn} from "../step.ts";
import type {Desk, Side} from "./diff.ts";

/** How the rows of a gold table differ, known by its key; shares are of the rows that both sides have. */
export type TableChange = {
  table: string;
  before: number;
  after: number;
  added: number;
  removed: number;
  changed: number;
  columns: {column: string; changed: number; share: number}[];
  samples: RowChange[];
};

/** A row that differs: its values as text, of a changed one those that changed; personal ones are withheld. */
export type RowChange = {
  key: string;
  change: "added" | "removed" | "changed";
  values: Record<string, [before: string | null, after: string | null]>;
};

/** Rows shown of each kind of change. */
const sampled = 5;

/** The table with the rows of one side that the other does not have. */
export function movedOf(side: "before" | "after", table: string): string {
  return `moved.${ident(`${side}_${table}`)}`;
}

/** Finds the rows of every gold table that differ, for `movedOf`, and tells of them. */
export async function compareTables(desk: Desk, before: Side, after: Side): Promise<TableChange[]> {
  const changes: TableChange[] = [];
  for (const table of gold) {
    const [old, now] = [before, after].map((side) => objectsOf(side, "gold", table.name)) as [
      LakeObject[],
      LakeObject[]
    ];
    await findMoved(desk, table, old, now);
    changes.push({
      table: table.name,
      before: rowsIn(old),
      after: rowsIn(now),
      ...(await describeMoved(desk, table, rowsIn(old)))
    });
  }
  return changes;
}

/** Parts in the same place are compared first, so that only what differs there is held against the rest. */
async function findMoved(
  {connection, lake}: Desk,
  table: GoldTable,
  before: LakeObject[],
  after: LakeObject[]
): Promise<void> {
  const [old, now] = [movedOf("before", table.name), movedOf("after", table.name)];
  const declared = table.columns.map(({name, type}) => `${ident(name)} ${types.duckdb[type]}`).join(", ");
  await run(connection, `create table ${old} (${declared}); create table ${now} (${declared})`);
  const isIn =
    (objects: LakeObject[]) =>
    ({chunk, content}: LakeObject) =>
      objects.some((one) => one.chunk === chunk && one.content === content);
  const [a, b] = [before.filter((one) => !isIn(after)(one)), after.filter((one) => !isIn(before)(one))];
  const ordinals = [...new Set([...a, ...b].map(({chunk}) => chunk))];
  const relation = async (objects: LakeObject[]) =>
    objects.length
      ? columnsFrom(table, objects[0]!, await parquetOf(lake, objects))
      : `(from ${old} limit 0)`;
  for (const ordinal of ordinals) {
    const inPlace = ({chunk}: LakeObject) => chunk === ordinal;
    const [x, y] = [await relation(a.filter(inPlace)), await relation(b.filter(inPlace))];
    await run(connection, `insert into ${old} ${without(table, x, y)}`);
    await run(connection, `insert into ${now} ${without(table, y, x)}`);
  }
  if (ordinals.length > 1)
    await run(
      connection,
      `create temp table rest as ${without(table, old, now)};
       create or replace table ${now} as ${without(table, now, old)};
       create or replace table ${old} as from rest;
       drop table rest`
    );
}

/** A table of another time with the columns of today's catalog. */
function columnsFrom({columns}: GoldTable, {columns: have}: LakeObject, relation: string): string {
  const list = columns.map(({name, type}) =>
    have.some((one) => one.name === name)
      ? ident(name)
      : `cast(null as ${types.duckdb[type]}) as ${ident(name)}`
  );
  return `(select ${list.join(", ")} from ${relation})`;
}

/** The rows of a relation that another does not have; where a row stands in its source is not compared. */
function without({columns}: GoldTable, from: string, other: string): string {
  const same = compared(columns).map((name) => `a.${ident(name)} is not distinct from b.${ident(name)}`);
  return `select a.* from ${from} as a anti join ${other} as b on ${same.join(" and ")}`;
}

function compared(columns: GoldTable["columns"]): string[] {
  return columns.map(({name}) => name).filter((name) => name !== "_row");
}

async function describeMoved({connection}: Desk, table: GoldTable, rowsBefore: number) {
  const key = ident(table.key);
  const others = compared(table.columns).filter((name) => name !== table.key);
  const differs = (name: string) => `a.${ident(name)} is distinct from b.${ident(name)}`;
  const pairs = `${movedOf("before", table.name)} as a full join ${movedOf("after", table.name)} as b on a.${key} = b.${key}`;
  const isBoth = `a.${key} is not null and b.${key} is not null`;
  const counts = others.map(
    (name) => `(count(*) filter (${isBoth} and ${differs(name)}))::double as ${ident(name)}`
  );
  const found = await queryOne<Record<string, number>>(
    connection,
    `select (count(*) filter (a.${key} is null))::double as added, (count(*) filter (b.${key} is null))::double as removed,
       (count(*) filter (${isBoth}))::double as changed, ${counts.join(", ")} from ${pairs}`
  );
  const {added, removed, changed} = found as {added: number; removed: number; changed: number};
  const both = rowsBefore - removed;
  const columns = others
    .map((column) => ({column, changed: found[column]!, share: both ? found[column]! / both : 0}))
    .filter((one) => one.changed > 0)
    .sort((x, y) => y.changed - x.changed);
  const isPersonal = new Set(table.columns.filter((one) => one.pii).map((one) => one.name));
  const text = (side: string, name: string) =>
    isPersonal.has(name)
      ? `case when ${side}.${ident(name)} is not null then '(withheld)' end`
      : `${side}.${ident(name)}::varchar`;
  const values = others.map((name) => `${literal(name)}: [${text("a", name)}, ${text("b", name)}]`);
  const isShown = others.map((name) => `${literal(name)}: ${differs(name)}`);
  const rows = await query<{key: string; change: RowChange["change"]; all: string; differing: string}>(
    connection,
    `select coalesce(a.${key}, b.${key})::varchar as key,
       case when a.${key} is null then 'added' when b.${key} is null then 'removed' else 'changed' end as change,
       to_json({${values.join(", ")}})::varchar as "all", to_json({${isShown.join(", ")}})::varchar as differing
     from ${pairs} qualify row_number() over (partition by change order by key) <= ${sampled} order by change, key`
  );
  const samples = rows.map(({key: name, change, all, differing}) => {
    const shown = JSON.parse(differing) as Record<string, boolean>;
    const entries = Object.entries(JSON.parse(all) as RowChange["values"]).filter(
      ([column]) => shown[column]
    );
    return {key: name, change, values: Object.fromEntries(entries)};
  });
  return {added, removed, changed, columns, samples};
}
