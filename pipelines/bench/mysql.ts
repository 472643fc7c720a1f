import {spawnSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {rm} from "node:fs/promises";
import {join} from "node:path";
import {sources} from "../catalog.ts";
import {processEnvironment, readConfig} from "../config.ts";
import {fingerprint} from "../source/mysql/fingerprint.ts";
import {openMysql} from "../source/mysql/connect.ts";
import {bronzeColumns} from "../source/mysql/select.ts";
import {simulate} from "../source/simulate.ts";
import {findTables} from "../source/mysql/tables.ts";
import {type MariaDb, startMariaDb} from "../test/mariadb.ts";

type Row = {what: string; measured: string; target: string};
type Gold = {bronze: number; silver: number; gold: number};

const {root} = readConfig({});
const sales = sources.find(({name}) => name === "crm_sales_details")!;
const columns = ["id", ...sales.columns, "updated_at"];
const run = (program: string, args: string[], env: NodeJS.ProcessEnv = {}) => {
  const done = spawnSync(program, args, {
    cwd: root,
    env: {...processEnvironment(), ...env},
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"]
  });
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
};
const tsx = (file: string, ...args: string[]) => ["--import", "tsx", `pipelines/bench/${file}`, ...args];

/** MySQL to bronze, and to gold, in one run with the rates it is to be compared with. */
export async function measureMysql(folder: string, lines: number, tell: (row: Row) => void): Promise<void> {
  const server = await startMariaDb("--local-infile=1", "--innodb-buffer-pool-size=3G");
  try {
    await fill(server, join(folder, "mysql-shop"), lines);
    await measureReading(server, folder, Math.min(lines, 2_000_000), tell);
    await measureChanges(server, folder, lines, tell);
  } finally {
    await server.stop();
  }
}

async function fill(server: MariaDb, csv: string, lines: number): Promise<void> {
  await simulate({to: csv, lines, seed: 1});
  await server.run("mysql", "create database shop character set utf8mb4");
  const ddl = readFileSync(join(root, "pipelines/source/simulate/mysql/tables.sql"), "utf8");
  for (const statement of ddl.split(";").filter((text) => text.trim())) await server.run("shop", statement);
  for (const {name, file, columns: own} of sources)
    client(
      server,
      `load data local infile '${join(csv, file)}' into table ${name} character set utf8mb4
       fields terminated by ',' optionally enclosed by '"' escaped by '' ignore 1 lines (${own.join(", ")})
       ${/^crm_(cust|sales)/.test(name) ? "set updated_at = '2025-01-01'" : ""}`
    );
  // what was changed last is later than the rest by more than the cursor's lag, as in any shop that is open
  for (const table of ["crm_cust_info", "crm_sales_details"])
    await server.run("shop", `update ${table} set updated_at = now(6) order by id desc limit 1`);
  await rm(csv, {recursive: true});
}

/** The table as it is read by the client alone, by Assay, and by connectorx. */
async function measureReading(server: MariaDb, folder: string, rows: number, tell: (row: Row) => void) {
  const select = `select ${columns.join(", ")} from crm_sales_details where id <= ${rows}`;
  const url = server.url("shop", {user: "reader"});
  const file = join(folder, "extract.parquet");
  const extract = (sql: string) =>
    JSON.parse(run(process.execPath, tsx("extract.ts", url, sql, String(columns.length), file))) as {
      seconds: number;
      over: number;
    };
  client(server, select, true);
  const raw = await best(() => timed(() => client(server, select, true)));
  const own = await best(() => extract(select).seconds);
  const memory = extract(select).over;
  const large = extract(
    `${select.replace("select ", "select straight_join ").replace("where", "cross join (select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9 union all select 10) as ten where")}`
  );
  const rate = (seconds: number) => `${Math.round(rows / seconds / 1000)}k rows/s`;
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  tell({
    what: `mariadb --quick, ${rows.toLocaleString("en")} rows × ${columns.length} to nowhere`,
    measured: rate(raw),
    target: ""
  });
  tell({
    what: "MySQL → Parquet, against that",
    measured: `${rate(own)}, ${(raw / own).toFixed(2)}`,
    target: "≥ 0.9"
  });
  const peer = await connectorx(folder, url, select, file);
  tell({
    what: "MySQL → Parquet, against connectorx → Parquet",
    measured: peer === undefined ? "not installed" : `${rate(peer)}, ${(peer / own).toFixed(2)} times`,
    target: "≥ 1.3 times"
  });
  tell({
    what: "its memory over idle; the same for ten times the rows",
    measured: `${mib(memory)}; ${mib(large.over)}`,
    target: "≤ 200 MiB"
  });

  const mysql = await openMysql(server.place("shop"));
  const table = (await findTables(mysql, [sales])).get(sales.name)!;
  const before = await sent(server);
  const compare = await best(async () => {
    const began = performance.now();
    await fingerprint(mysql, table, bronzeColumns(sales, table), {
      from: null,
      until: [String(rows + 1)]
    });
    return (performance.now() - began) / 1000;
  });
  const compared = ((await sent(server)) - before) / 3;
  client(server, select, true);
  const read = (await sent(server)) - before - 3 * compared;
  await mysql.close();
  tell({
    what: "comparing by checksums: time and bytes, of reading the rows",
    measured: `${(compare / raw).toFixed(2)}, ${(compared / read).toFixed(6)}`,
    target: "≤ 1.2, ≤ 0.01"
  });
}

/** A refresh to gold: all of it, nothing changed, one day of orders, and one on which prices change. */
async function measureChanges(server: MariaDb, folder: string, lines: number, tell: (row: Row) => void) {
  const gold = (home: string, query = "") => {
    const env = {
      SOURCE_URL: server.url("shop", {user: "reader", query}),
      ASSAY_HOME: join(folder, home),
      LAKE_URL: "",
      ASSAY_MEMORY: ""
    };
    const {bronze, silver, gold: last} = JSON.parse(run(process.execPath, tsx("gold.ts"), env)) as Gold;
    return {bronze, all: bronze + silver + last};
  };
  const cursor = "?cursor=updated_at";
  const many = lines.toLocaleString("en");
  const full = gold("checksums");
  gold("cursor", cursor);
  tell({what: `${many} lines, MySQL → gold in the lake`, measured: `${full.all.toFixed(1)} s`, target: ""});
  tell({
    what: "nothing changed, by checksums",
    measured: `${gold("checksums").all.toFixed(1)} s`,
    target: ""
  });
  tell({
    what: "nothing changed, by a cursor",
    measured: `${gold("cursor", cursor).bronze.toFixed(1)} s`,
    target: "≤ 2 s at 10M"
  });
  const part = (what: string, changed: {all: number}) =>
    tell({
      what,
      measured: `${changed.all.toFixed(1)} s, ${(changed.all / full.all).toFixed(2)} of it`,
      target: "≤ 0.1"
    });
  await oneDay(server, 1);
  part("one day of orders, by a cursor", gold("cursor", cursor));
  part("one day of orders, by checksums", gold("checksums"));
  await oneDay(server, 2);
  await server.run(
    "shop",
    "insert into crm_prd_info (prd_id, prd_key, prd_nm, prd_cost, prd_line, prd_start_dt) select 900000 + prd_id, prd_key, prd_nm, 1 + prd_cost, prd_line, '2026-07-01' from crm_prd_info where prd_end_dt is null and prd_id < 400 order by prd_id desc limit 3"
  );
  part("the same, and the costs of three products change", gold("cursor", cursor));
}

/** 15,000 new lines, 1,000 corrected and 130 deleted of the last, and 1,500 new customers. */
async function oneDay(server: MariaDb, day: number): Promise<void> {
  const recent = "from crm_sales_details order by id desc limit 15000";
  const lines = sales.columns.map((name) => (name === "sls_ord_num" ? `concat('SZ${day}', id)` : name));
  await server.run(
    "shop",
    `insert into crm_sales_details (${sales.columns.join(", ")}) select ${lines.join(", ")} ${recent}`,
    "update crm_sales_details set sls_sales = concat(sls_sales, '1') order by id desc limit 1000",
    "delete from crm_sales_details where id % 1000 = 7 order by id desc limit 130",
    `insert into crm_cust_info (cst_id, cst_key, cst_firstname) select concat('9${day}', cst_id), concat('N${day}', cst_key), cst_firstname
     from crm_cust_info where cst_id regexp '^[0-9]+$' limit 1500`
  );
}

/** Seconds that connectorx and pyarrow take in an environment of their own; undefined where that cannot be made. */
async function connectorx(
  folder: string,
  url: string,
  select: string,
  file: string
): Promise<number | undefined> {
  const environment = join(folder, "connectorx");
  const script = `import sys, time, connectorx, pyarrow.parquet
began = time.time()
pyarrow.parquet.write_table(connectorx.read_sql(sys.argv[1], sys.argv[2], return_type="arrow"), sys.argv[3])
print(time.time() - began)`;
  try {
    run("python3", ["-m", "venv", environment]);
    run(join(environment, "bin/pip"), ["install", "--quiet", "connectorx==0.4.6", "pyarrow==26.0.1"]);
    return await best(() => Number(run(join(environment, "bin/python"), ["-c", script, url, select, file])));
  } catch (error) {
    console.error(String((error as Error).message).slice(0, 500));
    return undefined;
  }
}

function client(server: MariaDb, sql: string, isQuick = false): void {
  const {password} = server.place("shop");
  const to = ["--no-defaults", "-h127.0.0.1", `-P${server.port}`, "-uroot", `-p${password}`, "shop"];
  const options = isQuick ? ["--quick", "--skip-column-names"] : ["--local-infile"];
  const done = spawnSync("mariadb", [...to, ...options, "-e", sql], {stdio: ["ignore", "ignore", "pipe"]});
  if (done.status !== 0) throw new Error(`mariadb: ${done.stderr.toString()}`);
}

async function sent(server: MariaDb): Promise<number> {
  const [row] = await server.run("mysql", "show global status like 'Bytes_sent'");
  return Number(row!.Value);
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

async function best(measure: () => number | Promise<number>): Promise<number> {
  const measured: number[] = [];
  for (let n = 0; n < 3; n++) measured.push(await measure());
  return Math.min(...measured);
}
