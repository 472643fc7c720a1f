import {buildInTurn} from "../5-site/build.ts";
import {gold} from "../catalog.ts";
import {type Check, FailedChecks} from "../checks.ts";
import {findJson} from "../lake/json.ts";
import {goLive} from "../live.ts";
import {carry, martsOf, type Origin, toExtracts, toGold, toWarehouse} from "../refresh.ts";
import {readCurrent, type Release} from "../release.ts";
import {findRun, type Run} from "../run.ts";
import {notePosition} from "../source/changed.ts";
import {describeSource} from "../source/source.ts";
import {type Context, fromOf, hash, objectsOf, type StepResult} from "../step.ts";
import {
  checkFindings,
  type Finding,
  ledgerFindings,
  type Outcome,
  type Product,
  productOf,
  productsOf
} from "./outcome.ts";
import {checkAccept} from "../monitors/watch.ts";
import {changeShared, ofRun, type SharedRun} from "./shared.ts";
import {rowsOf} from "./taken.ts";
import {extractOf, type Target} from "./targets.ts";

/** What the rest of a run is made from: its rows, and the release it will replace. */
export async function originOf(
  context: Context,
  shared: SharedRun,
  before: Release | undefined,
  {wait, accept}: Pick<Origin, "wait" | "accept">
): Promise<Origin & {run: Run}> {
  checkAccept(accept);
  if (accept) await changeShared(context, shared, () => ({shared: {accept}}));
  const bronze = await rowsOf(context, shared, before);
  const isTaken = shared.bronze?.from === "source";
  const source = (parent: Release | undefined) =>
    isTaken ? describeSource(context.config, bronze, parent?.source) : before!.source;
  const run = (await findRun(context.lake, shared.run))!;
  const acceptBy = (names: string) =>
    run.orchestrator
      ? `launch it again with the run tags assay/accept: ${names} and assay/reason: why`
      : `npx assay run monitors --accept ${names} --reason "why"${ofRun(shared.key)}`;
  return {bronze, source, before, run, wait, accept: accept ?? shared.accept, acceptBy};
}

/** Makes what a run makes of gold: what monitors find, the warehouse, the marts, extracts, and the release itself. */
export async function makeStage(
  context: Context,
  shared: SharedRun,
  target: Exclude<Target, {kind: "bronze" | "silver" | "gold" | "site"}>,
  origin: Origin & {run: Run}
): Promise<Outcome> {
  try {
    switch (target.kind) {
      case "monitors":
        return await watchGold(context, origin);
      case "warehouse":
        return await loadWarehouse(context, origin);
      case "marts":
        return await makeMarts(context, origin);
      case "extracts":
        return await makeExtracts(context, origin, target.loaders);
      case "release":
        return await publish(context, shared, origin);
    }
  } catch (error) {
    if (!(error instanceof FailedChecks)) throw error;
    const own = (check: Check) => check.kind === (target.kind === "monitors" ? "monitor" : "dbt test");
    const findings = [...checkFindings(error.checks.filter(own)), ...ledgerFindings(error.ledger)];
    return {products: [], findings, error};
  }
}

/** Builds the site from the published release. */
export async function makeSite(context: Context, {wait}: {wait: boolean}): Promise<Outcome> {
  const {config, lake, progress} = context;
  const release = await readCurrent(lake);
  const [began, began_at] = [performance.now(), new Date().toISOString()];
  await buildInTurn(config, release, {wait, progress});
  const seconds = (performance.now() - began) / 1000;
  context.steps.push({step: "site", key: release.content, reused: false, seconds, rows: 0, began_at});
  const facts = {release: release.id, data_through: release.data_through.whole};
  return {products: [{asset: "site", step: "site", content: release.content, facts}], findings: []};
}

async function watchGold(context: Context, origin: Origin): Promise<Outcome> {
  const {watched, data_through} = await toGold(context, origin);
  const content = hash(JSON.stringify([watched.profiles[0], watched.checks]));
  const facts = {data_through: data_through.whole, monitors: watched.checks.length};
  return {
    products: [{asset: "monitors", step: "monitors", content, facts}],
    findings: checkFindings(watched.checks)
  };
}

function loadWarehouse(context: Context, origin: Origin): Promise<Outcome> {
  return toWarehouse(context, origin, async ({star, loaded}) => {
    const products = gold.map(({name}) => {
      const objects = star.steps.flatMap((step) => objectsOf(step, "gold", name));
      const {content, rows, columns} = productOf(loaded.step, "", objects) as Required<Product>;
      const facts = {schema: loaded.facts.schema as string};
      return {asset: `warehouse.${name}`, step: loaded.step, content, rows, columns, facts};
    });
    return {products, findings: ledgerFindings(loaded.facts.ledger ?? [])};
  });
}

function makeMarts(context: Context, origin: Origin): Promise<Outcome> {
  return toWarehouse(context, origin, async (loading) => {
    const marts = await martsOf(context, loading);
    const {views, checks, ledger = [], dbt} = marts.facts;
    const made = productsOf(marts.step, "marts", marts.objects);
    const shown = Object.entries(views as Release["views"]).map(([name, select]) => ({
      asset: `marts.${name}`,
      step: marts.step,
      content: hash(
        JSON.stringify([select, [...loading.star.contents.values()], made.map((one) => one.content)])
      )
    }));
    const findings = [...ledgerFindings(ledger), ...checkFindings(checks as Check[])];
    return {products: [...made, ...shown], findings, selects: (dbt as NonNullable<Release["dbt"]>).selects};
  });
}

/** Extracts need no warehouse where its steps were done in this run. */
async function makeExtracts(
  context: Context,
  origin: Origin & {run: Run},
  loaders: string[]
): Promise<Outcome> {
  const star = await toGold(context, origin);
  const loaded = await findDone(context, origin.run, "warehouse gold", Object.fromEntries(star.contents));
  const marts =
    loaded && (await findDone(context, origin.run, "marts (dbt)", {gold: loaded.facts.schema as string}));
  const parent = origin.before?.id ?? null;
  const ground = {source: origin.source(origin.before), parent, run: origin.run.id};
  const draft =
    loaded && marts
      ? await toExtracts(context, star, {loaded, marts, ...ground}, loaders)
      : await toWarehouse(context, origin, async (loading) => {
          const made = await martsOf(context, loading);
          return toExtracts(context, star, {loaded: loading.loaded, marts: made, ...ground}, loaders);
        });
  const products = loaders.map((loader) =>
    productOf(`extract ${loader}`, extractOf(loader), objectsOf(draft, "extracts", loader))
  );
  const lines = draft.ledger.filter(({table_name}) => loaders.includes(table_name));
  return {products, findings: ledgerFindings(lines.filter(({hop}) => hop === "marts → extracts"))};
}

/** The result of a step of this run, if what it read is what there is now. */
async function findDone(
  {lake}: Context,
  {steps}: Run,
  name: string,
  inputs: Record<string, string>
): Promise<StepResult | undefined> {
  const done = steps.find(({step}) => step === name);
  const now = fromOf({name, inputs, code: []}).inputs;
  const isSame = Object.entries(now).every(([table, content]) => done?.from?.inputs[table] === content);
  return done && isSame ? findJson<StepResult>(lake, `steps/${done.key}.json`) : undefined;
}

function publish(context: Context, {position}: SharedRun, origin: Origin & {run: Run}): Promise<Outcome> {
  return carry(context, origin, async (warehouse, draft, live) => {
    const release = await goLive(context, warehouse, origin.run, draft, live);
    if (position) await notePosition(context.config, context.lake, position);
    const {id, content, data_through, ledger, checks} = release;
    const warned: Finding = {
      asset: "release",
      check: "published",
      passed: origin.run.status !== "held",
      severity: "warn",
      detail: `${origin.run.status}: release ${id} is live`,
      failures: 0
    };
    const facts = {
      release: id,
      run: origin.run.id,
      status: origin.run.status,
      data_through: data_through.whole,
      ledger_lines: ledger.length,
      checks: checks.length
    };
    const {status, release: published, checks: checked, accepted} = origin.run;
    const run = {status, release: published, checks: checked, ...(accepted && {accepted})};
    return {products: [{asset: "release", step: "release", content, facts}], findings: [warned], run};
  });
}
