import type {Check} from "../checks.ts";
import {type Dataset, facet} from "./event.ts";
import type {Told} from "./told.ts";

/**
 * The tables that the checks of a run look at, each with what is asserted of it: by counts of bad rows, never by values.
 * dbt tests what the warehouse has, the others what the lake has; a check of no one table, such as the ledger's, is left out.
 */
export function assertedOf({run, names}: Told): Dataset[] {
  const tables = new Map<string, {place: Dataset; checks: Check[]}>();
  for (const check of run.checks) {
    if (!check.table) continue;
    const [layer = "", table = ""] = check.table.split(".");
    const place = check.kind === "dbt test" ? names.warehouse(layer, table) : names.lake(layer, table);
    const key = JSON.stringify(place);
    const {checks} = tables.get(key) ?? {checks: []};
    tables.set(key, {place, checks: [...checks, check]});
  }
  return [...tables.values()].map(({place, checks}) => ({
    ...place,
    inputFacets: facet("dataQualityAssertions", {assertions: checks.map(assertionOf)})
  }));
}

function assertionOf({name, kind, status, severity, failures, description}: Check): Record<string, unknown> {
  return {
    assertion: kind,
    name,
    success: status === "pass",
    ...(severity && {severity: severity === "block" ? "error" : "warn"}),
    ...(description && {description}),
    expected: "0",
    actual: String(failures)
  };
}
