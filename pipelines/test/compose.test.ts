import {spawnSync} from "node:child_process";
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {parseEnv} from "node:util";
import pg from "pg";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {parse, stringify} from "yaml";
import {readConfig, UsageError} from "../config.ts";
import {probeWarehouse} from "../warehouse/probe.ts";
import {addMissing, serversFor} from "../words/up.ts";
import {startPostgres, urlOf} from "./postgres.ts";
import {assay, copyProject} from "./project.ts";
import {keys, lackOf, startServer} from "./servers.ts";

const {root} = readConfig({});
const home = mkdtempSync(join(tmpdir(), "assay-compose-"));
afterAll(() => rmSync(home, {recursive: true, force: true}));

const text = readFileSync(join(root, "docker-compose.yml"), "utf8");
const drawn = serversFor({});
const secrets = Object.keys(drawn).filter((name) => name.endsWith("_PASSWORD"));

type Service = {
  image?: string;
  build?: object;
  environment?: Record<string, string>;
  ports?: {host_ip?: string; published: string; target: number}[];
  healthcheck?: {test?: string[]; disable?: boolean};
  volumes?: {type: string; source: string; target: string}[];
  restart?: string;
  profiles?: string[];
  depends_on?: Record<string, {condition: string}>;
};
type Project = {services: Record<string, Service>; configs: Record<string, {content: string}>};

/** What docker-compose.yml is held to besides the specification. */
function findWrong({services}: Project): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const {image, build, environment = {}, ports = [], healthcheck, volumes = [], restart} = service;
    const values = Object.values(environment).filter((value) => value.includes("://"));
    const told = [
      ...Object.entries(environment).flatMap(([key, value]) => (/PASSWORD|SECRET/.test(key) ? [value] : [])),
      ...values.flatMap((value) => new URL(value).password || [])
    ];
    return [
      ...(build || /:[^/]+$/.test(image ?? "") ? [] : [`${name}: image without a tag`]),
      ...(/:latest$/.test(image ?? "") ? [`${name}: image latest`] : []),
      ...ports.flatMap((port) => (port.host_ip === "127.0.0.1" ? [] : [`${name}: port for everybody`])),
      ...(healthcheck?.test && !healthcheck.disable ? [] : [`${name}: no health check`]),
      ...(volumes.some(({type}) => type === "volume") ? [] : [`${name}: no volume`]),
      ...(restart ? [] : [`${name}: no restart`]),
      ...told.flatMap((value) => (secrets.some((key) => drawn[key] === value) ? [] : [`${name}: a password`]))
    ];
  });
}

// from 1.21 on Go fetches the version that go.mod asks for
const hasGo =
  Number(/go1\.(\d+)/.exec(spawnSync("go", ["version"], {encoding: "utf8"}).stdout ?? "")?.[1]) >= 21;
const lack =
  hasGo || process.env.CI ? undefined : "skipped; install Go 1.21 or later: https://go.dev/doc/install";

describe.skipIf(lack)(`docker-compose.yml, read by Compose's own loader ${lack ?? ""}`, () => {
  const program = join(home, "compose");
  beforeAll(() => {
    const built = spawnSync("go", ["build", "-buildvcs=false", "-o", program, "."], {
      cwd: join(root, "pipelines/test/compose"),
      encoding: "utf8"
    });
    if (built.status !== 0) throw new Error(`go build: ${built.error ?? built.stderr}`);
  });

  const load = (written: string, env: Record<string, string> = drawn): Project => {
    const file = join(home, "docker-compose.yml");
    writeFileSync(file, written);
    const {status, stdout, stderr} = spawnSync(program, [file], {env, encoding: "utf8"});
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Project;
  };

  /** The file with something else in it. */
  const change = (edit: (services: Record<string, Record<string, unknown>>) => void): string => {
    const file = parse(text) as {services: Record<string, Record<string, unknown>>};
    edit(file.services);
    return stringify(file);
  };

  test("it is valid and consistent, and has the five services of the documented ways", () => {
    const project = load(text);
    expect(Object.keys(project.services).sort()).toEqual([
      "dagster",
      "minio",
      "mysql",
      "postgres",
      "workbench"
    ]);
    expect(findWrong(project)).toEqual([]);
    for (const name of ["workbench", "dagster"])
      expect(project.services[name]).toMatchObject({
        profiles: [name],
        depends_on: Object.fromEntries(
          ["mysql", "minio", "postgres"].map((server) => [server, {condition: "service_healthy"}])
        )
      });
    const {environment} = project.services.dagster!;
    expect(environment).toMatchObject({
      ...project.services.workbench!.environment,
      ASSAY_DBT_ENV: "/opt/dagster"
    });
  });

  test("its services and npm run up mean the same servers", () => {
    const env = {...drawn, MYSQL_PORT: "13306", MINIO_PORT: "19000", POSTGRES_PORT: "15432"};
    const {services} = load(text, env);
    const inside = readConfig(services.workbench!.environment);
    const outside = readConfig({...drawn, ...serversFor(env)});
    const published = (name: string) => services[name]!.ports!.map((port) => Number(port.published));
    expect(outside.source).toMatchObject({port: published("mysql")[0]});
    expect(inside.source).toMatchObject({kind: "mysql", host: "mysql", port: 3306, user: "assay"});
    expect(outside.source).toMatchObject({host: "127.0.0.1", user: "assay", database: "shop"});
    expect(outside.lake).toMatchObject({endpoint: `http://127.0.0.1:${published("minio")[0]}`});
    const {keys, bucket, prefix} = outside.lake as typeof outside.lake & {kind: "s3"};
    expect(inside.lake).toMatchObject({endpoint: "http://minio:9000", keys, bucket, prefix});
    const urls = [inside, outside].map(({warehouse}) => warehouse.kind === "postgres" && warehouse.url);
    const server = `127.0.0.1:${published("postgres")[0]}`;
    expect(urls[0]).toBe((urls[1] as string).replace(server, "postgres:5432"));
  });

  test.each(["MINIO_ROOT_USER", ...secrets])(
    "without %s nothing starts, and it is said what to do",
    (name) => {
      for (const env of [{...drawn, [name]: ""}, {...drawn}]) {
        if (env[name]) delete env[name];
        expect(() => load(text, env)).toThrow(new RegExp(`${name} is missing a value: npm run up .* .env`));
      }
    }
  );

  test.each<[string, Parameters<typeof change>[0], RegExp]>([
    ["an unknown key", ({mysql}) => (mysql!.helthcheck = {}), /helthcheck/],
    ["an undefined volume", ({mysql}) => (mysql!.volumes = ["data:/var/lib/mysql"]), /undefined volume data/],
    ["an undefined network", ({minio}) => (minio!.networks = ["back"]), /undefined network back/],
    ["an undefined config", ({minio}) => (minio!.configs = ["policy"]), /undefined config policy/],
    ["an undefined service", ({postgres}) => (postgres!.depends_on = ["redis"]), /undefined service "redis"/],
    ["a value of another type", ({minio}) => (minio!.stop_grace_period = 5), /stop_grace_period/]
  ])("%s is refused by the loader", (_, edit, said) => {
    expect(() => load(change(edit))).toThrow(said);
  });

  test.each<[string, Parameters<typeof change>[0], string | string[]]>([
    ["an image without a tag", ({mysql}) => (mysql!.image = "mysql"), "mysql: image without a tag"],
    [
      "a registry's port is no tag",
      ({mysql}) => (mysql!.image = "host:5000/mysql"),
      "mysql: image without a tag"
    ],
    ["the tag latest", ({mysql}) => (mysql!.image = "mysql:latest"), "mysql: image latest"],
    ["a port of every interface", ({mysql}) => (mysql!.ports = ["3306:3306"]), "mysql: port for everybody"],
    ["no health check", ({postgres}) => delete postgres!.healthcheck, "postgres: no health check"],
    [
      "a health check that is off",
      ({minio}) => (minio!.healthcheck = {disable: true}),
      "minio: no health check"
    ],
    ["no volume", ({minio}) => delete minio!.volumes, "minio: no volume"],
    [
      "a literal password",
      ({mysql}) => Object.assign(mysql!.environment as object, {MYSQL_PASSWORD: "shop"}),
      "mysql: a password"
    ],
    [
      "a literal password in a url",
      ({workbench}) =>
        Object.assign(workbench!.environment as object, {WAREHOUSE_URL: "postgres://a:b@postgres/shop"}),
      // dagster has the environment of the workbench
      ["dagster: a password", "workbench: a password"]
    ]
  ])("%s is found", (_, edit, wrong) => {
    expect(findWrong(load(change(edit))).sort()).toEqual([wrong].flat());
  });

  test("the warehouse's role, made as on the first start, may refresh and is no superuser", async () => {
    const server = await startPostgres();
    try {
      const [first, ...rest] = load(text).configs.warehouse!.content.split("\n");
      expect(first).toBe("\\getenv password WAREHOUSE_PASSWORD");
      const ask = async (url: string, sql: string) => {
        const client = new pg.Client(url);
        await client.connect();
        return client.query<{rolsuper: boolean}>(sql).finally(() => client.end());
      };
      // the embedded server's superuser has the role's name
      await ask(server.url(), "create role postgres superuser login password 'p'");
      const admin = urlOf({user: "postgres", password: "p"}, server.url());
      await ask(admin, "alter role assay rename to another");
      await ask(admin, "create database shop");
      await ask(admin, rest.join("\n").replace(":'password'", `'${drawn.WAREHOUSE_PASSWORD}'`));
      const url = urlOf({database: "shop", user: "assay", password: drawn.WAREHOUSE_PASSWORD!}, server.url());
      const {rows} = await ask(url, "select rolsuper from pg_roles where rolname = current_user");
      expect(rows).toEqual([{rolsuper: false}]);
      expect(await probeWarehouse(readConfig({WAREHOUSE_URL: url}))).toMatch(
        /live release none, reader assay_reader$/
      );
    } finally {
      await server.stop();
    }
  });
});

test(".env.example names every variable that docker-compose.yml and npm run up know", () => {
  const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!);
  const example = readFileSync(join(root, ".env.example"), "utf8");
  for (const name of [...used, ...Object.keys(drawn)])
    expect(example).toMatch(new RegExp(`^# ${name}=`, "m"));
});

describe("what npm run up writes", () => {
  const file = join(home, ".env");
  const write = (before?: string) => {
    rmSync(file, {force: true});
    if (before !== undefined) writeFileSync(file, before);
    const env = parseEnv(before ?? "") as Record<string, string>;
    const added = addMissing(file, env, serversFor(env));
    return {added, env: parseEnv(readFileSync(file, "utf8")) as Record<string, string>};
  };

  test("where there is no .env: all that is needed, for the owner's eyes, drawn anew each time", () => {
    const {added, env} = write();
    expect(added.sort()).toEqual(Object.keys(env).sort());
    expect(Object.keys(env).sort()).toEqual(
      [...secrets, "MINIO_ROOT_USER", "SOURCE_URL", "LAKE_URL", "WAREHOUSE_URL"].sort()
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = write().env;
    const both = [env, again].flatMap((one) => secrets.map((name) => one[name]));
    expect(new Set(both).size).toBe(2 * secrets.length);
    for (const password of both) expect(password).toMatch(/^[0-9a-f]{32}$/);
  });

  test("urls that Assay takes, with the passwords that the servers are given", () => {
    const {env} = write();
    const {source, lake, warehouse} = readConfig(env);
    expect(source).toMatchObject({kind: "mysql", host: "127.0.0.1", password: env.MYSQL_PASSWORD});
    expect(lake).toMatchObject({
      kind: "s3",
      bucket: "assay",
      keys: {accessKey: "assay", secretKey: env.MINIO_ROOT_PASSWORD}
    });
    expect(warehouse).toMatchObject({
      kind: "postgres",
      url: `postgres://assay:${env.WAREHOUSE_PASSWORD}@127.0.0.1:5432/shop`
    });
  });

  test("into an existing .env: only what is missing or empty, at its end, keeping every byte before", () => {
    const before =
      "# mine\nSOURCE_URL=../exports\r\nMYSQL_PASSWORD=\nWAREHOUSE_PASSWORD=of-my-own-making-1\nMYSQL_PORT=3307";
    const {added, env} = write(before);
    expect(readFileSync(file, "utf8").startsWith(`${before}\n`)).toBe(true);
    expect(added).not.toContain("SOURCE_URL");
    expect(added).not.toContain("WAREHOUSE_PASSWORD");
    expect(env).toMatchObject({
      SOURCE_URL: "../exports",
      MYSQL_PASSWORD: expect.stringMatching(/^[0-9a-f]{32}$/),
      WAREHOUSE_URL: "postgres://assay:of-my-own-making-1@127.0.0.1:5432/shop"
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("the second time nothing", () => {
    write();
    const before = readFileSync(file, "utf8");
    expect(write(before).added).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test.each(["minioadmin", "postgres", "root", "changeme", "shop", "p@ssword/with:signs"])(
    "no usual or unfit password is taken: %s",
    (password) => {
      for (const name of secrets)
        expect(() => serversFor({[name]: password})).toThrow(
          new UsageError(
            `invalid ${name}: not 12 or more letters, digits, _ and - (it stands in a url; where there is none, npm run up draws one)`
          )
        );
    }
  );
});

/* There is no Docker where the tests run: a program of its name notes how it is called. */
describe("npm run up, with a stand-in for docker", () => {
  const project = copyProject(join(home, "project"));
  const bin = join(home, "bin");
  const calls = join(home, "calls");
  const standIn = (version: string, status = 0) => {
    mkdirSync(bin, {recursive: true});
    writeFileSync(
      join(bin, "docker"),
      `#!/bin/sh
echo "$MYSQL_PASSWORD $*" >> ${calls}
[ "$2" = version ] && echo ${version} && exit
exit ${status}
`
    );
    chmodSync(join(bin, "docker"), 0o755);
    rmSync(calls, {force: true});
    rmSync(join(project, ".env"), {force: true});
  };
  const up = (more: Record<string, string> = {}) =>
    assay(project, ["up"], {PATH: [bin, process.env.PATH].join(delimiter), ...more});

  test.each(["1.29.2", "2.23.3", ""])("Compose %s is too old, and nothing is written", async (version) => {
    standIn(version);
    const {code, stderr} = await up();
    expect(code).toBe(1);
    expect(stderr).toContain(
      "missing Docker with Compose 2.24 or later: https://docs.docker.com/engine/install"
    );
    expect(() => statSync(join(project, ".env"))).toThrow("ENOENT");
  });

  test("servers that do not start: said, with where to look", async () => {
    standIn("v5.0.1", 1);
    const {code, stdout, stderr} = await up({AWS_ACCESS_KEY_ID: "other"});
    expect(code).toBe(1);
    expect(stderr).toContain("the servers did not start: docker compose logs says why");
    expect(stdout).toContain("added to .env: MINIO_ROOT_USER, MYSQL_PASSWORD");
    expect(stdout).toContain("AWS_ACCESS_KEY_ID goes before MINIO_ROOT_USER");
    const {MYSQL_PASSWORD = ""} = parseEnv(readFileSync(join(project, ".env"), "utf8"));
    expect(readFileSync(calls, "utf8").split("\n")).toEqual([
      " compose version --short",
      `${MYSQL_PASSWORD} compose up --detach --wait --wait-timeout 300`,
      ""
    ]);
    expect(stdout + stderr).not.toContain(MYSQL_PASSWORD);
  });

  test("a usual password: refused before anything starts", async () => {
    standIn("2.24.0");
    const {code, stderr} = await up({MINIO_ROOT_PASSWORD: "minioadmin"});
    expect(code).toBe(2);
    expect(stderr).toContain("invalid MINIO_ROOT_PASSWORD");
    expect(stderr).not.toContain("minioadmin");
    expect(readFileSync(calls, "utf8")).toBe(" compose version --short\n");
  });

  const lack = lackOf("minio");
  test.skipIf(lack)(`the bucket is made, and once it is there left alone ${lack ?? ""}`, async () => {
    standIn("2.24.0");
    const server = await startServer("minio");
    const own = {
      MINIO_PORT: new URL(server.endpoint).port,
      MINIO_ROOT_USER: keys.accessKey,
      MINIO_ROOT_PASSWORD: keys.secretKey,
      SOURCE_URL: "../exports"
    };
    try {
      for (const time of ["made", "kept"]) {
        const {code, stdout} = await up(own);
        expect(code, time).toBe(0);
        expect(stdout).toContain("SOURCE_URL stays as it is");
        expect(stdout).toContain("MySQL, MinIO and PostgreSQL are up; npm run seed fills the shop");
        expect(await server.client.bucketExists("assay")).toBe(true);
      }
    } finally {
      await server.stop();
    }
  });
});
