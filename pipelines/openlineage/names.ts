import {findTable, silver, sources} from "../catalog.ts";
import type {Config} from "../config.ts";
import {connectionOf} from "../warehouse/connection.ts";
import type {Dataset} from "./event.ts";

/** The namespace of all jobs of a workbench: those that share a receiver are told apart by their prefix. */
export function namespaceOf({warehouse}: Pick<Config, "warehouse">): string {
  return ["assay", warehouse.prefix.replace(/_+$/, "")].filter(Boolean).join(".");
}

/** The job of a step: `layer.table` for `layer table`, such as `silver.crm_sales_details` and `extracts.ledger.json`. */
export function jobOf(step: string): string {
  if (step === "marts (dbt)") return "marts.dbt";
  return step.replace(/^extract /, "extracts.").replace(" ", ".");
}

/** Datasets by OpenLineage's naming conventions: none has a user or a password. */
export type Names = {
  /** A table of the source. */
  source: (table: string) => Dataset;
  /** The folder of a table's objects. */
  lake: (layer: string, table: string) => Dataset;
  /** The stable view of a table. */
  warehouse: (layer: string, table: string) => Dataset;
  /** What a step calls its input: none for what is no table, such as today or the ledger. */
  inputs: (name: string) => Dataset[];
  /** The same of what dbt reads. */
  warehouseInputs: (name: string) => Dataset[];
};

/** Names for the places of a configuration; `port` is the embedded warehouse's. */
export function namesOf(config: Config, port: number): Names {
  const lake = (layer: string, table: string) => inLake(config, `${layer}/${table}`);
  const warehouse = (layer: string, table: string) => inWarehouse(config, port, layer, table);
  return {
    source: (table) => inSource(config, table),
    lake,
    warehouse,
    warehouseInputs(name) {
      const [layer = "", table = ""] = name.split(".");
      return /^(gold|marts)$/.test(layer) ? [warehouse(layer, table)] : [];
    },
    inputs(name) {
      const [layer = "", table = ""] = name.split(".");
      if (/^(bronze|silver|gold|marts)$/.test(layer) && table) return [lake(layer, table)];
      if (/^assay\.(rejects|corrections)$/.test(name)) return silver.map((one) => lake(table, one.name));
      return [];
    }
  };
}

function inSource({source}: Config, table: string): Dataset {
  if (source.kind !== "mysql")
    return {namespace: "file", name: `${source.path}/${findTable(sources, table).file}`};
  const host = source.host.includes(":") ? `[${source.host}]` : source.host;
  return {namespace: `mysql://${host}:${source.port}`, name: `${source.database}.${table}`};
}

function inLake({lake}: Config, path: string): Dataset {
  if (lake.kind === "folder") return {namespace: "file", name: `${lake.path}/${path}`};
  return {namespace: `s3://${lake.bucket}`, name: [lake.prefix, path].filter(Boolean).join("/")};
}

function inWarehouse({warehouse}: Config, port: number, layer: string, table: string): Dataset {
  const url = warehouse.kind === "embedded" ? `postgres://assay@127.0.0.1:${port}/postgres` : warehouse.url;
  const {host, port: at, database} = connectionOf(new URL(url));
  const server = host.startsWith("/") ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return {
    namespace: `postgres://${server}:${at}`,
    name: `${database}.${warehouse.prefix}${layer}.${table}`
  };
}
