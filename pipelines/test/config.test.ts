import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, describe, expect, test} from "vitest";
import {hidePassword, readConfig, UsageError} from "../config.ts";
import {assay, copyProject} from "./project.ts";
import {connectionOf} from "../warehouse/connection.ts";
import {checkVariables} from "../words/dagster.ts";

const {root} = readConfig({});

describe("what Dagster's definitions would not load with", () => {
  test.each([
    ["ASSAY_SCHEDULE", "bogus", "five fields of cron, such as 15 5 * * *"],
    ["ASSAY_SCHEDULE", "15 5 * *", "five fields of cron, such as 15 5 * * *"],
    ["ASSAY_DAGSTER_CONCURRENCY", "lots", "a number of steps from 1"],
    ["ASSAY_DAGSTER_CONCURRENCY", "0", "a number of steps from 1"],
    ["ASSAY_FRESH_HOURS", "-1", "a number of hours above 0"]
  ])("%s=%s", (name, value, expected) => {
    expect(() => checkVariables({[name]: value})).toThrow(
      new UsageError(`invalid ${name}: ${value} (${expected})`)
    );
  });

  test("is nothing of these", () => {
    for (const cron of ["15 5 * * *", "*/10 8-18 * * MON-FRI", "@daily", ""])
      checkVariables({ASSAY_SCHEDULE: cron, ASSAY_DAGSTER_CONCURRENCY: "2", ASSAY_FRESH_HOURS: "0.5"});
  });
});

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
      "ASSAY_CACHE",
      "ASSAY_DBT_ENV",
      "ASSAY_DAGSTER_ENV",
      "ASSAY_WEBHOOK_URL",
      "ASSAY_OPENLINEAGE_URL",
      "ASSAY_OPENLINEAGE_API_KEY",
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

  const keys = {AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "SK"};

  test("LAKE_URL: a bucket at an endpoint, with a cache of 2 GB in the home", () => {
    const url = "s3://bucket/a/b?endpoint=http://127.0.0.1:9000/";
    expect(readConfig({LAKE_URL: url, ASSAY_HOME: "/home", ...keys}).lake).toEqual({
      kind: "s3",
      bucket: "bucket",
      prefix: "a/b",
      endpoint: "http://127.0.0.1:9000",
      region: "us-east-1",
      keys: {accessKey: "AK", secretKey: "SK"},
      cache: {path: "/home/cache", bytes: 2e9}
    });
  });

  test("LAKE_URL: a bucket at AWS, its region from the url, else from AWS_REGION", () => {
    const aws = {LAKE_URL: "s3://bucket", ASSAY_CACHE: "1.5 GiB", ...keys};
    const {lake} = readConfig({...aws, AWS_SESSION_TOKEN: "ST"});
    expect(lake).toEqual({
      kind: "s3",
      bucket: "bucket",
      prefix: "",
      keys: {accessKey: "AK", secretKey: "SK", sessionToken: "ST"},
      cache: {path: join(root, ".assay/cache"), bytes: 1.5 * 2 ** 30}
    });
    const regionOf = (more: Record<string, string>) => readConfig({...aws, ...more}).lake;
    expect(regionOf({AWS_REGION: "eu-west-1"})).toMatchObject({region: "eu-west-1"});
    expect(regionOf({LAKE_URL: "s3://bucket/?region=eu-west-2", AWS_REGION: "eu-west-1"})).toMatchObject({
      prefix: "",
      region: "eu-west-2"
    });
  });

  test("the keys of a bucket: AWS's names, then MinIO's", () => {
    const keysOf = (names: Record<string, string>) => {
      const {lake} = readConfig({LAKE_URL: "s3://bucket", ...names});
      return lake.kind === "s3" && lake.keys;
    };
    const minio = {MINIO_ACCESS_KEY: "a", MINIO_SECRET_KEY: "b", AWS_SESSION_TOKEN: "of something else"};
    const admin = {MINIO_ROOT_USER: "r", MINIO_ROOT_PASSWORD: "s"};
    expect(keysOf({...admin, ...minio, ...keys, AWS_SESSION_TOKEN: ""})).toEqual({
      accessKey: "AK",
      secretKey: "SK"
    });
    expect(keysOf({...admin, ...minio})).toEqual({accessKey: "a", secretKey: "b"});
    expect(keysOf(admin)).toEqual({accessKey: "r", secretKey: "s"});
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

  test("WAREHOUSE_URL: what it says of the session comes after what is usual", () => {
    const {warehouse} = readConfig({
      WAREHOUSE_URL:
        "postgres://ann:p%40w@/shop?host=/run/postgresql&statement_timeout=2 h&options=-c%20lock_timeout%3D5s"
    });
    expect(warehouse.kind === "postgres" && connectionOf(new URL(warehouse.url))).toEqual({
      host: "/run/postgresql",
      port: 5432,
      user: "ann",
      password: "p@w",
      database: "shop",
      files: {},
      options:
        "-c lock_timeout=30s -c statement_timeout=2h -c idle_in_transaction_session_timeout=15min -c lock_timeout=5s"
    });
    const plain = new URL("postgres://ann@[::1]:5433");
    expect(connectionOf(plain)).toMatchObject({host: "::1", port: 5433, database: "ann", password: ""});
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
        ASSAY_DAGSTER_ENV: "dagster",
        ASSAY_WEBHOOK_URL: "https://hooks.example/x?key=1"
      })
    ).toMatchObject({
      today: "2024-02-29",
      memory: "1.5 GiB",
      dbtEnvironment: join(root, "venv"),
      dagsterEnvironment: join(root, "dagster"),
      webhook: "https://hooks.example/x?key=1"
    });
  });
});

test("ASSAY_OPENLINEAGE_URL: a file, or a server whose password goes into a header", () => {
  const of = (url: string, key = "") =>
    readConfig({ASSAY_OPENLINEAGE_URL: url, ASSAY_OPENLINEAGE_API_KEY: key}).openlineage;
  expect(of("events.jsonl")).toEqual({kind: "file", path: join(root, "events.jsonl")});
  expect(of("file:///var/log/a%20b.jsonl")).toEqual({kind: "file", path: "/var/log/a b.jsonl"});
  const server = {
    kind: "http",
    url: "http://there:5000/api/v1/lineage",
    name: "http://there:5000/api/v1/lineage"
  };
  expect(of("http://there:5000")).toEqual(server);
  expect(of("http://there:5000/")).toEqual(server);
  expect(of("http://ann:p%40@there:5000", "k1")).toEqual({...server, authorization: "Bearer k1"});
  expect(of("https://ann:p%40@there/x?key=1")).toEqual({
    kind: "http",
    url: "https://there/x?key=1",
    name: "https://there/x",
    authorization: "Basic YW5uOnBA"
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
      {ASSAY_OPENLINEAGE_URL: "kafka://ann:pw@there/x"},
      "unsupported ASSAY_OPENLINEAGE_URL: kafka://ann:***@there/x (give a file or http://host/…)"
    ],
    [
      {ASSAY_OPENLINEAGE_URL: "http://"},
      "invalid ASSAY_OPENLINEAGE_URL: http:// (a url that begins with http://)"
    ],
    [
      {ASSAY_OPENLINEAGE_URL: tmpdir()},
      `invalid ASSAY_OPENLINEAGE_URL: ${tmpdir()} is a folder (give a file or http://host/…)`
    ],
    [
      {ASSAY_OPENLINEAGE_API_KEY: "k1"},
      "missing ASSAY_OPENLINEAGE_URL (it goes with ASSAY_OPENLINEAGE_API_KEY, which is set)"
    ],
    [
      {SOURCE_URL: "https://ann:pw@files.example/x"},
      "unsupported SOURCE_URL: https://ann:***@files.example/x (give a folder or mysql://user@host:3306/database)"
    ],
    [
      {LAKE_URL: "gs://bucket/prefix"},
      "unsupported LAKE_URL: gs://bucket/prefix (give a folder or s3://bucket/prefix)"
    ],
    [{LAKE_URL: "s3:///prefix"}, "invalid bucket in LAKE_URL:  (3 to 63 lowercase letters, digits, - and .)"],
    [
      {LAKE_URL: "s3://My_Bucket/prefix"},
      "invalid bucket in LAKE_URL: My_Bucket (3 to 63 lowercase letters, digits, - and .)"
    ],
    [
      {LAKE_URL: "s3://bucket/a//b"},
      "invalid prefix in LAKE_URL: a//b (letters, digits, ., _, = and -, parted by /)"
    ],
    [
      {LAKE_URL: "s3://bucket/a%20b"},
      "invalid prefix in LAKE_URL: a%20b (letters, digits, ., _, = and -, parted by /)"
    ],
    [
      {LAKE_URL: "s3://bucket/a#b"},
      "invalid prefix in LAKE_URL: a#b (letters, digits, ., _, = and -, parted by /)"
    ],
    [
      {LAKE_URL: "s3://bucket?endpoint=127.0.0.1:9000"},
      "invalid endpoint in LAKE_URL: 127.0.0.1:9000 (http://host:port or https://host)"
    ],
    [
      {LAKE_URL: "s3://bucket?endpoint=http://ann:pw@host"},
      "invalid endpoint in LAKE_URL: http://ann:***@host (http://host:port or https://host)"
    ],
    [
      {LAKE_URL: "s3://bucket?endpoint=http://host/minio"},
      "invalid endpoint in LAKE_URL: http://host/minio (http://host:port or https://host)"
    ],
    [
      {LAKE_URL: "s3://bucket?endpont=http://host"},
      "unknown parameter in LAKE_URL: endpont (have endpoint, region)"
    ],
    [
      {LAKE_URL: "s3://bucket?secret_key=SK"},
      "unknown parameter in LAKE_URL: secret_key (have endpoint, region)"
    ],
    [
      {LAKE_URL: "s3://AK:SK@bucket"},
      "invalid keys in LAKE_URL: *** (no keys in the url: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
    ],
    [{LAKE_URL: "s3://bucket?region=EU West"}, "invalid region in LAKE_URL: EU West (such as eu-central-1)"],
    [
      {LAKE_URL: "s3://bucket"},
      "missing keys for LAKE_URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or MINIO_ACCESS_KEY and MINIO_SECRET_KEY)"
    ],
    [
      {LAKE_URL: "s3://bucket", AWS_ACCESS_KEY_ID: "AK"},
      "missing AWS_SECRET_ACCESS_KEY (it goes with AWS_ACCESS_KEY_ID, which is set)"
    ],
    [
      {LAKE_URL: "s3://bucket", MINIO_SECRET_KEY: "SK"},
      "missing MINIO_ACCESS_KEY (it goes with MINIO_SECRET_KEY, which is set)"
    ],
    [{ASSAY_CACHE: "2"}, "invalid ASSAY_CACHE: 2 (a size such as 2GB)"],
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
      {WAREHOUSE_URL: "postgres://db/shop?prefix=pg_"},
      "invalid prefix in WAREHOUSE_URL: pg_ (lowercase letters, digits and _, such as shop_)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?sslmod=require"},
      "unknown parameter in WAREHOUSE_URL: sslmod (have prefix, host, sslmode, sslrootcert, sslcert, sslkey, options, lock_timeout, statement_timeout, idle_in_transaction_session_timeout)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?sslmode=prefer"},
      "invalid sslmode in WAREHOUSE_URL: prefer (have disable, no-verify, require, verify-ca, verify-full)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?sslmode=verify-ca"},
      "missing sslrootcert in WAREHOUSE_URL: verify-ca (the file of the authority's certificate goes with it)"
    ],
    [
      {WAREHOUSE_URL: "postgres://db/shop?sslmode=verify-full&sslrootcert=nowhere.pem"},
      "invalid sslrootcert in WAREHOUSE_URL: nowhere.pem (a file)"
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

test("a MySQL url: what it says, what it leaves out, what is wrong with it", () => {
  const read = (SOURCE_URL: string) => readConfig({SOURCE_URL}).source;
  expect(read("mysql://ann:p%40ss@db.example/shop")).toEqual({
    kind: "mysql",
    host: "db.example",
    port: 3306,
    user: "ann",
    password: "p@ss",
    database: "shop",
    connections: 1,
    chunkRows: 250_000,
    tls: {mode: "preferred"},
    verifyEvery: 10
  });
  const query = "connections=4&chunk-rows=1000&ssl-mode=REQUIRED&cursor=Updated_At&lag=60&verify-every=3";
  expect(read(`mariadb://ann@[::1]:3307/shop?${query}`)).toMatchObject({
    host: "::1",
    port: 3307,
    connections: 4,
    chunkRows: 1000,
    tls: {mode: "required"},
    cursor: {column: "updated_at", lag: 60},
    verifyEvery: 3
  });
  expect(read("mysql://ann@127.0.0.1/shop")).toMatchObject({tls: {mode: "disabled"}});
  for (const [url, message] of [
    ["mysql://ann:pw@db/", "invalid database in SOURCE_URL:  (mysql://user@host:3306/database)"],
    [
      "mysql://ann:pw@db/shop?conections=4",
      "unknown parameter in SOURCE_URL: conections (have connections, chunk-rows, ssl-mode, ssl-ca, cursor, lag, verify-every)"
    ],
    [
      "mysql://ann:pw@db/shop?connections=0",
      "invalid connections in SOURCE_URL: 0 (a whole number from 1 to 16)"
    ],
    [
      "mysql://ann:pw@db/shop?ssl-mode=on",
      "invalid ssl-mode in SOURCE_URL: on (one of disabled, preferred, required, verify-ca, verify-identity)"
    ],
    [
      "mysql://ann:100%pw@db/shop",
      "invalid SOURCE_URL: mysql://ann:***@db/shop (write % as %25, @ as %40, / as %2F)"
    ],
    ["mysql://ann:pw@db/shop?lag=60", "lag without cursor in SOURCE_URL: 60 (give cursor=COLUMN too)"],
    [
      "mysql://ann:pw@db/shop?ssl-ca=nothere.pem",
      "missing file of ssl-ca in SOURCE_URL: nothere.pem (a file of certificates in PEM)"
    ],
    [
      "mysql://ann:pw@10.0.0.1/shop?ssl-mode=verify-identity",
      "invalid host in SOURCE_URL: 10.0.0.1 (ssl-mode=verify-identity needs a name; use it, or ssl-mode=verify-ca)"
    ]
  ] as const)
    expect(() => read(url)).toThrow(new UsageError(message));
});
