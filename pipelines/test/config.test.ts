import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, describe, expect, test} from "vitest";
import {hidePassword, readConfig, UsageError} from "../config.ts";
import {assay, copyProject} from "./project.ts";

const {root} = readConfig({});

describe("with nothing set, everything is embedded", () => {
  const config = readConfig({});

  test("below .assay in the project's folder", () => {
    expect({...config, today: "a day"}).toEqual({
      root: join(import.meta.dirname, "../.."),
      home: join(root, ".assay"),
      today: "a day",
      source: {kind: "simulated", path: join(root, ".assay/source")},
      lake: {kind: "folder", path: join(root, ".assay/lake")},
      warehouse: {kind: "embedded", prefix: ""},
      memory: "400MB"
    });
  });

  test("today is the day of the clock, in UTC", () => {
    const before = new Date().toISOString().slice(0, 10);
    const {today} = readConfig({});
    const after = new Date().toISOString().slice(0, 10);
    expect([before, after]).toContain(today);
  });

  test("an empty variable is as good as none", () => {
    const names = [
      "ASSAY_HOME",
      "ASSAY_TODAY",
      "ASSAY_MEMORY",
      "ASSAY_DBT_ENV",
      "ASSAY_WEBHOOK_URL",
      "SOURCE_URL",
      "LAKE_URL",
      "WAREHOUSE_URL"
    ];
    const empty = readConfig(Object.fromEntries(names.map((name) => [name, ""])));
    expect(empty).toEqual({...config, today: empty.today});
  });

  test("it cannot be changed", () => {
    expect(Object.isFrozen(config)).toBe(true);
    expect(() => Object.assign(config, {home: "/elsewhere"})).toThrow(TypeError);
  });
});

describe("what each variable chooses", () => {
  test("ASSAY_HOME: embedded data, relative to the project or absolute", () => {
    expect(readConfig({ASSAY_HOME: "other"})).toMatchObject({
      home: join(root, "other"),
      source: {kind: "simulated", path: join(root, "other/source")},
      lake: {kind: "folder", path: join(root, "other/lake")}
    });
    expect(readConfig({ASSAY_HOME: "/var/assay"}).home).toBe("/var/assay");
  });

  test("SOURCE_URL: a folder as a path or a file url", () => {
    const folder = (path: string) => ({kind: "folder", path});
    expect(readConfig({SOURCE_URL: "/data/exports"}).source).toEqual(folder("/data/exports"));
    expect(readConfig({SOURCE_URL: "exports"}).source).toEqual(folder(join(root, "exports")));
    expect(readConfig({SOURCE_URL: "../a b"}).source).toEqual(folder(join(root, "../a b")));
    expect(readConfig({SOURCE_URL: "file:///data/a%20b"}).source).toEqual(folder("/data/a b"));
  });

  test("LAKE_URL: a folder", () => {
    expect(readConfig({LAKE_URL: "/data/lake"}).lake).toEqual({kind: "folder", path: "/data/lake"});
    expect(readConfig({LAKE_URL: "file:///data/lake"}).lake).toEqual({kind: "folder", path: "/data/lake"});
  });

  test("WAREHOUSE_URL: a server, its prefix taken out of the url", () => {
    expect(readConfig({WAREHOUSE_URL: "postgres://ann:pw@db:5432/shop"}).warehouse).toEqual({
      kind: "postgres",
      url: "postgres://ann:pw@db:5432/shop",
      prefix: ""
    });
    expect(
      readConfig({WAREHOUSE_URL: "postgresql://ann@db/shop?prefix=shop_&sslmode=require"}).warehouse
    ).toEqual({kind: "postgres", url: "postgresql://ann@db/shop?sslmode=require", prefix: "shop_"});
  });

  test("WAREHOUSE_URL: a password with reserved characters reaches the server as it is written", () => {
    const {warehouse} = readConfig({WAREHOUSE_URL: "postgres://ann:p%40%3A%2Fw@db/shop?prefix=a"});
    expect(warehouse).toEqual({kind: "postgres", url: "postgres://ann:p%40%3A%2Fw@db/shop", prefix: "a"});
  });

  test("ASSAY_TODAY, ASSAY_MEMORY, ASSAY_DBT_ENV, ASSAY_WEBHOOK_URL", () => {
    expect(
      readConfig({
        ASSAY_TODAY: "2024-02-29",
        ASSAY_MEMORY: "1.5 GiB",
        ASSAY_DBT_ENV: "venv",
        ASSAY_WEBHOOK_URL: "https://hooks.example/x?key=1"
      })
    ).toMatchObject({
      today: "2024-02-29",
      memory: "1.5 GiB",
      dbtEnvironment: join(root, "venv"),
      webhook: "https://hooks.example/x?key=1"
    });
  });
});

describe("what is wrong names its variable and what would be right", () => {
  test.each([
    [{ASSAY_TODAY: "31.01.2026"}, "invalid ASSAY_TODAY: 31.01.2026 (a day such as 2026-01-31)"],
    [{ASSAY_TODAY: "2026-02-30"}, "invalid ASSAY_TODAY: 2026-02-30 (a day such as 2026-01-31)"],
    [{ASSAY_TODAY: "2026-1-31"}, "invalid ASSAY_TODAY: 2026-1-31 (a day such as 2026-01-31)"],
    [{ASSAY_TODAY: "today"}, "invalid ASSAY_TODAY: today (a day such as 2026-01-31)"],
    [{ASSAY_MEMORY: "2"}, "invalid ASSAY_MEMORY: 2 (a size such as 2GB)"],
    [{ASSAY_MEMORY: "50%"}, "invalid ASSAY_MEMORY: 50% (a size such as 2GB)"],
    [{ASSAY_MEMORY: "-1GB"}, "invalid ASSAY_MEMORY: -1GB (a size such as 2GB)"],
    [
      {ASSAY_WEBHOOK_URL: "hooks.example"},
      "invalid ASSAY_WEBHOOK_URL: hooks.example (a url that begins with http://)"
    ],
    [
      {ASSAY_WEBHOOK_URL: "ftp://ann:pw@hooks.example/"},
      "invalid ASSAY_WEBHOOK_URL: ftp://ann:***@hooks.example/ (a url that begins with http://)"
    ],
    [
      {SOURCE_URL: "https://ann:pw@files.example/x"},
      "unsupported SOURCE_URL: https://ann:***@files.example/x (give a folder)"
    ],
    [{LAKE_URL: "gs://bucket/prefix"}, "unsupported LAKE_URL: gs://bucket/prefix (give a folder)"],
    [
      {WAREHOUSE_URL: "mysql://ann:pw@db/shop"},
      "invalid WAREHOUSE_URL: mysql://ann:***@db/shop (a url that begins with postgres://)"
    ],
    [
      {WAREHOUSE_URL: "db:5432/shop"},
      "invalid WAREHOUSE_URL: db:5432/shop (a url that begins with postgres://)"
    ],
    [
      {WAREHOUSE_URL: "postgres://ann:p/w@db/shop"},
      "invalid WAREHOUSE_URL: postgres://ann:***@db/shop (a url that begins with postgres://)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?prefix=Shop-1"},
      "invalid prefix in WAREHOUSE_URL: Shop-1 (lowercase letters, digits and _, such as shop_)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?prefix=1shop"},
      "invalid prefix in WAREHOUSE_URL: 1shop (lowercase letters, digits and _, such as shop_)"
    ],
    [
      {WAREHOUSE_URL: `postgres://db/shop?prefix=${"a".repeat(22)}`},
      `invalid prefix in WAREHOUSE_URL: ${"a".repeat(22)} (lowercase letters, digits and _, such as shop_)`
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?prefix=a;drop"},
      "invalid prefix in WAREHOUSE_URL: a;drop (lowercase letters, digits and _, such as shop_)"
    ]
  ])("%o", (environment, message) => {
    expect(() => readConfig(environment)).toThrow(new UsageError(message));
  });

  test("the longest prefix that PostgreSQL's names leave room for is taken", () => {
    const prefix = "a".repeat(21);
    expect(readConfig({WAREHOUSE_URL: `postgres://db/shop?prefix=${prefix}`}).warehouse.prefix).toBe(prefix);
  });
});

describe("hidePassword", () => {
  test.each([
    ["postgres://ann:secret@db:5432/shop", "postgres://ann:***@db:5432/shop"],
    ["postgres://ann@db/shop", "postgres://ann@db/shop"],
    ["postgres://db:5432/shop", "postgres://db:5432/shop"],
    ["postgres://:secret@db/shop", "postgres://:***@db/shop"],
    ["postgres://ann:@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://ann:a:b@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://ann:a@b@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://ann:a/b@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://ann:a?b#c@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://ann:a%40b%2Fc@db/shop", "postgres://ann:***@db/shop"],
    ["postgres://a.b%40c:secret@[::1]:5432/shop", "postgres://a.b%40c:***@[::1]:5432/shop"],
    ["postgres://ann@corp.example:secret@db/shop", "postgres://ann@corp.example:***@db/shop"],
    ["postgres://ann@db/shop?password=secret&x=1", "postgres://ann@db/shop?password=***&x=1"],
    ["s3://b/p?access_key=AK&secret_key=SK", "s3://b/p?access_key=***&secret_key=***"],
    ["s3://b/p?SECRET=SK#end", "s3://b/p?SECRET=***"],
    [
      "cannot reach mysql://a:b@c/d, nor postgres://e:f@g/h: refused",
      "cannot reach mysql://a:***@c/d, nor postgres://e:***@g/h: refused"
    ],
    ["see https://example.com/a and mail ann:x@y.z", "see https://example.com/a and mail ann:x@y.z"],
    ["no url at all", "no url at all"]
  ])("%s", (text, shown) => {
    expect(hidePassword(text)).toBe(shown);
  });
});

describe("a process of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-config-"));
  const project = copyProject(join(folder, "project"));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  test("reads .env of the project's folder, where the environment has the last word", async () => {
    writeFileSync(join(project, ".env"), `SOURCE_URL=${folder}/no\nASSAY_TODAY=yesterday\n`);
    const wrong = await assay(project, ["status"], {});
    expect(wrong).toEqual({
      code: 2,
      stdout: "",
      stderr: "assay: invalid ASSAY_TODAY: yesterday (a day such as 2026-01-31)\n"
    });
    const right = await assay(project, ["status"], {ASSAY_TODAY: "2026-01-31"});
    expect(right).toEqual({
      code: 0,
      stdout: "nothing is published yet: run npx assay refresh\n",
      stderr: ""
    });
    rmSync(join(project, ".env"));
  });
});
