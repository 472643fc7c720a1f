import {execFileSync, spawnSync} from "node:child_process";
import {chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, inject, test} from "vitest";
import {readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {connectionOf, libpqEnvironment} from "../warehouse/connection.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {asSuperuser, startPostgres, urlOf} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld} from "./world.ts";

/* sslmode means to node-postgres and to dbt what it means to libpq. */

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
let server: Awaited<ReturnType<typeof startPostgres>>;
let folder: string;

/** A certificate for 127.0.0.1 and its key. */
function makeCertificate(name: string): {certificate: string; key: string} {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const about = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      ...about,
      "-keyout",
      key,
      "-out",
      certificate
    ],
    {stdio: "ignore"}
  );
  return {certificate, key};
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), "assay-ssl-"));
  chmodSync(folder, 0o711);
  server = await startPostgres();
  const {certificate, key} = makeCertificate("server");
  const {uid, gid} = statSync(server.folder);
  for (const path of [certificate, key]) chownSync(path, uid, gid);
  chmodSync(key, 0o600);
  const rules = join(server.folder, "pg_hba.conf");
  writeFileSync(rules, readFileSync(rules, "utf8").replace(/^host /gm, "hostssl "));
  await asSuperuser(async (ask) => {
    await ask(`alter system set ssl_cert_file = '${certificate}'`);
    await ask(`alter system set ssl_key_file = '${key}'`);
    await ask("alter system set ssl = on");
    await ask("select pg_reload_conf()");
  }, server.url());
});
afterAll(async () => {
  await server?.stop();
  if (folder) rmSync(folder, {recursive: true, force: true});
});

const configOf = (parameters: Record<string, string>) =>
  readConfig({ASSAY_HOME: join(folder, "home"), WAREHOUSE_URL: urlOf(parameters, server.url())});

/** How the session of node-postgres is encrypted, or why there is none. */
async function throughNode(parameters: Record<string, string>): Promise<string> {
  const warehouse = await openWarehouse(configOf(parameters), silent).catch((error: Error) => error);
  if (warehouse instanceof Error) return warehouse.message;
  const {rows} = await warehouse.client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
  await warehouse.close();
  return `ssl ${rows[0].ssl}`;
}

/** The same of the libpq that dbt uses. */
async function throughLibpq(parameters: Record<string, string>): Promise<string> {
  const {warehouse, home} = configOf(parameters);
  if (warehouse.kind !== "postgres") throw new Error("no server by url");
  const connection = connectionOf(new URL(warehouse.url));
  const {host, port, user, password, database} = connection;
  const program = `
import psycopg2, sys
session = psycopg2.connect(host=sys.argv[1], port=sys.argv[2], user=sys.argv[3], password=sys.argv[4], dbname=sys.argv[5]).cursor()
session.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
print("ssl", str(session.fetchone()[0]).lower(), end="")`;
  const {stdout, stderr} = spawnSync(
    join(inject("dbt"), "bin/python"),
    ["-c", program, host, String(port), user, password, database],
    {encoding: "utf8", env: {...process.env, ...(await libpqEnvironment(connection, home))}}
  );
  return stdout || stderr;
}

test.runIf(hasOpenssl)("both verify what the mode says, and nothing less", async () => {
  const own = join(folder, "server.crt");
  const {certificate: strange} = makeCertificate("strange");
  for (const good of [
    {sslmode: "no-verify"},
    {sslmode: "require"},
    {sslmode: "require", sslrootcert: own},
    {sslmode: "verify-ca", sslrootcert: own},
    {sslmode: "verify-full", sslrootcert: own}
  ]) {
    expect(await throughNode(good), JSON.stringify(good)).toBe("ssl true");
    expect(await throughLibpq(good), JSON.stringify(good)).toBe("ssl true");
  }
  for (const bad of [
    {sslmode: "require", sslrootcert: strange},
    {sslmode: "verify-ca", sslrootcert: strange},
    {sslmode: "verify-full", sslrootcert: strange},
    {sslmode: "verify-full"}
  ]) {
    expect(await throughNode(bad), JSON.stringify(bad)).toMatch(/^cannot reach warehouse .*self.signed/);
    expect(await throughLibpq(bad), JSON.stringify(bad)).toContain("certificate verify failed");
  }
});

test.runIf(hasOpenssl)(
  "a server that wants SSL says what to add, and with it a whole refresh passes",
  async () => {
    expect(await throughNode({})).toMatch(/no encryption; the server wants SSL: add \?sslmode=require$/);
    expect(await failure(openWarehouse(configOf({sslmode: "disable"}), silent))).toContain("no encryption");
    const world = openWorld(shop, {
      variables: {
        WAREHOUSE_URL: urlOf({sslmode: "verify-full", sslrootcert: join(folder, "server.crt")}, server.url())
      }
    });
    expect((await world.refresh()).run.status).toBe("published");
    world.remove();
  }
);
