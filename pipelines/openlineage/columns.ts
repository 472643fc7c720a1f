import type {Statement} from "../lineage/sql.ts";
import {type Dataset, facet, type Facets} from "./event.ts";

/**
 * The facet of where columns come from: a value flows directly, a condition (a join, a filter, a window) indirectly.
 * What decides which rows there are is of the whole dataset.
 */
export function columnLineage(
  statement: Statement | undefined,
  columns: string[],
  find: (table: string) => Dataset[]
): Facets {
  if (!statement || statement.unread) return {};
  const field = (column: string, type: "DIRECT" | "INDIRECT") => {
    const at = column.lastIndexOf(".");
    return find(column.slice(0, at)).map(({namespace, name}) => ({
      namespace,
      name,
      field: column.slice(at + 1),
      transformations: [{type, ...(type === "INDIRECT" && {subtype: "CONDITIONAL"})}]
    }));
  };
  const fields = columns.flatMap((column) => {
    const {value = [], condition = []} = statement.columns[column] ?? {};
    const only = condition.filter((one) => !value.includes(one));
    const inputFields = [
      ...value.flatMap((one) => field(one, "DIRECT")),
      ...only.flatMap((one) => field(one, "INDIRECT"))
    ];
    return inputFields.length ? [[column, {inputFields}] as const] : [];
  });
  const dataset = statement.rows.flatMap((one) => field(one, "INDIRECT"));
  return facet("columnLineage", {fields: Object.fromEntries(fields), ...(dataset.length && {dataset})});
}

/** The facet of a table whose columns are those of another, as they are. */
export function copied(columns: string[], {namespace, name}: Dataset): Facets {
  const transformations = [{type: "DIRECT", subtype: "IDENTITY"}];
  const fields = columns.map((field) => [field, {inputFields: [{namespace, name, field, transformations}]}]);
  return facet("columnLineage", {fields: Object.fromEntries(fields)});
}
