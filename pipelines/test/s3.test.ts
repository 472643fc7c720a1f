import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import type {S3Place} from "../config.ts";
import {checksum} from "../lake/folder.ts";
import {clear} from "../gc.ts";
import {openLake} from "../lake/lake.ts";
import {probe} from "../lake/probe.ts";
import {openS3Lake} from "../lake/s3.ts";
import {silent} from "../progress.ts";
import type {Refreshed} from "../attempt.ts";
import {doctorWord} from "../words/doctor.ts";
import {chance, faults, type Fault, type Proxy, startProxy} from "./faulty.ts";
import {keys, lackOf, type Kind, type S3Server, startServer, startUser} from "./servers.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* The pipeline with its lake in a bucket, on real servers. */

const contents = ({release}: Refreshed) =>
  release.objects.map((one) => `${one.layer}.${one.table} ${one.content}`).sort();
const done = ({run}: Refreshed) => run.steps.filter((step) => !step.reused).map((step) => step.step);

const home = mkdtempSync(join(tmpdir(), "assay-s3-"));
const worlds: World[] = [];
const openOn = (variables: Record<string, string>) => {
  const world = openWorld(shop, {variables});
  worlds.push(world);
  return world;
};
let expected: string[];
beforeAll(async () => {
  expected = contents(await openOn({}).refresh());
});
afterAll(() => {
  for (const world of worlds) world.remove();
  rmSync(home, {recursive: true, force: true});
});

describe.each<Kind>(["minio", "versitygw"])("%s", (kind) => {
  const lack = lackOf(kind);
  if (lack !== undefined) return test.skip(lack, () => {});

  let server: S3Server;
  let world: World;
  let first: Refreshed;
  beforeAll(async () => {
    server = await startServer(kind);
    world = openOn(server.variables("shop"));
    first = await world.refresh();
  });
  afterAll(() => server?.stop());

  const anew = () => rmSync(join(world.config.home, "cache"), {recursive: true});
  const customers = () => first.release.objects.find((one) => one.table === "dim_customers")!;

  /** Changes the bytes of an object in the bucket and keeps their number. */
  async function damage(key: string): Promise<void> {
    const bytes = await bytesOf(server, `shop/${key}`);
    bytes[bytes.length >> 1]! ^= 1;
    await server.client.putObject("lake", `shop/${key}`, bytes, bytes.length);
  }

  test("the objects are those of a lake in a folder", () => {
    expect(first.run.status).toBe("published");
    expect(contents(first)).toEqual(expected);
  });

  test("a refresh with nothing changed does no step again, with an empty cache too", async () => {
    for (const prepare of [() => {}, anew]) {
      prepare();
      const again = await world.refresh();
      expect(done(again)).toEqual([]);
      expect(again.run.status).toBe("unchanged");
      expect(again.release.id).toBe(first.release.id);
    }
  });

  test("sql answers in another home, whose cache is empty", async () => {
    const other = openOn(server.variables("shop"));
    expect(await other.sql("select sum(sales_amount)::varchar as r from gold.fct_sales")).toEqual([
      {r: "1880.00"}
    ]);
    expect(await other.sql("select count(*)::int as n from bronze.crm_sales_details")).toEqual([{n: 5}]);
    expect(await failure(other.sql("from read_text('/etc/hostname')"))).toContain("Permission Error");
  });

  test("a deleted object is made again", async () => {
    await server.client.removeObject("lake", `shop/${customers().key}`);
    const again = await world.refresh();
    expect(done(again)).toEqual(["gold dim_customers"]);
    expect(again.release.id).toBe(first.release.id);
  });

  test("a damaged copy in the cache is named and read again", async () => {
    const {key} = customers();
    const path = await openLake(world.config).get(key);
    const right = readFileSync(path);
    writeFileSync(
      path,
      right.map((byte, i) => (i === 9 ? byte ^ 1 : byte))
    );
    const notes: string[] = [];
    const lake = openLake(world.config, {note: (text) => notes.push(text)});
    expect(readFileSync(await lake.get(key)).equals(right)).toBe(true);
    expect(notes).toEqual([`  lake s3://lake/shop: the copy of ${key} in the cache is damaged: read again`]);
  });

  test("an object damaged in the bucket is named by who reads it, and the next refresh mends it", async () => {
    const {key} = customers();
    anew();
    await damage(key);
    expect(await failure(openOn(server.variables("shop")).sql("from gold.dim_customers"))).toBe(
      `lake s3://lake/shop: object damaged: ${key}: its bytes are not those it was named for (read 3 times); npx assay refresh removes it and makes it again`
    );
    const notes: string[] = [];
    const again = await world.refresh({...silent, note: (text) => notes.push(text)});
    expect(notes).toContain(`  lake s3://lake/shop: ${key} is damaged: removed, and made again`);
    expect(done(again)).toEqual(["gold dim_customers"]);
    expect(contents(again)).toEqual(expected);
    expect(await world.sql("select count(*)::int as n from gold.dim_customers")).toEqual([{n: 3}]);
  });

  test("what no kept release needs is cleared, unless it is of today and another may need it", async () => {
    const lake = openLake(world.config);
    const keys = async () => {
      const found: string[] = [];
      for await (const {key} of lake.list()) found.push(key);
      return found.sort();
    };
    const junk = `gold/fct_sales/${"0".repeat(24)}.parquet`;
    await lake.write(junk, "what a run that was killed left");
    await server.client.putObject("lake", "shop/notes.txt", "mine");
    expect((await clear(world.config, {keep: 1, progress: silent})).removed_files).toBe(0);
    const before = await keys();
    expect(before).toContain(junk);
    const {kept} = await clear(world.config, {keep: 1, grace: 0, progress: silent});
    expect(kept).toHaveLength(1);
    const after = await keys();
    expect(after).not.toContain(junk);
    expect(after).toContain("notes.txt");
    expect(done(await world.refresh())).toEqual([]);
  });

  test.each([
    ["made by", undefined],
    ["moved by", "start"]
  ])("a pointer is %s one of 8 writers", async (_word, before) => {
    const key = `releases/race-${before ?? "none"}.json`;
    const place = (n: number) => server.place("race", join(home, `cache-${n}`));
    if (before !== undefined) await openS3Lake(place(0)).write(key, before);
    const won = await Promise.all(
      Array.from({length: 8}, (_, n) => openS3Lake(place(n)).swap(key, `writer ${n}`, before))
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await openS3Lake(place(0)).find(key)).toBe(`writer ${won.indexOf(true)}`);
  });

  describe("what is wrong is named, and no secret is", () => {
    const place = (change: Partial<S3Place> = {}) => ({
      ...server.place("wrong", join(home, "wrong")),
      ...change
    });
    const refused = async (change: Partial<S3Place>) => {
      const lake = openS3Lake(place(change), {tries: 2});
      const messages = [
        await failure(lake.find("releases/current.json")),
        await failure(lake.write("runs/a.json", "1")),
        await failure(lake.swap("releases/current.json", "1", undefined))
      ];
      for (const message of messages) {
        expect(message).not.toContain(keys.secretKey);
        expect(message).not.toContain("wrong-secret");
        expect(message).not.toContain("nobody");
      }
      return messages;
    };
    const rest =
      (change: Partial<S3Place>, reason: () => string, prefix = "s3://lake/wrong") =>
      async () =>
        expect(await refused(change)).toEqual(
          ["read releases/current.json", "write runs/a.json", "write releases/current.json"].map(
            (what) => `lake ${prefix}: cannot ${what}: ${reason()}`
          )
        );

    test(
      "a bucket that is not there",
      rest(
        {bucket: "elsewhere"},
        () =>
          `bucket missing: elsewhere at ${server.endpoint}; create it, or check bucket and endpoint in LAKE_URL`,
        "s3://elsewhere/wrong"
      )
    );
    test(
      "a wrong secret key",
      rest(
        {keys: {...keys, secretKey: "wrong-secret"}},
        () => "wrong secret key (check AWS_SECRET_ACCESS_KEY or MINIO_SECRET_KEY)"
      )
    );
    test(
      "an unknown access key",
      rest(
        {keys: {accessKey: "nobody", secretKey: "wrong-secret"}},
        () => "unknown access key (check AWS_ACCESS_KEY_ID or MINIO_ACCESS_KEY)"
      )
    );
    test(
      "nobody listens at the endpoint",
      rest(
        {endpoint: "http://127.0.0.1:1"},
        () => "cannot reach http://127.0.0.1:1; check endpoint in LAKE_URL, and that the server is up"
      )
    );

    test("keys that may not write", async () => {
      const reader = await startUser(kind, server);
      const lake = openS3Lake(place({keys: reader}));
      for (const message of [
        await failure(lake.write("runs/a.json", "1")),
        await failure(lake.swap("a.json", "1", undefined))
      ])
        expect(message).toMatch(
          /^lake s3:\/\/lake\/wrong: cannot write (runs\/)?a\.json: access denied \(these keys need s3:GetObject, s3:PutObject and s3:DeleteObject on lake\/wrong\/\*, and s3:ListBucket on lake\)$/
        );
    });
  });

  test("doctor tries what a refresh does and leaves nothing behind", async () => {
    const told: string[] = [];
    const log = console.log;
    console.log = (text: string) => void told.push(text);
    try {
      await doctorWord(world.config, {json: true});
    } finally {
      console.log = log;
    }
    const findings = JSON.parse(told[0]!) as {check: string; ok: boolean; found: string}[];
    expect(findings.find((one) => one.check === "lake")).toEqual({
      check: "lake",
      ok: true,
      found: expect.stringMatching(
        `^s3://lake/shop at ${server.endpoint}, may read, write and remove, conditional writes, release `
      )
    });
    expect(existsSync(join(server.folder, "lake/shop/probe"))).toBe(false);
  });
});

describe("a cache of bounded size", () => {
  const lack = lackOf("minio");
  if (lack !== undefined) return test.skip(lack, () => {});

  let server: S3Server;
  beforeAll(async () => {
    server = await startServer("minio");
  });
  afterAll(() => server?.stop());

  test("the least recently used goes, what is in use stays", async () => {
    const cache = join(home, "small");
    const place = {...server.place("cache", cache), cache: {path: cache, bytes: 2500}};
    const put = async (fill: string) => {
      const path = join(home, "object");
      writeFileSync(path, fill.repeat(1000));
      const key = `gold/t/${(await checksum(path)).slice(0, 24)}.bin`;
      await openS3Lake({...place, cache: {path: join(home, "other"), bytes: 1e9}}).put(key, path);
      return key;
    };
    const [a, b, c, d] = [await put("a"), await put("b"), await put("c"), await put("d")];
    const kept = () => readdirSync(join(cache, "lake/cache/gold/t")).sort();
    const nameOf = (...all: string[]) => all.map((key) => key.split("/").at(-1)!).sort();
    const age = (path: string, hours: number) => {
      const then = new Date(Date.now() - hours * 3_600_000);
      utimesSync(path, then, then);
    };

    const earlier = openS3Lake(place);
    age(await earlier.get(a), 3);
    age(await earlier.get(b), 2);
    expect(kept()).toEqual(nameOf(a, b));
    const lake = openS3Lake(place);
    age(await lake.get(a), 4);
    await lake.get(c);
    expect(kept()).toEqual(nameOf(a, c));
    await lake.get(d);
    expect(kept(), "all of it in use").toEqual(nameOf(a, c, d));
  });
});

describe("a network with faults", () => {
  const lack = lackOf("minio");
  if (lack !== undefined) return test.skip(lack, () => {});

  let server: S3Server;
  let proxy: Proxy | undefined;
  let choose: (path: string, method: string) => Fault | undefined = () => undefined;
  beforeAll(async () => {
    server = await startServer("minio");
    proxy = await startProxy(server.endpoint, ({url = "", method = ""}) => choose(url, method));
  });
  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
  });
  const lakeBehind = (prefix: string, tries = 8) => {
    const place = {...server.place(prefix, mkdtempSync(join(home, "cache-"))), endpoint: proxy!.endpoint};
    return openS3Lake(place, {tries, partSize: 5 << 20, timeout: 2000});
  };

  test("a refresh in a bad network has the result of an undisturbed one", async () => {
    choose = chance(7, 0.15);
    const world = openOn(server.variables("shop", {endpoint: proxy!.endpoint}));
    const refreshed = await world.refresh();
    expect(contents(refreshed)).toEqual(expected);
    expect(Object.keys(proxy!.met).sort()).toEqual([...faults].sort());
    choose = () => undefined;
    const again = await world.refresh();
    expect(done(again)).toEqual([]);
    expect(again.release.id).toBe(refreshed.release.id);
  });

  test("a network that breaks for good is named, and the refresh after it has the same result", async () => {
    const world = openOn(server.variables("later", {endpoint: proxy!.endpoint}));
    choose = (path, method) => (method === "PUT" && path.includes("/gold/fct_sales/") ? "503" : undefined);
    expect(await failure(world.refresh())).toMatch(
      /^lake s3:\/\/lake\/later: cannot write gold\/fct_sales\/.*: Retryable HTTP status: 503 \(8 tries; check that http:\/\/127.0.0.1:\d+ is well, then run again\)$/
    );
    choose = () => undefined;
    expect(contents(await world.refresh())).toEqual(expected);
  });

  test.each(faults)("every first try meets %s: each verb still does what it says", async (fault) => {
    const met = new Map<string, number>();
    choose = (path, method) => {
      const n = (met.get(method + path) ?? 0) + 1;
      met.set(method + path, n);
      return n % 2 ? fault : undefined;
    };
    const lake = lakeBehind(`each-${fault}`);
    expect(await lake.swap("p.json", "1", undefined)).toBe(true);
    expect(await lake.swap("p.json", "2", "1")).toBe(true);
    expect(await lake.swap("p.json", "2", "1")).toBe(false);
    await lake.write("t.json", "text");
    expect(await lake.find("t.json")).toBe("text");
    expect(await lake.head("t.json")).toBe(4);
    await lake.remove("t.json");
    expect(await lake.find("t.json")).toBe(undefined);
    const path = join(home, `big-${fault}`);
    writeFileSync(path, Buffer.alloc(11 << 20, fault));
    const key = `gold/t/${(await checksum(path)).slice(0, 24)}.bin`;
    await lake.put(key, path);
    expect(await checksum(await lakeBehind(`each-${fault}`).get(key))).toBe(await checksum(path));
    choose = () => undefined;
  });

  test("a store without conditional writes is used with care, and doctor says so", async () => {
    choose = () => "unconditional";
    const lake = lakeBehind("plain");
    expect(await lake.swap("p.json", "1", undefined)).toBe(true);
    expect(await lake.swap("p.json", "2", "0")).toBe(false);
    expect(await lake.swap("p.json", "2", "1")).toBe(true);
    const place = {...server.place("plain", join(home, "plain")), endpoint: proxy!.endpoint};
    expect(await probe(place)).toBe(
      `s3://lake/plain at ${proxy!.endpoint}, may read, write and remove, no conditional writes: nothing keeps two refreshes at once apart, so let one machine alone refresh`
    );
    choose = () => undefined;
    expect(await probe(place)).toBe(
      `s3://lake/plain at ${proxy!.endpoint}, may read, write and remove, conditional writes`
    );
  });

  test("a server that says nothing is given up", async () => {
    const mute = await startProxy(server.endpoint, () => "mute");
    const place = {...server.place("x", join(home, "x")), endpoint: mute.endpoint};
    const message = await failure(openS3Lake(place, {tries: 2, timeout: 300}).find("a.json"));
    expect(message).toMatch(
      /^lake s3:\/\/lake\/x: cannot read a.json: ETIMEDOUT: no answer for 0.3 s \(2 tries;/
    );
    await mute.stop();
  });
});

async function bytesOf({client}: S3Server, key: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await client.getObject("lake", key)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
