import {fact} from "../catalog.ts";
import type {TableProfile} from "../monitors/profile.ts";
import type {Release} from "../release.ts";

/** How a table differs from what it was in the release before; what was not kept of it is absent. */
export type Drift = {
  rows?: {before: number; now: number};
  /** Columns whose count of nulls changed. */
  nulls: Record<string, {before: number; now: number}>;
  /** Members of a column that are new, and those that are gone. */
  members: Record<string, {added: string[]; gone: string[]}>;
};

/** What moved in a table since the release before: rows by the manifests, nulls and members by the profiles they keep. */
export function driftOf(
  name: string,
  columns: string[],
  release: Release,
  parent: Release | undefined
): Drift | null {
  if (!parent) return null;
  const [before, now] = [rowsOf(parent, name), rowsOf(release, name)];
  const drift: Drift = {nulls: {}, members: {}};
  if (before !== undefined && now !== undefined) drift.rows = {before, now};
  const profiled = originOf(name);
  const [old, own] = [parent, release].map((one) => one.profiles?.[0]?.tables[profiled]);
  if (old && own) addColumns(drift, columns, old, own);
  return drift;
}

/** The gold table whose rows and columns a table has: the lines of `marts.sales` are those of the fact table. */
function originOf(name: string): string {
  return name === "marts.sales" ? `gold.${fact.name}` : name;
}

/** How many rows a table has in a release, by its manifest. */
export function rowsOf({objects, ledger, checks, data_through}: Release, name: string): number | undefined {
  const [layer, table] = originOf(name).split(".");
  if (name === "assay.ledger") return ledger.length;
  if (name === "assay.checks") return checks.length;
  if (name === "assay.data_through") return Object.keys(data_through.tables).length;
  const isRecord = layer === "assay";
  const parts = objects.filter((one) =>
    isRecord ? one.layer === table : one.layer === layer && one.table === table
  );
  return parts.length ? parts.reduce((sum, {rows}) => sum + rows, 0) : undefined;
}

function addColumns(drift: Drift, columns: string[], old: TableProfile, own: TableProfile): void {
  for (const column of columns) {
    const [before, now] = [old.nulls[column], own.nulls[column]];
    if (before !== undefined && now !== undefined && before !== now) drift.nulls[column] = {before, now};
    const [had, has] = [old.members?.[column], own.members?.[column]];
    if (!had || !has) continue;
    const added = Object.keys(has).filter((member) => !(member in had));
    const gone = Object.keys(had).filter((member) => !(member in has));
    if (added.length || gone.length) drift.members[column] = {added, gone};
  }
}
