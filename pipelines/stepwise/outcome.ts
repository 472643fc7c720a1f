import type {Check} from "../checks.ts";
import {isUnbalanced, type LedgerLine} from "../ledger.ts";
import type {Run} from "../run.ts";
import {byTable, contentOfTable, type LakeObject, rowsIn} from "../step.ts";
import {extractOf} from "./targets.ts";

/** What a step made, as an orchestrator shows it: `layer.table`, its content id, and the step of the run record. */
export type Product = {
  asset: string;
  step: string;
  content: string;
  rows?: number;
  bytes?: number;
  checksum?: string;
  columns?: {name: string; type: string}[];
  /** What else there is to say of it, in words. */
  facts?: Record<string, string | number | boolean | null>;
};

/** What was found of an asset; a check that blocks and fails lets nothing be made of the asset. */
export type Finding = {
  asset: string;
  check: string;
  passed: boolean;
  severity: "warn" | "block";
  detail: string;
  failures: number;
};

/** Lines of a month: how many, their amount, and what identifies their rows; lines without a date are `undated`. */
export type Month = {month: string; rows: string; sales_amount: string; content: string};

/** What became of what was asked for; `error` ends the process after all the rest was told. */
export type Outcome = {
  products: Product[];
  findings: Finding[];
  months?: Month[];
  /** The selects of dbt's models, as dbt compiled them. */
  selects?: Record<string, string>;
  /** What a step that publishes says of the run. */
  run?: Partial<Run>;
  error?: Error;
};

/** A table of the lake as a product. */
export function productOf(
  step: string,
  asset: string,
  objects: LakeObject[],
  facts?: Product["facts"]
): Product {
  const [first] = objects;
  return {
    asset,
    step,
    content: contentOfTable(objects),
    rows: rowsIn(objects),
    bytes: objects.reduce((sum, {bytes}) => sum + bytes, 0),
    ...(objects.length === 1 && {checksum: first!.checksum}),
    ...(first!.columns.length && {columns: first!.columns}),
    ...(facts && {facts})
  };
}

/** The tables of a layer as products. */
export function productsOf(step: string, layer: string, objects: LakeObject[]): Product[] {
  const tables = byTable(objects.filter((object) => object.layer === layer));
  return [...tables].map(([name, parts]) => productOf(step, name, parts));
}

const layers: Record<string, string> = {
  "source → bronze": "bronze",
  "bronze → silver": "silver",
  "silver → gold": "gold",
  "gold → warehouse": "warehouse",
  "warehouse → marts": "marts"
};

/** The ledger as findings: one of each table that has lines. */
export function ledgerFindings(lines: LedgerLine[]): Finding[] {
  const tables = new Map<string, LedgerLine[]>();
  for (const line of lines) {
    const layer = layers[line.hop];
    const asset = layer ? `${layer}.${line.table_name}` : extractOf(line.table_name);
    tables.set(asset, [...(tables.get(asset) ?? []), line]);
  }
  return [...tables].map(([asset, own]) => {
    const wrong = own.filter(isUnbalanced);
    const told = (line: LedgerLine) => `${line.measure}: in ${line.amount_in}, out ${line.amount_out}`;
    const why = (line: LedgerLine) =>
      `${told(line)}, unexplained ${line.unexplained}, ${line.mismatched_rows} rows differ`;
    return {
      asset,
      check: "ledger",
      passed: !wrong.length,
      severity: "block",
      detail: (wrong.length ? wrong.map(why) : own.map(told)).join("; "),
      failures: wrong.length
    };
  });
}

/** Checks of a release as findings, each of the asset it is told of. */
export function checkFindings(checks: Check[]): Finding[] {
  return checks.flatMap((check) => {
    const asset = assetOf(check);
    // dbt skips what hangs on a model that failed: nothing was found of it
    if (asset === undefined || check.status === "skipped") return [];
    const {name, kind, status, severity = "block", detail, failures} = check;
    return {
      asset,
      check: kind === "drift" ? "drift" : name,
      passed: status === "pass",
      // what an operator accepted warns
      severity: status === "warn" ? "warn" : severity,
      detail: detail ?? (failures ? `${failures} bad rows` : "no bad rows"),
      failures
    };
  });
}

/** A check looks at a table, and gates what is made after it: dbt tests the warehouse, monitors all of gold. */
export function assetOf({name, kind, table}: Pick<Check, "name" | "kind" | "table">): string | undefined {
  if (kind === "monitor") return "monitors";
  if (kind === "drift") return table;
  if (kind !== "dbt test") return undefined;
  return dbtAsset(name, table);
}

/** The asset of a dbt test: the table it looks at; of a unit test, `model.test`, the model. */
export function dbtAsset(name: string, table: string | undefined): string {
  return table?.replace(/^gold[.]/, "warehouse.") ?? `marts.${name.split(".")[0]!}`;
}
