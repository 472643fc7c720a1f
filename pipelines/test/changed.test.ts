import {renameSync, rmSync, statSync, utimesSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {type Changed, findChanged, findPosition, notePosition} from "../source/changed.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {assay, copyProject} from "./project.ts";
import {shop} from "./shop.ts";
import {edit, failure, openWorld, type World, writeSource} from "./world.ts";

const ask = ({config}: World, since?: string) => findChanged(config, openLake(config), since);
const note = async ({config}: World) => notePosition(config, openLake(config), await findPosition(config));
const differing = ({tables}: Changed) => Object.keys(tables).filter((name) => tables[name]!.changed);

describe("a folder of exports", () => {
  let world: World;
  beforeAll(() => void (world = openWorld(shop)));
  afterAll(() => world.remove());

  test("before and after a refresh, a touch, an edit, a file put in the place of another, a missing one", async () => {
    const before = await ask(world);
    expect(before).toMatchObject({changed: true, why: "nothing is published yet"});
    expect(before.position).toMatch(/^[0-9a-f]{32}$/);
    await world.refresh();
    const after = await ask(world);
    expect(after).toEqual({
      position: before.position,
      changed: false,
      tables: expect.any(Object),
      why: expect.stringMatching(/^as the refresh of \d{4}-\d\d-\d\dT[\d:.]+Z found it$/)
    });
    const locations = join(world.source, "source_erp/LOC_A101.csv");
    expect(after.tables.erp_loc_a101).toEqual({
      changed: false,
      file: "source_erp/LOC_A101.csv",
      bytes: 26,
      modified_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    });
    expect(await ask(world)).toEqual(after);

    const {atime, mtime} = statSync(locations);
    utimesSync(locations, atime, new Date(+mtime + 1000));
    const touched = await ask(world);
    expect({changed: touched.changed, tables: differing(touched)}).toEqual({
      changed: true,
      tables: ["erp_loc_a101"]
    });
    expect((await world.refresh()).run.status).toBe("unchanged");
    expect((await ask(world)).changed).toBe(false);

    const undo = edit(locations, (text) => text.replace("DE", "FR"));
    expect(await ask(world)).toMatchObject({
      changed: true,
      why: expect.stringMatching(/^not as the refresh of .* found it: erp_loc_a101$/)
    });
    undo();

    // as long and as old as the one before, as a copy that keeps times leaves it
    const day = new Date("2025-06-30");
    utimesSync(locations, day, day);
    await note(world);
    writeFileSync(`${locations}.new`, "cid,cntry\nAW-1,FR\nAW-2,US\n");
    utimesSync(`${locations}.new`, day, day);
    renameSync(`${locations}.new`, locations);
    const replaced = await ask(world);
    expect(replaced.tables.erp_loc_a101).toMatchObject({bytes: 26, modified_at: "2025-06-30T00:00:00.000Z"});
    expect(differing(replaced)).toEqual(["erp_loc_a101"]);

    rmSync(locations);
    expect(await failure(ask(world))).toBe(
      `bronze erp_loc_a101: missing file: ${locations} (have CUST_AZ12.csv, PX_CAT_G1V2.csv); expected by catalog.ts`
    );
  });
});

describe("a shop that no refresh has seen", () => {
  test("the simulated one before its first use; a position from elsewhere", async () => {
    const world = openWorld(shop, {variables: {SOURCE_URL: ""}});
    const found = await ask(world);
    expect(found).toMatchObject({changed: true, tables: {}, why: "nothing is published yet"});
    expect(await ask(world, found.position)).toMatchObject({changed: false, why: "at the position given"});
    expect(await ask(world, "other")).toMatchObject({changed: true, why: "at another position than given"});
    world.remove();
  });
});

describe.skipIf(lack)(`a MySQL source ${lack ?? ""}`, () => {
  let server: MariaDb;
  let world: World;
  let project: string;
  beforeAll(async () => {
    server = await startMariaDb();
    project = copyProject(join(server.folder, "project"));
    const folder = join(server.folder, "exports");
    writeSource(folder, shop);
    const keyed = "cid varchar(50) not null primary key, cntry varchar(50)";
    await fillDatabase(server, "shop", folder, {erp_loc_a101: keyed});
    await server.run("shop", "alter table erp_px_cat_g1v2 engine = aria");
    world = openWorld("", {variables: {SOURCE_URL: server.url("shop", {user: "reader"})}});
  });
  afterAll(async () => {
    world?.remove();
    await server?.stop();
  });

  /** Beyond the second in which a change may be followed by another. */
  const settle = () => sleep(3000);

  test("inserts, updates and deletes are seen, also a second one in the same second; what stands still is the same", async () => {
    await settle();
    await note(world);
    const still = await findPosition(world.config);
    expect((await findPosition(world.config)).position).toBe(still.position);
    const changes = [
      "insert into erp_loc_a101 values ('AW-9', 'FR')",
      "update erp_loc_a101 set cntry = 'IT' where cid = 'AW-9'",
      "delete from erp_loc_a101 where cid = 'AW-9'"
    ];
    const seen = [still.position];
    for (const change of changes) {
      await server.run("shop", change);
      const {position} = await findPosition(world.config);
      // in the same second: told only once that second is over
      await server.run(
        "shop",
        change.startsWith("delete") ? change : "update erp_loc_a101 set cntry = 'UK' where cid = 'AW-9'"
      );
      await settle();
      seen.push(position, (await findPosition(world.config)).position);
    }
    expect(new Set(seen).size).toBe(7);
    expect((await findPosition(world.config)).position).toBe(seen.at(-1));
  });

  test("a table that the server keeps no time of is known by its count, and it is said what that misses", async () => {
    await note(world);
    const found = await ask(world);
    const doubt = "; known by count and highest key alone, so that an update may be missed: erp_px_cat_g1v2";
    expect(found.why).toBe(`nothing is published yet${doubt}`);
    expect(found.tables.erp_px_cat_g1v2).toEqual({changed: false, updated_at: null, rows: 2});
    expect(found.tables.erp_loc_a101).toEqual({
      changed: false,
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    });
    await server.run("shop", "update erp_px_cat_g1v2 set cat = 'Other'");
    expect(differing(await ask(world))).toEqual([]);
    await server.run("shop", "insert into erp_px_cat_g1v2 values ('X', 'X', 'X', 'No')");
    expect(differing(await ask(world))).toEqual(["erp_px_cat_g1v2"]);
    await server.run("shop", "alter table crm_prd_info add note varchar(20)");
    expect(differing(await ask(world))).toEqual(["crm_prd_info", "erp_px_cat_g1v2"]);
  });

  test("the command line: facts, words, and a server or table that is not there", async () => {
    await settle();
    const changed = (args: string[], variables: Record<string, string> = {}) =>
      assay(project, ["changed", ...args], {...world.environment, ...variables});
    const {code, stdout, stderr} = await changed(["--json"]);
    expect({code, stderr}).toEqual({code: 0, stderr: ""});
    const facts = JSON.parse(stdout) as Changed;
    expect(Object.keys(facts)).toEqual(["position", "changed", "tables", "why"]);
    const words = await changed(["--since", facts.position]);
    expect(words).toEqual({
      code: 0,
      stderr: "",
      stdout: `not changed: at the position given; known by count and highest key alone, so that an update may be missed: erp_px_cat_g1v2\nposition ${facts.position}\n`
    });
    const gone = await changed([], {SOURCE_URL: server.url("shop", {port: 1})});
    expect(gone).toEqual({
      code: 1,
      stdout: "",
      stderr: `assay: source mysql://root@127.0.0.1:1/shop: cannot connect: cannot reach 127.0.0.1:1; check host and port in SOURCE_URL, and that the server is up\n`
    });
    await server.run("shop", "rename table erp_loc_a101 to elsewhere");
    const missing = await changed(["--json"]);
    expect(missing).toMatchObject({code: 1, stdout: ""});
    expect(missing.stderr).toContain(
      "assay: bronze erp_loc_a101: missing table in mysql://reader@127.0.0.1:"
    );
    expect(gone.stderr + missing.stderr).not.toContain("s3cret");
  });
});
