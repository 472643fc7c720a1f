import {type ChildProcess, spawn, spawnSync} from "node:child_process";
import {existsSync, mkdirSync, mkdtempSync, rmSync} from "node:fs";
import http from "node:http";
import https from "node:https";
import {createServer} from "node:net";
import type {AddressInfo} from "node:net";
import {homedir, tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {Client} from "minio";
import {AssumeRoleProvider} from "minio/dist/esm/AssumeRoleProvider.mjs";
import {readConfig, type S3Place} from "../config.ts";

/** The S3 servers of the tests: the line that installs each, and how each is started. */
export const kinds = {
  minio: {
    install: "go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
    user: "MINIO_ROOT_USER",
    password: "MINIO_ROOT_PASSWORD",
    args: (address: string, folder: string) => [
      "server",
      "--quiet",
      "--address",
      address,
      join(folder, "data")
    ]
  },
  versitygw: {
    install: "go install github.com/versity/versitygw/cmd/versitygw@v1.7.0",
    user: "ROOT_ACCESS_KEY",
    password: "ROOT_SECRET_KEY",
    args: (address: string, folder: string) => [
      ...["--port", address, "--region", "us-east-1", "--quiet", "--iam-dir", join(folder, "iam")],
      ...["posix", join(folder, "data")]
    ]
  }
};

export type Kind = keyof typeof kinds;

/** A running server; `place` and `variables` choose a prefix of the bucket `lake` in it. */
export type S3Server = {
  endpoint: string;
  /** Where it keeps its data. */
  folder: string;
  client: Client;
  place: (prefix: string, cache: string) => S3Place;
  variables: (prefix: string, more?: {endpoint?: string; bucket?: string}) => Record<string, string>;
  stop: () => Promise<void>;
};

export const keys = {accessKey: "assayuser", secretKey: "assay-secret-1"};

/** Where a server's program is, if it is installed. */
export function findProgram(kind: Kind): string | undefined {
  const go = spawnSync("go", ["env", "GOPATH"], {encoding: "utf8"}).stdout?.trim() || join(homedir(), "go");
  const folders = [...(process.env.PATH ?? "").split(delimiter), join(go, "bin")];
  return [...folders, join(readConfig({}).root, ".assay/bin")]
    .map((folder) => join(folder, kind))
    .find((path) => existsSync(path));
}

/** Why the tests on a server are skipped, if it is not installed; CI does without none. */
export function lackOf(kind: Kind): string | undefined {
  return findProgram(kind) || process.env.CI ? undefined : `skipped; install it: ${kinds[kind].install}`;
}

/** Keys that the server knows and that may not write to the bucket `lake`. */
export async function startUser(kind: Kind, {endpoint}: S3Server): Promise<typeof keys> {
  if (kind === "minio") {
    const allow = {Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: ["arn:aws:s3:::*"]};
    const provider = new AssumeRoleProvider({
      stsEndpoint: endpoint,
      ...keys,
      region: "us-east-1",
      policy: JSON.stringify({Version: "2012-10-17", Statement: [allow]})
    });
    const {accessKey, secretKey, sessionToken} = await provider.getCredentials();
    return {accessKey, secretKey, sessionToken} as typeof keys;
  }
  const reader = {accessKey: "reader", secretKey: "reader-secret-1"};
  const asAdmin = ["--access", keys.accessKey, "--secret", keys.secretKey, "--endpoint-url", endpoint];
  const asked = ["--access", reader.accessKey, "--secret", reader.secretKey, "--role", "user"];
  const made = spawnSync(findProgram(kind)!, ["admin", ...asAdmin, "create-user", ...asked], {
    encoding: "utf8"
  });
  if (made.status !== 0) throw new Error(`versitygw admin create-user: ${made.stderr}`);
  return reader;
}

/** A folder with `public.crt` and `private.key` of a server on 127.0.0.1, which vouches for itself. */
export function makeCertificate(folder: string, subjectAltName = "IP:127.0.0.1"): string {
  mkdirSync(folder, {recursive: true});
  const files = ["-keyout", join(folder, "private.key"), "-out", join(folder, "public.crt")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=lake", "-addext", `subjectAltName=${subjectAltName}`];
  const made = spawnSync("openssl", ["req", "-x509", ...kind, ...names, ...files], {encoding: "utf8"});
  if (made.status !== 0) throw new Error(`openssl: ${made.error?.message ?? made.stderr}`);
  return folder;
}

/** Starts a server on a free port in a temporary folder, with an empty bucket `lake`; with `certificate`, MinIO by https. */
export async function startServer(kind: Kind, {certificate}: {certificate?: string} = {}): Promise<S3Server> {
  const {install, user, password, args} = kinds[kind];
  const program = findProgram(kind);
  if (!program) throw new Error(`missing ${kind}: ${install}`);
  const folder = mkdtempSync(join(tmpdir(), `assay-${kind}-`));
  for (const part of ["data", "iam"]) mkdirSync(join(folder, part));
  const port = await freePort();
  const {PATH = "", HOME = ""} = process.env;
  const env = {PATH, HOME, [user]: keys.accessKey, [password]: keys.secretKey};
  const tls = certificate === undefined ? [] : ["--certs-dir", certificate];
  const child = spawn(program, [...args(`127.0.0.1:${port}`, folder), ...tls], {
    env: {...env, MINIO_BROWSER: "off", MINIO_UPDATE: "off"},
    stdio: "ignore"
  });
  const useSSL = certificate !== undefined;
  const transportAgent = useSSL ? new https.Agent({rejectUnauthorized: false}) : new http.Agent();
  const at = {endPoint: "127.0.0.1", port, useSSL, transportAgent};
  const client = new Client({...at, region: "us-east-1", ...keys});
  await makeBucket(client, child, kind);
  const endpoint = `${useSSL ? "https" : "http"}://127.0.0.1:${port}`;
  const region = "us-east-1";
  return {
    endpoint,
    folder: join(folder, "data"),
    client,
    place: (prefix, cache) => ({
      ...{kind: "s3", bucket: "lake", prefix, endpoint, region, keys},
      cache: {path: cache, bytes: 2e9}
    }),
    variables: (prefix, more = {}) => ({
      LAKE_URL: `s3://${more.bucket ?? "lake"}/${prefix}?endpoint=${more.endpoint ?? endpoint}`,
      AWS_ACCESS_KEY_ID: keys.accessKey,
      AWS_SECRET_ACCESS_KEY: keys.secretKey
    }),
    async stop() {
      child.kill();
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
      rmSync(folder, {recursive: true, force: true});
    }
  };
}

async function makeBucket(client: Client, child: ChildProcess, kind: Kind): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      return await client.makeBucket("lake");
    } catch (error) {
      if ((error as {code?: string}).code === "BucketAlreadyOwnedByYou") return;
      if (n === 200 || child.exitCode !== null) throw new Error(`${kind} does not start`, {cause: error});
      await sleep(100);
    }
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
