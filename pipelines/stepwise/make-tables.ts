import {makeBronze} from "../1-bronze/bronze.ts";
import {makeSilver} from "../2-silver/silver.ts";
import {makeGold} from "../3-gold/gold.ts";
import {monthsOf} from "./months.ts";
import {findTable, gold, silver, sources} from "../catalog.ts";
import {BrokenContract, driftChecks} from "../checks.ts";
import {UsageError} from "../config.ts";
import {checkLedger} from "../ledger.ts";
import {type Tables, tablesOfSteps} from "../parts.ts";
import type {Release} from "../release.ts";
import {findPosition} from "../source/changed.ts";
import {checkSource, describeSource, ensureSource} from "../source/source.ts";
import {byTable, type Context, objectsOf, rowsIn, type StepResult} from "../step.ts";
import {showTables, showToday} from "../views.ts";
import {
  checkFindings,
  type Finding,
  ledgerFindings,
  type Month,
  type Outcome,
  productOf,
  productsOf
} from "./outcome.ts";
import {silverReadBy} from "./reads.ts";
import {type Bronze, changeShared, type SharedRun} from "./shared.ts";
import {rowsOf} from "./taken.ts";
import type {Target} from "./targets.ts";

/** Takes the source: what all later steps of the run are made of. */
export async function takeSource(
  context: Context,
  shared: SharedRun,
  before: Release | undefined
): Promise<Outcome> {
  const {config, progress} = context;
  checkSource(config, before);
  await ensureSource(config, progress);
  const position = await findPosition(config).catch(() => undefined);
  const results = await makeBronze(context);
  const bronze: Bronze = {from: "source", results};
  await changeShared(context, shared, () => ({shared: {bronze, ...(position && {position})}}));
  const {drift} = describeSource(config, results, before?.source);
  const products = results.flatMap(({step, objects}) => productsOf(step, "bronze", objects));
  const checks = driftChecks(
    sources.map(({name}) => name),
    drift
  );
  return judged(products, [...ledgerFindings(ledgerOf(results)), ...checkFindings(checks)], results);
}

/** Makes a table of silver or gold from the rows of the run; of `months` all that they need, though it is there. */
export async function makeTable(
  context: Context,
  shared: SharedRun,
  target: Extract<Target, {kind: "silver" | "gold"}>,
  {before, months}: {before: Release | undefined; months?: string[] | undefined}
): Promise<Outcome> {
  const asset = target.name;
  const contract = (passed: boolean, detail: string): Finding => ({
    asset,
    check: "contract",
    passed,
    severity: "block",
    detail,
    failures: passed ? 0 : 1
  });
  try {
    const bronze = await rowsOf(context, shared, before);
    await showToday(context.connection, context.config);
    await showAll(context, bronze);
    const [result, found] =
      target.kind === "silver"
        ? ([await silverOf(context, bronze, target.table.name), undefined] as const)
        : await goldOf(context, bronze, target.table.name, {before, months});
    const {objects, facts} = result;
    const own = objects.filter(({layer}) => layer === target.kind);
    const records = (layer: string) => rowsIn(objects.filter((object) => object.layer === layer));
    const refused = {rejects: records("rejects"), corrections: records("corrections")};
    const products = [productOf(result.step, asset, own, target.kind === "silver" ? refused : undefined)];
    const findings = [
      ...ledgerFindings(facts.ledger ?? []),
      contract(true, "columns, rows and rules as promised")
    ];
    return {...judged(products, findings, [result]), ...(found && {months: found})};
  } catch (error) {
    if (!(error instanceof BrokenContract)) throw error;
    const {message, withheld} = error as Error & {withheld?: string};
    return {products: [], findings: [contract(false, withheld ?? message)], error};
  }
}

/** What does not add up is told, and ends the step. */
function judged(products: Outcome["products"], findings: Finding[], results: StepResult[]): Outcome {
  try {
    checkLedger(ledgerOf(results));
    return {products, findings};
  } catch (error) {
    return {products: [], findings, error: error as Error};
  }
}

function ledgerOf(results: StepResult[]) {
  return results.flatMap(({facts}) => facts.ledger ?? []);
}

/** Makes a silver table from the views of bronze. */
async function silverOf(
  context: Context,
  bronze: StepResult[],
  name: string,
  anew?: Set<number>
): Promise<StepResult> {
  const [result] = await makeSilver(context, tablesOfSteps(bronze), {
    tables: [findTable(silver, name)],
    anew
  });
  return result!;
}

async function goldOf(
  context: Context,
  bronze: StepResult[],
  name: string,
  {before, months}: {before: Release | undefined; months?: string[] | undefined}
): Promise<[StepResult, Month[] | undefined]> {
  const table = findTable(gold, name);
  const make = async (anew?: Set<number>) => {
    const results: StepResult[] = [];
    for (const one of await silverReadBy(context.config, table))
      results.push(await silverOf(context, bronze, one.name, one.name === table.from ? anew : undefined));
    await showAll(context, results);
    const tables: Tables = tablesOfSteps(results);
    const [made] = await makeGold(context, tables, byTable(before?.objects ?? []), {tables: [table], anew});
    await showAll(context, [made!]);
    return made!;
  };
  const made = await make();
  const found = await monthsOf(context, table);
  if (!months) return [made, found];
  checkMonths(name, months, found ?? []);
  const again = await make(await partsOf(context, made, name, months));
  return [again, await monthsOf(context, table)];
}

/** Lines without a date may be there or not. */
function checkMonths(name: string, months: string[], found: Month[]): void {
  const dated = found.map(({month}) => month).filter((month) => month !== "undated");
  const unknown = months.filter((month) => month !== "undated" && !dated.includes(month));
  if (!unknown.length) return;
  const range = dated.length > 1 ? `${dated[0]} to ${dated.at(-1)}` : dated.join();
  throw new UsageError(
    `unknown month of gold.${name}: ${unknown.join(", ")} (have ${[range, "undated"].filter(Boolean).join(", ")})`
  );
}

/** The parts of a table with lines of these months: what a backfill of them needs. */
async function partsOf(
  context: Context,
  {objects}: StepResult,
  name: string,
  months: string[]
): Promise<Set<number>> {
  const own = objectsOf({objects}, "gold", name);
  const parts = new Set<number>();
  for (const part of own) {
    await showTables(context.connection, context.lake, [part]);
    const found = await monthsOf(context, findTable(gold, name));
    if (found?.some(({month}) => months.includes(month)) && part.chunk !== undefined) parts.add(part.chunk);
  }
  await showTables(context.connection, context.lake, own);
  return parts;
}

async function showAll({connection, lake}: Context, results: StepResult[]): Promise<void> {
  const objects = results.flatMap((result) => result.objects);
  await showTables(
    connection,
    lake,
    objects.filter(({layer}) => ["bronze", "silver", "gold"].includes(layer))
  );
}
