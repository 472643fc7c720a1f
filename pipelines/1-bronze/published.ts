import {sources} from "../catalog.ts";
import type {Release} from "../release.ts";
import {objectsOf, type StepResult} from "../step.ts";

/** The published bronze, as the steps that made it would give it. */
export function bronzeOf({objects, ledger}: Release): StepResult[] {
  return sources.map(({name}) => ({
    step: `bronze ${name}`,
    key: "",
    objects: objectsOf({objects}, "bronze", name),
    facts: {ledger: ledger.filter((line) => line.hop === "source → bronze" && line.table_name === name)}
  }));
}
