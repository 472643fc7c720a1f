import {gold} from "../catalog.ts";
import type {Reads} from "../lineage/tables.ts";

/** Of each column of an asset the columns whose values it is made of, in the assets it is made of. */
export type Columns = Record<string, {asset: string; column: string}[]>;

/** The day of a run, and records, are none. */
const assets = /^(bronze|silver|gold|warehouse|marts)$/;

/** The columns of `layer.table` by what its SQL reads; the warehouse has gold as it is, and dbt reads the warehouse. */
export function columnsFrom(reads: Reads, asset: string): Columns {
  const [layer, table] = asset.split(".") as [string, string];
  if (layer === "warehouse") {
    const {columns = []} = gold.find(({name}) => name === table) ?? {};
    return Object.fromEntries(columns.map(({name}) => [name, [{asset: `gold.${table}`, column: name}]]));
  }
  const locate = (id: string) => {
    const [source, from, column] = id.split(".") as [string, string, string];
    const above = layer === "marts" && source === "gold" ? "warehouse" : source;
    return assets.test(above) ? [{asset: `${above}.${from}`, column}] : [];
  };
  // why a row is refused is no column of what is kept
  const found = Object.entries(reads.get(asset)?.columns ?? {}).filter(([name]) => name !== "_reject_reason");
  const columns = found.map(([name, {value = []}]) => [name, value.flatMap(locate)] as const);
  return Object.fromEntries(columns.filter(([, all]) => all.length));
}
