import type {DuckDBConnection} from "@duckdb/node-api";
import {ident, literal, run, tablesOf} from "./engine/duckdb.ts";
import type {Release} from "./release.ts";
import type {LakeObject} from "./step.ts";

/** Begins the error of a query that reads a table which was not fetched. */
export const unfetched = "not fetched: ";

/** The name, `schema.table`, that the release shows an object under. */
export function shownAs({layer, table}: Pick<LakeObject, "layer" | "table">): string {
  if (["rejects", "corrections", "failures"].includes(layer)) return `assay.${layer}`;
  return `${layer}.${layer === "extracts" ? table.split(".")[0]! : table}`;
}

/** The columns that the release shows of an object. */
export function columnsOf({layer, columns}: LakeObject): Record<string, string> {
  const own = columns.map(({name, type}) => [name, type] as const);
  return Object.fromEntries(
    layer === "bronze"
      ? [["_row", "BIGINT"], ...own]
      : layer === "failures"
        ? [["check_name", "VARCHAR"], ...own]
        : own
  );
}

/** Shows a table that can be described but not read: never empty by mistake, reading it is an error. */
export async function showStandIn(
  connection: DuckDBConnection,
  name: string,
  columns: Record<string, string>
): Promise<void> {
  // both kept: DuckDB may ask for the rows without their values, or for the values first
  const error = `error(${literal(unfetched + name)})::varchar`;
  const values = Object.entries(columns).map(
    ([column, type]) => `cast(${error} as ${type}) as ${ident(column)}`
  );
  const [schema, table] = name.split(".") as [string, string];
  await run(
    connection,
    `create view ${ident(schema)}.${ident(table)} as select ${values.join(", ")} where ${error} = ''`
  );
}

/** Whether a query may read `schema.table`: it names it, with or without the schema, or a view of dbt that does. */
export async function readBy(query: string, {views}: Release): Promise<(name: string) => boolean> {
  const named = new Set<string>();
  const visit = async (sql: string) => {
    // what DuckDB cannot parse, it refuses when it is asked
    for (const name of await tablesOf(sql).catch(() => [])) {
      const known = name.toLowerCase().split(".").slice(-2).join(".");
      if (named.has(known)) continue;
      named.add(known);
      const view = views[known.split(".").at(-1)!];
      if (view !== undefined) await visit(view);
    }
  };
  await visit(query);
  return (name) => named.has(name.toLowerCase()) || named.has(name.toLowerCase().split(".")[1]!);
}
