import {spawnSync} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {openS3Lake} from "../lake/s3.ts";
import {assay, copyProject} from "./project.ts";
import {lackOf, makeCertificate, type S3Server, startServer} from "./servers.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* A lake by https, on a real server with a certificate of its own. */

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(lackOf("minio") ?? !hasOpenssl)("a certificate that vouches for itself", () => {
  const home = mkdtempSync(join(tmpdir(), "assay-tls-"));
  const certificate = join(home, "certificate");
  const project = copyProject(join(home, "project"));
  let server: S3Server;
  let world: World;
  beforeAll(async () => {
    server = await startServer("minio", {certificate: makeCertificate(certificate)});
    world = openWorld(shop, {variables: server.variables("tls")});
  });
  afterAll(async () => {
    world?.remove();
    await server?.stop();
    rmSync(home, {recursive: true, force: true});
  });

  const distrust = () =>
    `lake s3://lake/tls: cannot read releases/current.json: this machine does not trust the certificate of ${server.endpoint}; set NODE_EXTRA_CA_CERTS to the file, in PEM, of the certificate or of the authority that signed it`;

  test("is not trusted, and the error names what mends it", async () => {
    expect(await assay(project, ["sql", "select 1"], world.environment)).toEqual({
      code: 1,
      stdout: "",
      stderr: `assay: ${distrust()}\n`
    });
  });

  test("is trusted by NODE_EXTRA_CA_CERTS: refresh, sql and doctor work", async () => {
    const environment = {...world.environment, NODE_EXTRA_CA_CERTS: join(certificate, "public.crt")};
    expect(await assay(project, ["refresh"], environment)).toMatchObject({code: 0});
    const anew = {...environment, ASSAY_HOME: join(home, "anew")};
    const query = "select sum(sales_amount) as r from gold.fct_sales";
    expect(await assay(project, ["sql", query, "--format", "csv"], anew)).toEqual({
      code: 0,
      stdout: "r\n1880.00\n",
      stderr: ""
    });
    expect((await assay(project, ["doctor"], anew)).stdout).toContain(
      `✓ lake       s3://lake/tls at ${server.endpoint}, may read, write and remove, conditional writes, release `
    );
  });

  test("a server without TLS is named as such, and one with it that is asked without", async () => {
    const place = server.place("tls", join(home, "cache"));
    const plain = await startServer("minio");
    const asked = openS3Lake({...place, endpoint: plain.endpoint.replace("http:", "https:")}, {tries: 1});
    expect(await failure(asked.find("a.json"))).toBe(
      `lake s3://lake/tls: cannot read a.json: ${plain.endpoint.replace("http:", "https:")} does not speak TLS; check http or https in endpoint of LAKE_URL`
    );
    await plain.stop();
    const unasked = openS3Lake({...place, endpoint: server.endpoint.replace("https:", "http:")}, {tries: 1});
    expect(await failure(unasked.find("a.json"))).toBe(
      "lake s3://lake/tls: cannot read a.json: the server gave no reason; if it speaks TLS, write https in endpoint of LAKE_URL"
    );
  });

  test("a certificate for another name is named", async () => {
    const other = await startServer("minio", {
      certificate: makeCertificate(join(home, "other"), "DNS:lake.example")
    });
    const environment = {
      ...world.environment,
      ...other.variables("tls"),
      NODE_EXTRA_CA_CERTS: join(home, "other/public.crt")
    };
    expect((await assay(project, ["sql", "select 1"], environment)).stderr).toBe(
      `assay: lake s3://lake/tls: cannot read releases/current.json: the certificate of ${other.endpoint} is for another name; check endpoint in LAKE_URL, or have that name in the certificate\n`
    );
    await other.stop();
  });
});
