import {spawnSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {checksum} from "../lake/folder.ts";
import {openS3Lake} from "../lake/s3.ts";
import {assay, copyProject} from "./project.ts";
import {lackOf, type S3Server, startServer} from "./servers.ts";
import {shop} from "./shop.ts";
import {failure, openWorld} from "./world.ts";

/* A cache without room: on a disk that is really full, and below a size that is too small. */

/** A file system of `size` in memory, if this machine lets us mount one. */
function mount(folder: string, size: string): boolean {
  mkdirSync(folder, {recursive: true});
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]).status === 0;
}

describe.skipIf(lackOf("minio"))("a cache without room", () => {
  const home = mkdtempSync(join(tmpdir(), "assay-full-"));
  const disk = join(home, "disk");
  let mayMount = false;
  let server: S3Server;
  beforeAll(async () => {
    server = await startServer("minio");
    mayMount = mount(disk, "1m");
  });
  afterAll(async () => {
    await server?.stop();
    if (mayMount) spawnSync("umount", [disk]);
    rmSync(home, {recursive: true, force: true});
  });

  /** An object of so many bytes that do not compress, in the bucket but not in the cache. */
  async function putObject(prefix: string, bytes: number): Promise<string> {
    const path = join(home, `object-${bytes}`);
    writeFileSync(path, Buffer.alloc(bytes, "object"));
    const key = `gold/t/${(await checksum(path)).slice(0, 24)}.bin`;
    await openS3Lake(server.place(prefix, join(home, "elsewhere"))).put(key, path);
    return key;
  }
  const filesIn = (folder: string) =>
    readdirSync(folder, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map(({name}) => name);

  test("a full disk is named with the cache, nothing half-written stays, and with room it works", async ({
    skip
  }) => {
    if (!mayMount) skip("it takes root to mount a disk");
    const cache = join(disk, "cache");
    const place = server.place("full", cache);
    const key = await putObject("full", 600_000);
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(700_000));
    const noRoom = `no space left for the cache ${cache}; make room there, set ASSAY_HOME to a folder with more, or ASSAY_CACHE to less, then run again`;
    expect(await failure(openS3Lake(place).get(key))).toBe(
      `lake s3://lake/full: cannot read ${key}: ${noRoom}`
    );
    const object = join(home, "object-600000");
    expect(await failure(openS3Lake(place).put(key, object))).toBe(
      `lake s3://lake/full: cannot keep a copy of ${key}: ${noRoom}`
    );
    expect(filesIn(disk)).toEqual(["filler"]);

    rmSync(filler);
    expect(await checksum(await openS3Lake(place).get(key))).toBe(await checksum(object));
    expect(filesIn(disk)).toEqual([key.split("/").at(-1)]);
    rmSync(cache, {recursive: true});
  });

  test("sql says so too, and answers when there is room", async ({skip}) => {
    if (!mayMount) skip("it takes root to mount a disk");
    const project = copyProject(join(home, "project"));
    const world = openWorld(shop, {variables: server.variables("shop")});
    await world.refresh();
    const ASSAY_HOME = join(disk, "home");
    const sql = () =>
      assay(project, ["sql", "select sum(sales_amount) as r from gold.fct_sales", "--format", "csv"], {
        ...world.environment,
        ASSAY_HOME
      });
    const filler = join(disk, "filler");
    spawnSync("sh", ["-c", `cat /dev/zero > ${filler}`]);
    const refused = await sql();
    expect(refused).toMatchObject({code: 1, stdout: ""});
    expect(refused.stderr).toMatch(
      new RegExp(
        `^assay: lake s3://lake/shop: cannot read gold/fct_sales/\\w+\\.parquet: no space left for the cache ${ASSAY_HOME}/cache; .*ASSAY_HOME.*ASSAY_CACHE.*, then run again\n$`
      )
    );
    expect(filesIn(disk)).toEqual(["filler"]);
    rmSync(filler);
    expect(await sql()).toEqual({code: 0, stdout: "r\n1880.00\n", stderr: ""});
    world.remove();
  });

  test("an object larger than the whole cache is named with what the cache would have to be", async () => {
    const cache = join(home, "small");
    const place = {...server.place("large", cache), cache: {path: cache, bytes: 2_500_000}};
    const key = await putObject("large", 2_600_001);
    const small = await putObject("large", 1000);
    const tooLarge =
      "it has 2600001 bytes, and the cache may hold 2500000; set ASSAY_CACHE to more than 3MB, then run again";
    expect(await failure(openS3Lake(place).get(key))).toBe(
      `lake s3://lake/large: cannot read ${key}: ${tooLarge}`
    );
    const lake = openS3Lake(place);
    await lake.get(small);
    expect(filesIn(cache)).toEqual([small.split("/").at(-1)]);
  });

  test("copies that come at once drop as many old ones as all of them need", async () => {
    const cache = join(home, "busy");
    const place = {...server.place("busy", cache), cache: {path: cache, bytes: 10_500}};
    const keys = await Promise.all(Array.from({length: 15}, (_, n) => putObject("busy", 1000 + n)));
    const [old, next] = [keys.slice(0, 10), keys.slice(10)];
    const then = new Date(Date.now() - 2 * 3_600_000);
    for (const key of old) utimesSync(await openS3Lake(place).get(key), then, then);
    const lake = openS3Lake(place);
    await Promise.all(next.map((key) => lake.get(key)));
    const kept = filesIn(cache);
    expect(kept).toEqual(expect.arrayContaining(next.map((key) => key.split("/").at(-1))));
    expect(kept).toHaveLength(10);
  });
});
