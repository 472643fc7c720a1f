import type {DuckDBConnection} from "@duckdb/node-api";
import type {Definitions} from "../../src/components/semantic/select.ts";
import {run} from "../engine/duckdb.ts";
import type {Lake} from "../lake/lake.ts";
import type {Release} from "../release.ts";
import {byTable, contentOfTable, rowsIn} from "../step.ts";
import {type MeasureChange, compareMeasures, type Segment} from "./measures.ts";
import {explainRows} from "./reasons.ts";
import {compareTables, type TableChange} from "./rows.ts";

/** What a difference is made with: an engine of its own. */
export type Desk = {connection: DuckDBConnection; lake: Lake; definitions: Definitions};

/** What is compared: a release, or one in the making. */
export type Side = Pick<
  Release,
  "objects" | "views" | "data_through" | "measures" | "rules" | "today" | "checks"
> & {
  id: string;
  published_at: string | null;
};

/** How one release differs from another: the parts of every change sum to it. */
export type Diff = {
  from: Told;
  to: Told;
  measures: MeasureChange[];
  segments: Segment[];
  /** Gold, row by row. */
  tables: TableChange[];
  /** Every other table and extract whose content differs. */
  others: {layer: string; table: string; before: number | null; after: number | null}[];
  /** The files of SQL and YAML that differ. */
  rules: string[];
  /** Checks whose status differs. */
  checks: {name: string; before: string | null; after: string | null}[];
};

type Told = {id: string; published_at: string | null; data_through: string | null; today: string};

/** Compares two releases of a lake, on an empty engine. */
export async function diff(desk: Desk, before: Side, after: Side): Promise<Diff> {
  await run(
    desk.connection,
    "create schema moved; create schema if not exists gold; create schema if not exists marts"
  );
  const tables = await compareTables(desk, before, after);
  await explainRows(desk, before, after);
  const {measures, segments} = await compareMeasures(desk, before, after);
  return {
    from: told(before),
    to: told(after),
    measures,
    segments,
    tables,
    others: othersOf(before, after),
    rules: changedRules(before, after),
    checks: changedChecks(before, after)
  };
}

function told({id, published_at, data_through, today}: Side): Told {
  return {id, published_at, data_through: data_through.whole, today};
}

function othersOf(before: Side, after: Side): Diff["others"] {
  const [old, now] = [byTable(before.objects), byTable(after.objects)];
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => !name.startsWith("gold."));
  const isSame = (name: string) => {
    const [a, b] = [old.get(name), now.get(name)];
    return a && b && contentOfTable(a) === contentOfTable(b);
  };
  const rows = (objects: Release["objects"] | undefined) => (objects ? rowsIn(objects) : null);
  return names
    .filter((name) => !isSame(name))
    .map((name) => {
      const {layer, table} = (old.get(name) ?? now.get(name))![0]!;
      return {layer, table, before: rows(old.get(name)), after: rows(now.get(name))};
    });
}

/** The files that decide what a release says and differ; none where an old manifest does not tell. */
export function changedRules(
  {rules: before}: Pick<Side, "rules">,
  {rules: after}: Pick<Side, "rules">
): string[] {
  if (!before || !after) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => before[name] !== after[name]);
}

function changedChecks(before: Side, after: Side): Diff["checks"] {
  const statuses = (side: Side) => new Map(side.checks.map(({name, status}) => [name, status]));
  const [old, now] = [statuses(before), statuses(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => ({name, before: old.get(name) ?? null, after: now.get(name) ?? null}));
}
