import {bronzeOf} from "../1-bronze/published.ts";
import type {Release} from "../release.ts";
import type {Context, StepResult} from "../step.ts";
import {type Bronze, changeShared, type SharedRun} from "./shared.ts";

/** The rows of the source that a run is made of: as it took them, or as the published release has them. */
export async function rowsOf(
  context: Context,
  shared: SharedRun,
  before: Release | undefined
): Promise<StepResult[]> {
  if (shared.bronze) return shared.bronze.results;
  if (!before)
    throw new Error(`no rows of the source in lake ${context.lake.name} yet: npx assay run bronze`);
  const bronze: Bronze = {from: "release", results: bronzeOf(before)};
  await changeShared(context, shared, () => ({shared: {bronze}}));
  return bronze.results;
}
