import {spawnSync} from "node:child_process";
import {randomBytes} from "node:crypto";
import {chmodSync, existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {readConfig, readEnvironment, UsageError} from "../config.ts";
import {openBucket} from "../lake/bucket.ts";

const passwords = [
  "MYSQL_PASSWORD",
  "MYSQL_ROOT_PASSWORD",
  "MINIO_ROOT_PASSWORD",
  "POSTGRES_PASSWORD",
  "WAREHOUSE_PASSWORD"
];

/** `assay up`: writes into `.env` what it lacks, starts the servers of docker-compose.yml and makes the bucket. */
export async function upWord(): Promise<void> {
  const {root} = readConfig({});
  checkCompose();
  const env = readEnvironment();
  const servers = serversFor(env);
  const added = addMissing(join(root, ".env"), env, servers);
  if (added.length) console.log(`added to .env: ${added.join(", ")}`);
  for (const name of ["SOURCE_URL", "LAKE_URL", "WAREHOUSE_URL"])
    if (env[name] && env[name] !== servers[name])
      console.log(`${name} stays as it is, so npm run build does not use the server that is started here`);
  const before = ["AWS_ACCESS_KEY_ID", "MINIO_ACCESS_KEY"].find((name) => env[name]);
  if (before && (env.LAKE_URL || servers.LAKE_URL) === servers.LAKE_URL)
    console.log(
      `${before} goes before MINIO_ROOT_USER, whose bucket LAKE_URL names: unset it for npm run build`
    );

  const {status} = spawnSync("docker", ["compose", "up", "--detach", "--wait", "--wait-timeout", "300"], {
    cwd: root,
    env: {...env, ...servers},
    stdio: "inherit"
  });
  if (status !== 0)
    throw new Error(
      "the servers did not start: docker compose logs says why (a volume keeps the passwords that it was made with)"
    );
  await makeBucket(servers);
  console.log(
    "MySQL, MinIO and PostgreSQL are up; npm run seed fills the shop, npm run build makes the site"
  );
}

/** What docker-compose.yml and its users are given: what `env` says, else a password drawn at random, a URL from it. */
export function serversFor(env: NodeJS.ProcessEnv): Record<string, string> {
  const drawn: Record<string, string> = {MINIO_ROOT_USER: env.MINIO_ROOT_USER || "assay"};
  for (const name of passwords) {
    drawn[name] = env[name] || randomBytes(16).toString("hex");
    if (!/^[\w-]{12,}$/.test(drawn[name]))
      throw new UsageError(
        `invalid ${name}: not 12 or more letters, digits, _ and - (it stands in a url; where there is none, npm run up draws one)`
      );
  }
  const at = (port: string) => `127.0.0.1:${port}`;
  return {
    ...drawn,
    SOURCE_URL: `mysql://assay:${drawn.MYSQL_PASSWORD}@${at(env.MYSQL_PORT || "3306")}/shop`,
    LAKE_URL: `s3://assay/lake?endpoint=http://${at(env.MINIO_PORT || "9000")}`,
    WAREHOUSE_URL: `postgres://assay:${drawn.WAREHOUSE_PASSWORD}@${at(env.POSTGRES_PORT || "5432")}/shop`
  };
}

/** Appends to the file, which only its owner may read, the servers' variables that `env` lacks; their names. */
export function addMissing(file: string, env: NodeJS.ProcessEnv, servers: Record<string, string>): string[] {
  const missing = Object.keys(servers).filter((name) => !env[name]);
  if (!missing.length) return missing;
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  const lines = missing.map((name) => `${name}=${servers[name]}\n`).join("");
  if (existsSync(file)) chmodSync(file, 0o600);
  writeFileSync(file, gap + lines, {flag: "a", mode: 0o600});
  return missing;
}

function checkCompose(): void {
  const {stdout} = spawnSync("docker", ["compose", "version", "--short"], {encoding: "utf8"});
  const [major = 0, minor = 0] = (stdout ?? "").trim().replace(/^v/, "").split(".").map(Number);
  if (!(major > 2 || (major === 2 && minor >= 24)))
    throw new Error(
      "missing Docker with Compose 2.24 or later: https://docs.docker.com/engine/install (or use npm start, which needs no server)"
    );
}

/** Makes the bucket of the lake in the MinIO that was started. */
async function makeBucket({LAKE_URL, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD}: Record<string, string>) {
  const {lake} = readConfig({LAKE_URL, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD});
  if (lake.kind !== "s3") return;
  const {attempt, bucket, ...opened} = openBucket(lake);
  const client = await opened.client();
  await attempt("make the bucket", async () => {
    if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket);
  });
}
