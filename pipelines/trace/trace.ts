import {watched} from "../lake/verify.ts";
import {amountsOf} from "./amounts.ts";
import {type Cost, costDifferences, readCost, showVersions} from "./cost.ts";
import {type Line, readLines} from "./lines.ts";
import {pickRows, type Place} from "./pick.ts";
import {readPredicate} from "./predicate.ts";
import {findStart} from "./start.ts";
import {findDifferences, readSteps, type Step} from "./steps.ts";

/** Why a number is what it is: rows and sums from a predicate down to the source, and the first rows. */
export type Trace = {
  predicate: string;
  release: string;
  steps: Step[];
  cost?: Cost;
  lines: Line[];
  /** Where sums do not agree; nothing is missing if it is empty. */
  differences: string[];
};

/** Follows the rows of `TABLE where CONDITION` from gold or a mart to the source. */
export async function trace(
  {lake: own, release, ...rest}: Place & {root: string},
  text: string,
  limit: number
): Promise<Trace> {
  const {lake, settle} = watched(own, release.objects);
  try {
    return await follow({...rest, lake, release}, text, limit);
  } finally {
    // whatever was found or went wrong, a damaged object is the first to tell
    await settle();
  }
}

async function follow(place: Place & {root: string}, text: string, limit: number): Promise<Trace> {
  const {connection, release, root} = place;
  const predicate = await readPredicate(connection, text);
  const start = findStart(predicate, release, root);
  const amounts = amountsOf(start.source, start.gold);
  await pickRows(place, start, predicate, amounts);
  const steps = await readSteps(place, start, amounts);
  const differences = await findDifferences(place, start, amounts, steps);
  const found = {predicate: text, release: release.id, steps};
  if (start.gold?.name !== "fct_sales")
    return {...found, lines: await readLines(place, start, limit), differences};
  await showVersions(place);
  const cost = await readCost(place);
  const lines = await readLines(place, start, limit);
  return {...found, cost, lines, differences: [...differences, ...costDifferences(cost)]};
}
