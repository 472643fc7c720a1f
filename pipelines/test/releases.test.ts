import {readFileSync, readdirSync, truncateSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {findDiff} from "../diff/find.ts";
import {clear} from "../gc.ts";
import {openLake} from "../lake/lake.ts";
import {findPointer} from "../pointer.ts";
import {silent} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findCurrent, findNamed, listReleases, type Release} from "../release.ts";
import {resume, rollback} from "../rollback.ts";
import {asSuperuser} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* One world lives on from test to test: a release comes back, is held, is let go; what nobody needs is cleared. */

let world: World;
let first: Release;
let second: Release;
beforeAll(async () => {
  world = openWorld(shop);
  first = (await world.refresh()).release;
  sell("SO5,HELMET,2,20250401,20250407,20250412,20,1,20\n");
  second = (await world.refresh()).release;
});
afterAll(() => world.remove());

const sales = () => join(world.source, "source_crm/sales_details.csv");
const sell = (line: string) => writeFileSync(sales(), readFileSync(sales(), "utf8") + line);
const revenue = async () =>
  (await world.sql<{r: string}>("select sum(sales_amount)::varchar as r from gold.fct_sales"))[0]!.r;
const inWarehouse = async (schema = "gold") =>
  asSuperuser(async (ask) => {
    const {prefix} = world.config.warehouse;
    const rows = await ask(
      `select sum(sales_amount)::text as r from ${prefix}${schema}.${schema === "gold" ? "fct_sales" : "sales"}`
    );
    return (rows[0] as {r: string}).r;
  });
const back = (wanted: string, reason = "wrong export") =>
  rollback(world.config, wanted, {progress: silent, reason});

test("a release comes back in lake and warehouse, and is held with its reason", async () => {
  expect([await revenue(), await inWarehouse()]).toEqual(["1900.00", "1900.00"]);
  const {run, release} = await back("previous");
  expect(run).toMatchObject({status: "published", release: release.id});
  expect(release).toMatchObject({parent: second.id, restores: {release: first.id, reason: "wrong export"}});
  expect(release.content).toBe(first.content);
  expect([await revenue(), await inWarehouse(), await inWarehouse("marts")]).toEqual([
    "1880.00",
    "1880.00",
    "1880.00"
  ]);
  expect(await findPointer(openLake(world.config))).toEqual({
    release: release.id,
    held: {reason: "wrong export", since: release.published_at}
  });
});

test("the next refresh builds and does not roll forward, until it is let go", async () => {
  const held = await world.refresh();
  expect(held.run).toMatchObject({status: "held", release: null});
  expect(held.release.restores?.release).toBe(first.id);
  expect(await revenue()).toBe("1880.00");
  await resume(world.config, {progress: silent});
  expect(await failure(resume(world.config, {progress: silent}))).toBe(
    "no release is held: refreshes publish already"
  );
  const after = await world.refresh();
  expect([after.run.status, after.release.content]).toEqual(["published", second.content]);
  expect([await revenue(), await inWarehouse()]).toEqual(["1900.00", "1900.00"]);
});

test("without its schemas a release comes back from its objects alone: tables, types and views", async () => {
  const {prefix} = world.config.warehouse;
  const columns = () =>
    asSuperuser((ask) =>
      ask(`select table_name, column_name, data_type, numeric_precision from information_schema.columns
        where table_schema in ('${prefix}gold', '${prefix}marts') order by 1, ordinal_position`)
    );
  const before = await columns();
  await asSuperuser((ask) =>
    ask(`drop schema ${first.schemas.gold} cascade; drop schema ${first.schemas.marts} cascade;
      delete from ${prefix}assay.schemas where name in ('${first.schemas.gold}', '${first.schemas.marts}')`)
  );
  await back(first.id);
  expect([await inWarehouse(), await inWarehouse("marts")]).toEqual(["1880.00", "1880.00"]);
  expect(await columns()).toEqual(before);
  await resume(world.config, {progress: silent});
  expect((await world.refresh()).run.status).toBe("published");
});

test("what cannot come back is named", async () => {
  const releases = await listReleases(openLake(world.config));
  expect(await failure(back("2019"))).toBe(
    `unknown release: 2019 (have ${releases
      .slice(0, 5)
      .map(({id}) => id)
      .join(", ")}, and ${releases.length - 5} older ones; npx assay releases lists them)`.replace(
      ", and 0 older ones",
      ""
    )
  );
  expect(await failure(back("current"))).toBe(
    `release ${releases[0]!.id} is what is live already; nothing was done`
  );
  const {key} = first.objects.find(({layer, table}) => layer === "gold" && table === "fct_sales")!;
  const path = join(openLake(world.config).folder, key);
  const bytes = readFileSync(path);
  const damaged = Buffer.from(bytes);
  damaged[10]! ^= 1;
  writeFileSync(path, damaged);
  const said = `release ${first.id} cannot come back: damaged object: ${key}; npx assay releases lists the others`;
  expect(await failure(back(first.id))).toBe(said);
  expect(await failure(findDiff(world.config, openLake(world.config), first, releases[0]!))).toContain(
    `object damaged: ${key}`
  );
  truncateSync(path, 10);
  expect(await failure(back(first.id))).toBe(said);
  writeFileSync(path, bytes);
  expect(await revenue()).toBe("1900.00");
});

test("a damaged object of the live release is found and made again by refresh --verify", async () => {
  const lake = openLake(world.config);
  const {objects} = (await findCurrent(lake))!;
  const {key} = objects.find(({layer, table}) => layer === "silver" && table === "crm_sales_details")!;
  const bytes = readFileSync(join(lake.folder, key));
  bytes[10]! ^= 1;
  writeFileSync(join(lake.folder, key), bytes);
  const notes: string[] = [];
  await refresh(world.config, {progress: {...silent, note: (text) => notes.push(text)}, verify: true});
  expect(notes).toContain(`  lake ${lake.name}: ${key} is damaged: removed, and made again`);
  const checked = await refresh(world.config, {progress: silent, verify: true});
  expect(checked.run.steps.every((step) => step.reused)).toBe(true);
  expect(await revenue()).toBe("1900.00");
});

test("clearing keeps all that kept releases need, and nothing else of Assay's", async () => {
  const lake = openLake(world.config);
  const before = await listReleases(lake);
  const files = () =>
    readdirSync(lake.folder, {recursive: true, encoding: "utf8"}).filter((name) => /\.\w+$/.test(name));
  writeFileSync(join(lake.folder, "notes.txt"), "mine");
  const planned = await clear(world.config, {keep: 2, dryRun: true, progress: silent});
  const all = files().length;
  const cleared = await clear(world.config, {keep: 2, progress: silent});
  expect(cleared).toEqual(planned);
  expect(cleared.kept).toEqual(before.slice(0, 2).map(({id}) => id));
  expect(cleared.removed_releases).toHaveLength(before.length - 2);
  expect(files()).toHaveLength(all - cleared.removed_files);
  expect(files()).toContain("notes.txt");
  for (const {objects} of await listReleases(lake))
    for (const {key, bytes} of objects) expect(await lake.head(key)).toBe(bytes);
  const again = await world.refresh();
  expect(again.run.steps.every((step) => step.reused)).toBe(true);
  expect((await clear(world.config, {keep: 2, progress: silent})).removed_files).toBe(0);
  expect((await findNamed(lake, "previous")).id).toBe(before[1]!.id);
  await back("previous");
  await resume(world.config, {progress: silent});
});
