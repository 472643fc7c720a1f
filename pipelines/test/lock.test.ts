import {appendFileSync} from "node:fs";
import {join} from "node:path";
import {afterEach, beforeEach, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {silent} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {newId} from "../history.ts";
import {movePointer} from "../pointer.ts";
import {findCurrent, type Release, writeRelease} from "../release.ts";
import {beginRun, listRuns, type Run, runnerOf, writeRun} from "../run.ts";
import {lockWarehouse} from "../warehouse/lock.ts";
import {openWarehouse, type Warehouse} from "../warehouse/postgres.ts";
import {probeWarehouse} from "../warehouse/probe.ts";
import {asSuperuser} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* One writer at a time for a database and prefix, and older data never replace newer. */

let world: World;
let holder: Warehouse;
const hold = async () => {
  holder = await openWarehouse(world.config, silent);
  await lockWarehouse(holder, {wait: false, progress: silent});
};
const sell = () =>
  appendFileSync(
    join(world.source, "source_crm/sales_details.csv"),
    "SO9,HELMET,1,20250401,20250407,20250412,5,1,5\n"
  );

beforeEach(() => {
  world = openWorld(shop);
});
afterEach(async () => {
  await holder?.close();
  world.remove();
});

/** Refreshes with --wait; `meanwhile` happens when it begins to wait, then the lock is free. */
async function waitFor(meanwhile: () => Promise<void>): Promise<{notes: string[]; ended: Promise<Run>}> {
  const notes: string[] = [];
  let freed: Promise<void> | undefined;
  const note = (text: string) => {
    notes.push(text);
    if (text.startsWith("waiting: the warehouse ")) freed = meanwhile().then(() => holder.close());
  };
  const ended = refresh(world.config, {progress: {...silent, note}, wait: true}).then(({run}) => run);
  await ended.catch(() => undefined);
  await freed;
  return {notes, ended};
}

test("a refresh names who has the warehouse; with --wait it waits, and says so once", async () => {
  await hold();
  const {host} = runnerOf("");
  const held = `the warehouse ${holder.name} is in use by assay on ${host} (process ${process.pid}) since `;
  const message = await failure(world.refresh());
  expect(message.startsWith(held)).toBe(true);
  expect(message.slice(held.length)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z; wait for it with --wait$/);
  expect(await probeWarehouse(world.config)).toContain(`, a refresh is running: assay on ${host}`);
  const {notes, ended} = await waitFor(async () => {});
  expect((await ended).status).toBe("published");
  expect(notes.filter((text) => text.startsWith("waiting: "))).toHaveLength(1);
});

test("another prefix of the same database is not kept waiting", async () => {
  await hold();
  const other = openWorld(shop);
  expect((await other.refresh()).run.status).toBe("published");
  other.remove();
});

test("a refresh that waited while another home published begins anew: older data never replace newer", async () => {
  await world.refresh();
  const lake = openLake(world.config);
  const current = (await findCurrent(lake))!;
  await hold();
  sell();
  const next: Release = {...current, id: newId(), parent: current.id};
  const {ended, notes} = await waitFor(async () => {
    await writeRelease(lake, next);
    await movePointer(lake, {release: next.id}, {release: current.id});
  });
  expect((await ended).status).toBe("published");
  expect(notes).toContain(
    `  lake ${lake.name}: another release was published meanwhile: once more, on top of it`
  );
  expect((await findCurrent(lake))!.parent).toBe(next.id);
  const [again, stopped] = await listRuns(lake, 2);
  expect([again!.status, stopped!.status]).toEqual(["published", "failed"]);
  expect(stopped!.error).toContain("another release was published meanwhile; run npx assay refresh again");
});

test("a publication that crashed before the pointer is finished; after another home's the source is read again", async () => {
  await world.refresh();
  const lake = openLake(world.config);
  const {prefix} = world.config.warehouse;
  for (const [home, isOwn] of [
    [world.config.home, true],
    ["another", false]
  ] as const) {
    const current = (await findCurrent(lake))!;
    const [last] = await listRuns(lake, 1);
    const run: Run = {...last!, id: newId(), by: runnerOf(home)};
    const crashed: Release = {...current, id: newId(), run: run.id, parent: current.id};
    await writeRun(lake, run);
    await writeRelease(lake, crashed);
    await asSuperuser((ask) => ask(`update ${prefix}assay.live set release = '${crashed.id}'`));
    sell();
    if (!isOwn) expect(await failure(world.refresh())).toContain("another release was published meanwhile");
    const {run: ended, release} = await world.refresh();
    expect([ended.status, release.parent]).toEqual(["published", crashed.id]);
  }
});

test("only a run of the same home is taken for interrupted, however many others came after", async () => {
  const lake = openLake(world.config);
  const mine = runnerOf(world.config.home);
  expect(JSON.stringify(mine)).not.toContain(world.config.home);
  const first = await beginRun(lake, mine);
  const others = await beginRun(lake, runnerOf("another"));
  const again = await beginRun(lake, mine);
  expect((await listRuns(lake)).map(({id, status, by}) => [id, status, by!.home === mine.home])).toEqual([
    [again.id, "running", true],
    [others.id, "running", false],
    [first.id, "interrupted", true]
  ]);
});
