import {loadGold} from "./4-warehouse/load.ts";
import {isSchemaStanding, prepareWarehouse} from "./4-warehouse/schemas.ts";
import {restoreMarts} from "./4-warehouse/restore.ts";
import {attempt, type Refreshed} from "./attempt.ts";
import {type Config, UsageError} from "./config.ts";
import {newId} from "./history.ts";
import {checkObjects} from "./lake/check.ts";
import {openLake} from "./lake/lake.ts";
import {makeLive, reconcile} from "./live.ts";
import {contentsOf} from "./parts.ts";
import {findPointer, movePointer, type Pointer} from "./pointer.ts";
import type {Progress} from "./progress.ts";
import {findNamed, readCurrent, type Release} from "./release.ts";
import {byTable} from "./step.ts";
import {showTables} from "./views.ts";
import {withWarehouse} from "./warehouse/use.ts";
import {withWork} from "./work.ts";

export type Options = {progress: Progress; reason: string; wait?: boolean};

/**
 * Brings a release back in lake and warehouse, as a new release with the old one's objects, and holds it: refreshes
 * build and do not publish until `resume`. `wanted` is an id, the beginning of one, or `previous`.
 */
export function rollback(
  config: Config,
  wanted: string,
  {progress, reason, wait = false}: Options
): Promise<Refreshed> {
  return attempt(config, {task: "rollback", progress, wait}, async (context, run) => {
    const {lake} = context;
    const before = await readCurrent(lake);
    const target = await findNamed(lake, wanted);
    if (target.id === before.id || target.content === before.content)
      throw new UsageError(`release ${target.id} is what is live already; nothing was done`);
    await checkObjects(lake, target.objects, config.lake.kind === "s3").catch((error: Error) => {
      const what = error.message.replace(/;.*/, "");
      throw new Error(`release ${target.id} cannot come back: ${what}; npx assay releases lists the others`);
    });
    const tables = byTable(target.objects.filter(({layer}) => layer === "gold"));
    return withWarehouse(config, {wait, progress}, async (warehouse) => {
      await prepareWarehouse(warehouse);
      const live = await reconcile(context, warehouse, run, before);
      await showTables(context.connection, lake, [...tables.values()].flat());
      const isStanding = await isSchemaStanding(warehouse, target.schemas.gold);
      const gold = isStanding
        ? target.schemas.gold
        : (await loadGold(context, warehouse, Object.fromEntries(contentsOf(tables)))).facts.schema;
      const schemas = {...target.schemas, gold: gold as string};
      // without the gold they read, the views of marts are gone too
      if (!isStanding || !(await isSchemaStanding(warehouse, schemas.marts)))
        await restoreMarts(context, warehouse, {...target, schemas});
      const next: Release = {
        ...target,
        id: newId(),
        parent: live?.release.id ?? null,
        run: run.id,
        published_at: new Date().toISOString(),
        schemas,
        restores: {release: target.restores?.release ?? target.id, reason}
      };
      await makeLive(context, warehouse, next, live?.pointer);
      Object.assign(run, {status: "published", release: next.id, checks: next.checks});
      return next;
    });
  });
}

/** Lets refreshes publish again. Returns what was held, or throws where nothing is. */
export function resume(config: Config, {progress}: {progress: Progress}): Promise<Pointer> {
  return withWork(config, {task: "resume", progress, wait: false}, async () => {
    const lake = openLake(config);
    const pointer = await findPointer(lake);
    if (!pointer?.held) throw new UsageError("no release is held: refreshes publish already");
    await movePointer(lake, {release: pointer.release}, pointer);
    return pointer;
  });
}
