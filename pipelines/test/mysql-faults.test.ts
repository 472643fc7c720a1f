import {spawnSync} from "node:child_process";
import {once} from "node:events";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {setTimeout as sleep} from "node:timers/promises";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import type {Progress} from "../progress.ts";
import {ask, openMysql} from "../source/mysql/connect.ts";
import {startCut} from "./cut.ts";
import {fillDatabase, lack, type MariaDb, startMariaDb} from "./mariadb.ts";
import {lackOf, startServer, type S3Server} from "./servers.ts";
import {shop} from "./shop.ts";
import {carryToBronze, carryToGold, failure, lines, openWorld, start, type World} from "./world.ts";

const sales = `id int unsigned not null auto_increment primary key, sls_ord_num varchar(50), sls_prd_key varchar(50),
  sls_cust_id varchar(50), sls_order_dt varchar(50), sls_ship_dt varchar(50), sls_due_dt varchar(50),
  sls_sales varchar(50), sls_quantity varchar(50), sls_price varchar(50), note varchar(1000)`;

/** Lines of five days in March, each with a note of 1000 bytes. */
const insert = (count: number) =>
  `insert into crm_sales_details (sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity, sls_price, note)
   select concat('SP', seq), 'HELMET', 1 + seq % 3, 20250301 + seq % 5, 20250307, 20250312, 20, 1, 20, repeat('x', 1000) from seq_1_to_${count}`;

describe.skipIf(lack)(`what goes wrong with MySQL ${lack ?? ""}`, () => {
  let server: MariaDb;
  const worlds: World[] = [];
  const worldOf = (url: string, variables: Record<string, string> = {}) => {
    const world = openWorld("", {variables: {SOURCE_URL: url, ...variables}});
    worlds.push(world);
    return world;
  };
  const bronze = (url: string) => failure(carryToBronze(worldOf(url), async () => {}));
  const salesIn = (world: World) =>
    carryToBronze(world, async (results, engine, {steps}) => ({
      rows: await lines(engine, "select count(*), sum(sls_sales::int) from bronze.crm_sales_details"),
      parts: results.find(({step}) => step === "bronze crm_sales_details")!.objects.length,
      steps
    }));

  beforeAll(async () => {
    server = await startMariaDb("--net-write-timeout=1");
    const files = openWorld(shop);
    await fillDatabase(server, "shop", files.source, {crm_sales_details: sales});
    await fillDatabase(server, "big", files.source, {crm_sales_details: sales});
    await server.run("big", insert(20_000));
    await server.run("mysql", "create user nobody@'%' identified by 's3cret-root'");
    files.remove();
  });
  afterAll(async () => {
    for (const world of worlds) world.remove();
    await server?.stop();
  });

  test("out of reach, wrong password, no such database, no rights: what to check, never the password", async () => {
    const at = `127.0.0.1:${server.port}`;
    expect(await bronze("mysql://ann:pa%20ss@127.0.0.1:1/shop")).toBe(
      "source mysql://ann@127.0.0.1:1/shop: cannot connect: cannot reach 127.0.0.1:1; check host and port in SOURCE_URL, and that the server is up"
    );
    expect(await bronze(`mysql://root:wrong@${at}/shop`)).toBe(
      `source mysql://root@${at}/shop: cannot connect: wrong user or password (or the server wants TLS: ssl-mode=required); check SOURCE_URL`
    );
    expect(await bronze(server.url("nowhere"))).toBe(
      `source mysql://root@${at}/nowhere: cannot connect: database missing: nowhere; check SOURCE_URL`
    );
    expect(await bronze(server.url("shop", {user: "nobody"}))).toBe(
      `source mysql://nobody@${at}/shop: cannot connect: the user may not read database shop: grant select on \`shop\`.* to 'nobody'@'%'`
    );
  });

  test("a server that wants TLS says so; a certificate is checked when asked", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-tls-"));
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop"],
      ...[
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        `${folder}/key.pem`,
        "-out",
        `${folder}/cert.pem`
      ]
    ]);
    expect(made.status, made.stderr.toString()).toBe(0);
    const secure = await startMariaDb(`--ssl-cert=${folder}/cert.pem`, `--ssl-key=${folder}/key.pem`);
    try {
      const files = openWorld(shop);
      await fillDatabase(secure, "shop", files.source);
      files.remove();
      await secure.run("mysql", "set global require_secure_transport = on");
      const url = (query: string) => secure.url("shop", {user: "reader", query});
      expect(await bronze(url(""))).toContain("the server wants TLS: ssl-mode=required");
      expect(await bronze(url("?ssl-mode=verify-ca"))).toContain(
        "the server's certificate is not trusted (ssl-mode=verify-ca); name its authority with ssl-ca=FILE in SOURCE_URL"
      );
      for (const query of ["preferred", "required", `verify-ca&ssl-ca=${folder}/cert.pem`])
        expect((await salesIn(worldOf(url(`?ssl-mode=${query}`)))).rows).toEqual(["5|1885"]);
      const identity = url(`?ssl-mode=verify-identity&ssl-ca=${folder}/cert.pem`);
      expect((await salesIn(worldOf(identity.replace("127.0.0.1", "localhost")))).rows).toEqual(["5|1885"]);
      expect(() => worldOf(identity)).toThrow("ssl-mode=verify-identity needs a name");
      expect(await bronze(server.url("shop", {query: "?ssl-mode=required"}))).toContain(
        `127.0.0.1:${server.port} does not speak TLS; set ssl-mode=disabled in SOURCE_URL`
      );
      expect((await salesIn(worldOf(server.url("shop", {query: "?ssl-mode=preferred"})))).rows).toEqual([
        "5|1885"
      ]);
    } finally {
      await secure.stop();
      rmSync(folder, {recursive: true});
    }
  });

  test("cut off in the middle of a result: chunks that were whole are not read again", async () => {
    const cut = await startCut(server.port, {limit: 10_000_000});
    const world = worldOf(server.url("big", {user: "reader", port: cut.port, query: "?chunk-rows=2000"}));
    expect(await failure(salesIn(world))).toBe(
      `source mysql://reader@127.0.0.1:${cut.port}/big: cannot read crm_sales_details: the server closed the connection; look into its log, then run again`
    );
    cut.stop();
    // the same server by the same name, let through
    const through = await startCut(server.port, {at: cut.port});
    const sent = async () =>
      Number((await server.run("mysql", "show global status like 'Bytes_sent'"))[0]!.Value);
    const before = await sent();
    const {rows, parts} = await salesIn(world);
    through.stop();
    expect([rows, parts]).toEqual([["20005|401885"], 11]);
    expect((await sent()) - before, "of 20 MB").toBeLessThan(13e6);
  });

  test("a server that gives up on slow readers after a second is asked for more patience", async () => {
    const stalled = await startCut(server.port, {limit: 5_000_000, hold: 4000});
    const place = {...server.place("big"), port: stalled.port};
    const mysql = await openMysql(place);
    await ask(mysql, "set session net_write_timeout = 1");
    expect(await failure(ask(mysql, "select * from crm_sales_details")), "without it").toContain(
      "the server closed the connection"
    );
    const world = worldOf(server.url("big", {user: "reader", port: stalled.port}));
    expect((await salesIn(world)).rows).toEqual(["20005|401885"]);
    stalled.stop();
  });

  test("a table that is dropped between listing and reading", async () => {
    const files = openWorld(shop);
    await fillDatabase(server, "dropped", files.source);
    files.remove();
    const world = worldOf(server.url("dropped", {user: "reader"}));
    const message = await failure(
      carryToBronze(world, async () => {}, {
        progress: on("bronze erp_cust_az12", () => run(server, "dropped", "drop table erp_loc_a101"))
      })
    );
    expect(message).toMatch(
      /^source mysql:\/\/reader@[^ ]+\/dropped: cannot [^:]+: the table (is gone; it was there when the refresh began|was changed \(alter, truncate\) while it was read; run again)$/
    );
  });

  test("a table of MyISAM that changes while it is read is not taken", async () => {
    const files = openWorld(shop);
    await fillDatabase(server, "myisam", files.source, {crm_sales_details: sales});
    await server.run("myisam", insert(2000), "alter table crm_sales_details engine = myisam");
    files.remove();
    const world = worldOf(server.url("myisam", {user: "reader", query: "?chunk-rows=500"}));
    const change = "update crm_sales_details set sls_cust_id = 7 where id = 1900";
    let isDone = false;
    const progress = onUpdate(/chunk 1 of [45]/, () => {
      if (!isDone) run(server, "myisam", change);
      isDone = true;
    });
    expect(await failure(carryToBronze(world, async () => {}, {progress}))).toContain(
      "crm_sales_details changed while it was read, and its engine has no snapshots; run again when its writers are done, or convert it: alter table `crm_sales_details` engine = InnoDB"
    );
    expect((await salesIn(world)).rows).toEqual(["2005|41885"]);
  });

  test("a table that somebody has locked", async () => {
    const holder = await openMysql(server.place("shop"));
    await ask(holder, "lock tables erp_loc_a101 write");
    expect(await bronze(server.url("shop", {user: "reader"}))).toContain(
      "cannot compare erp_loc_a101: locked by another session for 30 s; wait until it is done, then run again"
    );
    await holder.close();
  });

  test("ended by an administrator", async () => {
    const world = worldOf(server.url("shop", {user: "reader"}));
    const message = await failure(
      carryToBronze(world, async () => {}, {
        progress: on("bronze crm_prd_info", () => run(server, "shop", "kill user 'reader'"))
      })
    );
    expect(message).toMatch(/(the server closed the connection|somebody ended the query on the server)/);
  });

  describe.skipIf(lackOf("minio"))(`killed ${lackOf("minio") ?? ""}`, () => {
    let bucket: S3Server;
    beforeAll(async () => void (bucket = await startServer("minio")));
    afterAll(() => bucket?.stop());

    test("after every step, each time: the last attempt publishes what an undisturbed one does", async () => {
      const files = openWorld(shop);
      await fillDatabase(server, "steps", files.source, {crm_sales_details: sales});
      await server.run("steps", insert(1000));
      files.remove();
      const url = server.url("steps", {user: "reader", query: "?chunk-rows=300"});
      const undisturbed = worldOf(url);
      const {run} = await undisturbed.refresh();
      const expected = await contentsIn(undisturbed);
      const world = worldOf(url, bucket.variables("steps"));
      let kills = 0;
      for (let code: number | null = null; code !== 0; kills++) {
        const child = start(world, "refresh");
        createInterface({input: child.stderr!}).on("line", (line) => {
          if (line.startsWith("✓")) child.kill("SIGKILL");
        });
        [code] = (await once(child, "exit")) as [number | null];
        expect(kills, "a step that was made is made again and again").toBeLessThan(run.steps.length + 10);
      }
      expect(kills).toBeGreaterThan(20);
      expect(await contentsIn(world)).toEqual(expected);
    }, 400_000);

    test("at any instant while rows come: nothing twice, nothing lost", async () => {
      const world = worldOf(
        server.url("big", {user: "reader", query: "?chunk-rows=1000"}),
        bucket.variables("big")
      );
      for (const instant of [700, 800, 900, 1000, 1100, 1250, 1400, 1600]) {
        const child = start(world, "refresh");
        await Promise.race([sleep(instant), once(child, "exit")]);
        child.kill("SIGKILL");
      }
      expect((await salesIn(world)).rows).toEqual(["20005|401885"]);
      const gold = (one: World) =>
        carryToGold(one, (_, engine) =>
          lines(engine, "select md5(string_agg(t::varchar, '' order by t::varchar)) from gold.fct_sales t")
        );
      expect(await gold(world)).toEqual(await gold(worldOf(server.url("big", {query: "?chunk-rows=1000"}))));
    }, 400_000);
  });
});

function contentsIn(world: World): Promise<Record<string, unknown>[]> {
  return world.sql(
    `select layer, "table", content from assay.objects where layer <> 'extracts' order by all`
  );
}

/** Statements of an administrator that are done when this returns. */
function run(server: MariaDb, database: string, statement: string): void {
  const told = spawnSync("mariadb", [
    ...[
      "--no-defaults",
      "-h127.0.0.1",
      `-P${server.port}`,
      "-uroot",
      "-ps3cret-root",
      database,
      "-e",
      statement
    ]
  ]);
  if (told.status !== 0) throw new Error(told.stderr.toString());
}

function on(step: string, act: () => void): Progress {
  const line = {update() {}, end() {}, fail() {}};
  return {begin: (name) => (name === step && act(), line), note() {}};
}

function onUpdate(pattern: RegExp, act: () => void): Progress {
  const line = {update: (text: string) => void (pattern.test(text) && act()), end() {}, fail() {}};
  return {begin: () => line, note() {}};
}
