import {dropOldSchemas, findLive, publish} from "./4-warehouse/publish.ts";
import {admitReader, hasReader, readerOf} from "./4-warehouse/reader.ts";
import {newId} from "./history.ts";
import {findPointer, movePointer, overtaken, type Pointer} from "./pointer.ts";
import {contentOfRelease, findRelease, type Release, readRelease, writeRelease} from "./release.ts";
import {findRun, type Run} from "./run.ts";
import {type Context, isWhole} from "./step.ts";
import type {Warehouse} from "./warehouse/postgres.ts";

/** A release in the making: whole, but without a name. */
export type Draft = Omit<Release, "id" | "content" | "published_at">;

/** What is live in lake and warehouse. */
export type Live = {pointer: Pointer; release: Release} | undefined;

/**
 * Publishes a draft over what is live, unless that says the same or is held: then the draft stays unpublished. Returns
 * the release that is live.
 */
export async function goLive(
  context: Context,
  warehouse: Warehouse,
  run: Run,
  draft: Draft,
  live: Live
): Promise<Release> {
  const {lake, progress} = context;
  const content = contentOfRelease(draft);
  Object.assign(run, {checks: draft.checks, ...(draft.accepted?.length && {accepted: draft.accepted})});
  if (live?.release.content === content && (await isWhole(lake, live.release.objects))) {
    if ((await findLive(warehouse)) !== live.release.id)
      await publish(warehouse, {release: live.release.id, ...draft.schemas});
    await admitReader(warehouse, draft.schemas);
    Object.assign(run, {status: "unchanged", release: live.release.id});
    return live.release;
  }
  if (live?.pointer.held) {
    Object.assign(run, {status: "held", release: null});
    const {since, reason} = live.pointer.held;
    progress.note(
      `  built and not published: release ${live.release.id} is held since ${since}: ${reason}; npx assay resume lets refreshes publish again`
    );
    await tidyWarehouse(context, warehouse);
    return live.release;
  }
  const next: Release = {id: newId(), content, published_at: new Date().toISOString(), ...draft};
  await makeLive(context, warehouse, next, live?.pointer);
  Object.assign(run, {status: "published", release: next.id});
  return next;
}

/** Publishes a whole release in the warehouse, then in the lake. */
export async function makeLive(
  context: Context,
  warehouse: Warehouse,
  next: Release,
  pointer: Pointer | undefined
): Promise<void> {
  const {lake} = context;
  await writeRelease(lake, next);
  await publish(warehouse, {release: next.id, ...next.schemas});
  await movePointer(lake, pointerTo(next), pointer);
  await tidyWarehouse(context, warehouse);
}

/**
 * What is live. After a crash between the warehouse's commit and the pointer, the pointer advances; else the lake's word
 * counts. Throws if another home published since this run began to read: older data never replace newer.
 */
export async function reconcile(
  {lake, progress}: Context,
  warehouse: Warehouse,
  {by}: Pick<Run, "by">,
  before: Release | undefined
): Promise<Live> {
  const pointer = await findPointer(lake);
  if (pointer?.release !== before?.id) throw overtaken(lake);
  const current: Live = pointer && {pointer, release: await readRelease(lake, pointer.release)};
  const live = await findLive(warehouse);
  if (live === undefined || live === pointer?.release) return current;
  const next = await findRelease(lake, live);
  if (!next || next.parent !== (pointer?.release ?? null)) return current;
  await movePointer(lake, pointerTo(next), pointer);
  progress.note(`  finished the publication of release ${next.id}`);
  // a run of this home ended before this one began, another home's perhaps after
  const made = await findRun(lake, next.run);
  if (made?.by && made.by.home !== by?.home) throw overtaken(lake);
  return {pointer: pointerTo(next), release: next};
}

/** A rollback holds what it brings back. */
function pointerTo({id, published_at, restores}: Release): Pointer {
  return {release: id, ...(restores && {held: {reason: restores.reason, since: published_at}})};
}

/** Drops the schemas of the warehouse that are old, and says what it cannot. */
export async function tidyWarehouse({progress}: Context, warehouse: Warehouse): Promise<void> {
  for (const schema of await dropOldSchemas(warehouse))
    progress.note(`  warehouse: schema ${schema} is old but somebody else reads it, so it stays`);
  if (!(await hasReader(warehouse)))
    progress.note(
      `  warehouse: no role ${readerOf(warehouse)}, and this role may not make it: npx assay doctor says the line`
    );
}
