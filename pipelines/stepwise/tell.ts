import type {Progress} from "../progress.ts";
import type {Asked, Metadata, Pipes} from "./pipes.ts";
import type {Finding, Outcome, Product} from "./outcome.ts";
import type {StepRun} from "../step.ts";
import type {Columns} from "./columns.ts";

/** `layer.table` as the parts of Dagster's key. */
export function keyParts(asset: string): string[] {
  return asset.split(".");
}

/** A progress that Dagster hears too. */
export function heardBy(pipes: Pipes, progress: Progress): Progress {
  return {
    begin(name) {
      const line = progress.begin(name);
      return {
        ...line,
        end(done) {
          line.end(done);
          const count = done.rows ? `, ${done.rows.toLocaleString("en")} rows` : "";
          if (!done.reused) pipes.log("info", `${name}: done in ${done.seconds.toFixed(1)} s${count}`);
        },
        fail() {
          line.fail();
          pipes.log("error", `${name}: failed`);
        }
      };
    },
    note(text) {
      progress.note(text);
      pipes.log("info", text.trim());
    }
  };
}

/**
 * Tells Dagster what was made and found, of what it asked for, and of tables where their columns come from; a check that
 * blocks and fails is told before its error.
 */
export function report(
  pipes: Pipes,
  {products, findings, months}: Outcome,
  steps: StepRun[],
  columns: Map<string, Columns> = new Map()
): void {
  const {asked} = pipes;
  for (const product of products.filter(({asset}) => isAsked(asked, asset)))
    pipes.materialized(keyParts(product.asset), product.content, {
      ...metadataOf(product, steps, asked),
      ...lineageOf(columns.get(product.asset))
    });
  for (const finding of findings.filter(({asset, check}) => isCheckAsked(asked, asset, check)))
    pipes.checked(keyParts(finding.asset), checkOf(finding));
  if (months) pipes.say({months});
}

/** Pipes refuses a key that the step was not launched for. */
function isAsked({asset_keys}: Asked, asset: string): boolean {
  return !asset_keys || asset_keys.includes(keyParts(asset).join("/"));
}

/** The definitions tell the selected checks as `layer.table:check`, some of which are launched without their asset. */
function isCheckAsked(asked: Asked, asset: string, check: string): boolean {
  const {checks} = asked.extras;
  return Array.isArray(checks) ? checks.includes(`${asset}:${check}`) : isAsked(asked, asset);
}

function metadataOf(product: Product, steps: StepRun[], {extras}: Asked): Metadata {
  const {rows, bytes, checksum, columns, facts = {}} = product;
  // the last one: a month that is made again was looked up first
  const step = steps.findLast((one) => one.step === product.step);
  const pages = typeof extras.pages === "string" ? extras.pages : undefined;
  return {
    ...(rows !== undefined && {"dagster/row_count": {type: "int", raw_value: rows}}),
    ...(bytes !== undefined && {bytes: {type: "int", raw_value: bytes}}),
    ...(checksum && {checksum: {type: "text", raw_value: checksum}}),
    ...(step && {
      reused: {type: "bool", raw_value: step.reused},
      // JSON has no float that is whole, and Dagster takes no other for one
      duration_seconds: {type: "__infer__", raw_value: Math.round(step.seconds * 1000) / 1000},
      peak_memory_bytes: {type: "int", raw_value: process.resourceUsage().maxRSS * 1024}
    }),
    ...(columns && {"dagster/column_schema": {type: "table_schema", raw_value: schemaOf(columns)}}),
    ...Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [name, {type: "__infer__", raw_value: value}])
    ),
    ...(pages && {trust: {type: "url", raw_value: `${pages}/trust/reconciliation`}})
  };
}

function lineageOf(columns: Columns | undefined): Metadata {
  if (!columns) return {};
  const deps = Object.entries(columns).map(([name, from]) => [
    name,
    from.map(({asset, column}) => ({asset_key: keyParts(asset), column_name: column}))
  ]);
  const raw_value = {deps_by_column: Object.fromEntries(deps) as object};
  return {"dagster/column_lineage": {type: "table_column_lineage", raw_value}};
}

function schemaOf(columns: NonNullable<Product["columns"]>) {
  return {columns: columns.map(({name, type}) => ({name, type}))};
}

function checkOf({check, passed, severity, detail, failures}: Finding) {
  const metadata: Metadata = {
    found: {type: "text", raw_value: detail},
    failures: {type: "int", raw_value: failures}
  };
  return {
    name: check,
    passed,
    severity: severity === "block" ? ("ERROR" as const) : ("WARN" as const),
    metadata
  };
}
