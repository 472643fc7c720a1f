import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {checksum, openFolderLake} from "../lake/folder.ts";
import type {Lake} from "../lake/lake.ts";
import {openS3Lake} from "../lake/s3.ts";
import {lackOf, type Kind, type S3Server, startServer} from "./servers.ts";
import {failure} from "./world.ts";

/* One list of cases, on all lakes: whoever works with a lake cannot tell which it is. */

const home = mkdtempSync(join(tmpdir(), "assay-lakes-"));
afterAll(() => rmSync(home, {recursive: true, force: true}));

const servers: S3Server[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const openOn = (kind: Kind) => async () => {
  const server = await startServer(kind);
  servers.push(server);
  return openS3Lake(server.place("some/where", join(home, kind)), {partSize: 5 << 20});
};

const lakes: [string, string | undefined, () => Promise<Lake>][] = [
  ["a folder", undefined, async () => openFolderLake(join(home, "folder"))],
  ["minio", lackOf("minio"), openOn("minio")],
  ["versitygw", lackOf("versitygw"), openOn("versitygw")]
];

describe.each(lakes)("%s", (_name, lack, open) => {
  if (lack !== undefined) return test.skip(lack, () => {});

  let lake: Lake;
  beforeAll(async () => {
    lake = await open();
  });

  const file = (bytes: string | Buffer) => {
    const path = join(home, "file");
    writeFileSync(path, bytes);
    return path;
  };
  const objectOf = async (bytes: string | Buffer, key = "gold/t") => {
    const path = file(bytes);
    return {path, key: `${key}/${(await checksum(path)).slice(0, 24)}.bin`};
  };

  test("what is absent is undefined, and removing it is no error", async () => {
    expect(await lake.find("runs/none.json")).toBe(undefined);
    expect(await lake.head("runs/none.json")).toBe(undefined);
    await lake.remove("runs/none.json");
  });

  test.each([
    ["ascii", "one"],
    ["unicode", "Zoë 🚲 ∅\r\n"],
    ["empty", ""],
    ["a megabyte", "x".repeat(1 << 20)]
  ])("a text is found as it was written: %s", async (name, text) => {
    const key = `runs/${name.replace(" ", "_")}.json`;
    await lake.write(key, "before");
    await lake.write(key, text);
    expect(await lake.find(key)).toBe(text);
    expect(await lake.head(key)).toBe(Buffer.byteLength(text));
    await lake.remove(key);
    expect(await lake.find(key)).toBe(undefined);
  });

  test.each([
    ["empty", 0],
    ["one byte", 1],
    ["the size of a part", 5 << 20],
    ["a part and a byte", (5 << 20) + 1],
    ["three parts alike", 15 << 20]
  ])("a file is got as it was put: %s", async (_size, bytes) => {
    const content = Buffer.alloc(bytes, "assay");
    const {path, key} = await objectOf(content);
    await lake.put(key, path);
    expect(await lake.head(key)).toBe(bytes);
    expect(readFileSync(await lake.get(key)).equals(content)).toBe(true);
    rmSync(lake.folder, {recursive: true, force: true});
    if (lake.name.startsWith("s3:")) expect(readFileSync(await lake.get(key)).equals(content)).toBe(true);
  });

  test("a file under a name that says nothing of its bytes is read anew each time", async () => {
    await lake.put("notes/a.txt", file("one"));
    expect(readFileSync(await lake.get("notes/a.txt"), "utf8")).toBe("one");
    await lake.put("notes/a.txt", file("two"));
    expect(readFileSync(await lake.get("notes/a.txt"), "utf8")).toBe("two");
  });

  test("getting what is absent names lake and key", async () => {
    const {key} = await objectOf("never put");
    expect(await failure(lake.get(key))).toBe(`lake ${lake.name}: missing object: ${key}`);
  });

  test("a swap needs what it expects", async () => {
    const key = "releases/a.json";
    expect(await lake.swap(key, "1", "0")).toBe(false);
    expect(await lake.swap(key, "1", undefined)).toBe(true);
    expect(await lake.swap(key, "2", undefined)).toBe(false);
    expect(await lake.swap(key, "2", "0")).toBe(false);
    expect(await lake.swap(key, "2", "1")).toBe(true);
    expect(await lake.find(key)).toBe("2");
  });
});
