import {existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {UsageError} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import type {LedgerLine} from "../ledger.ts";
import type {Refreshed} from "../attempt.ts";
import {assay as assayOf, copyProject} from "./project.ts";
import {shop} from "./shop.ts";
import {openWorld, type World} from "./world.ts";
import {ask, withRelease} from "../words/sql.ts";

/* The real command line, in processes of its own, on a small published world. */

const folder = mkdtempSync(join(tmpdir(), "assay-cli-"));
const project = copyProject(join(folder, "project"));
let world: World;
let published: Refreshed;
beforeAll(async () => {
  world = openWorld(shop);
  published = await world.refresh();
});
afterAll(() => {
  world.remove();
  rmSync(folder, {recursive: true, force: true});
});

const assay = (...args: string[]) => assayOf(project, args, world.environment);
const sql = async (query: string, format: string) => {
  const ended = await assay("sql", query, "--format", format);
  expect(ended).toMatchObject({code: 0, stderr: ""});
  return ended.stdout;
};
const said = async (...args: string[]) => {
  const ended = await assay(...args);
  expect(ended).toMatchObject({code: 0, stderr: ""});
  return ended.stdout;
};
const refused = async (...args: string[]) => {
  const {code, stdout, stderr} = await assay(...args);
  expect({code, stdout}).toEqual({code: 2, stdout: ""});
  return stderr;
};

describe("help", () => {
  const words: Record<string, string[]> = {
    refresh: ["--wait", "--json"],
    build: ["--wait"],
    start: ["--port <port>"],
    status: ["--json"],
    sql: ["<query>", "--format <format>", '"table"', '"csv"', '"json"', "--json"],
    ask: [
      "[measures]",
      "--by <dimensions>",
      "--grain <grain>",
      "--where <predicate>",
      "--as-reported",
      "--engine <engine>"
    ],
    ledger: ["--json"],
    rejects: ["[table]", "--limit <rows>", "--json"],
    corrections: ["[table]", "--limit <rows>", "--json"],
    run: ["[steps...]", "--run <key>", "--end <status>", "--months <months...>", "--wait", "--json"],
    dagster: ["--port <port>", "--host <host>"],
    graph: ["--json"],
    changed: ["--since <position>", "--json"],
    runs: ["[run]", "--json"],
    releases: ["--json"],
    simulate: ["--to <folder>", "--into [url]", "--lines <number>", "--days <number>", "--seed <number>"],
    warehouse: [],
    doctor: ["--json"]
  };

  test("names every word, and every word has its own", async () => {
    const help = await said("--help");
    const found = [...help.matchAll(/^ {2}([a-z]+)[ \n]/gm)]
      .map(([, word]) => word!)
      .filter((word) => word !== "help");
    expect(found).toEqual(expect.arrayContaining(Object.keys(words)));
    for (const word of found) {
      const own = await said(word, "--help");
      expect(own).toContain(`Usage: assay ${word}`);
      for (const option of words[word] ?? []) expect(own).toContain(option);
    }
  });
});

describe("wrong use exits with 2", () => {
  test.each([
    [["frobnicate"], "error: unknown command 'frobnicate'"],
    [["status", "--frobnicate"], "error: unknown option '--frobnicate'"],
    [["sql"], "error: missing required argument 'query'"],
    [
      ["sql", "select 1", "--format", "xml"],
      "argument 'xml' is invalid. Allowed choices are table, csv, json."
    ],
    [["simulate"], "assay: missing --to FOLDER or --into mysql://user@host:3306/database"],
    [
      ["simulate", "--to", "x", "--into"],
      "assay: --to and --into exclude each other: a folder or a database"
    ],
    [["simulate", "--to", "x", "--days", "3"], "assay: --days goes with --into: only a database lives on"],
    [["simulate", "--into", "--days", "0"], "assay: invalid --days: 0 (a whole number of 1 or more)"],
    [
      ["simulate", "--into", "postgres://me:secret@there/shop"],
      "assay: invalid --into: postgres://me:***@there/shop (a url that begins with mysql://)"
    ],
    [["simulate", "--into"], "(give mysql://user@host:3306/database there or after --into)"],
    [
      ["simulate", "--to", "x", "--lines", "many"],
      "assay: invalid --lines: many (a whole number of 0 or more)"
    ],
    [["start", "--port", "http"], "assay: invalid --port: http (a number such as 3000)"],
    [["rejects", "--limit", "all"], "assay: invalid --limit: all (a number of rows)"],
    [
      ["corrections", "crm_orders"],
      "assay: unknown table: crm_orders (have crm_cust_info, crm_prd_info, crm_sales_details, erp_cust_az12, erp_loc_a101, erp_px_cat_g1v2)"
    ],
    [["warehouse"], "assay: WAREHOUSE_URL names a server of yours: it is not kept here"]
  ])("%j", async (args, message) => {
    expect(await refused(...args)).toContain(message);
  });

  test.each([
    ["ASSAY_TODAY", "soon", "assay: invalid ASSAY_TODAY: soon (a day such as 2026-01-31)\n"],
    ["ASSAY_MEMORY", "lots", "assay: invalid ASSAY_MEMORY: lots (a size such as 2GB)\n"],
    [
      "SOURCE_URL",
      "ftp://a:b@c/d",
      "assay: unsupported SOURCE_URL: ftp://a:***@c/d (give a folder or mysql://user@host:3306/database)\n"
    ],
    ["LAKE_URL", "gs://a", "assay: unsupported LAKE_URL: gs://a (give a folder or s3://bucket/prefix)\n"],
    [
      "WAREHOUSE_URL",
      "postgres://a:p/w@c/d",
      "assay: invalid WAREHOUSE_URL: postgres://a:***@c/d (a url that begins with postgres://)\n"
    ]
  ])("%s=%s", async (variable, value, message) => {
    expect(await assayOf(project, ["status"], {...world.environment, [variable]: value})).toEqual({
      code: 2,
      stdout: "",
      stderr: message
    });
  });
});

describe("before the first release", () => {
  const nothing = (...args: string[]) =>
    assayOf(project, args, {ASSAY_HOME: join(folder, "new"), SOURCE_URL: world.source});

  test("sql, ledger, rejects say what to run", async () => {
    for (const args of [["sql", "select 1"], ["ledger"], ["rejects"], ["corrections", "--json"]])
      expect(await nothing(...args)).toEqual({
        code: 1,
        stdout: "",
        stderr: `assay: no release in lake ${join(folder, "new/lake")}: run npx assay refresh\n`
      });
  });

  test("status, releases and runs say that there is none", async () => {
    expect(await nothing("status")).toEqual({
      code: 0,
      stdout: "nothing is published yet: run npx assay refresh\n",
      stderr: ""
    });
    expect(JSON.parse((await nothing("status", "--json")).stdout)).toEqual({
      release: null,
      published_at: null,
      data_through: null,
      source: null,
      rows: {bronze: 0, silver: 0, gold: 0},
      rejects: 0,
      corrections: 0,
      ledger_lines: 0,
      unexplained: 0,
      checks: 0,
      warnings: [],
      held: null,
      last_run: null
    });
    expect((await nothing("releases", "--json")).stdout).toBe("[]\n");
    expect((await nothing("runs", "--json")).stdout).toBe("[]\n");
    expect((await nothing("runs")).stdout).toBe(
      "run  status  steps  reused  seconds  release  error\n" +
        "───  ──────  ─────  ──────  ───────  ───────  ─────\n(0 rows)\n"
    );
  });
});

describe("sql", () => {
  const values = `select * from (values
    (1, null, 'a "b", c', 'é日本🚲', 12345678901234567890::hugeint, 9007199254740993::bigint, 1234.50::decimal(18, 2), date '2025-01-31', true, '', 1.5::double),
    (-20, 'x', 'two' || chr(10) || 'lines', 'a' || chr(27) || '[31m', null, null, -0.05, date '0099-12-31', null, ' ', null)
  ) as t(i, n, q, u, h, b, m, d, t, e, f)`;

  test("as a table: null told from empty, lines kept apart, control characters shown", async () => {
    expect(await sql(values, "table")).toBe(
      [
        "  i  n  q         u                          h                 b        m  d           t     e    f",
        "───  ─  ────────  ──────  ────────────────────  ────────────────  ───────  ──────────  ────  ─  ───",
        '  1  ∅  a "b", c  é日本🚲   12345678901234567890  9007199254740993  1234.50  2025-01-31  true     1.5',
        "-20  x  two       a�[31m                     ∅                 ∅    -0.05  0099-12-31  ∅          ∅",
        "        lines",
        "(2 rows)",
        ""
      ].join("\n")
    );
  });

  test("as CSV: null is empty, empty text is quoted, quotes are doubled", async () => {
    expect(await sql(values, "csv")).toBe(
      "i,n,q,u,h,b,m,d,t,e,f\n" +
        '1,,"a ""b"", c",é日本🚲,12345678901234567890,9007199254740993,1234.50,2025-01-31,true,"",1.5\n' +
        '-20,x,"two\nlines",a\u001b[31m,,,-0.05,0099-12-31,, ,\n'
    );
  });

  test("as JSON: numbers that JavaScript holds are numbers, others stay exact text", async () => {
    const text = await sql(values, "json");
    expect(JSON.parse(text)).toEqual([
      {
        i: 1,
        n: null,
        q: 'a "b", c',
        u: "é日本🚲",
        h: "12345678901234567890",
        b: "9007199254740993",
        m: 1234.5,
        d: "2025-01-31",
        t: true,
        e: "",
        f: 1.5
      },
      {
        i: -20,
        n: "x",
        q: "two\nlines",
        u: "a\u001b[31m",
        h: null,
        b: null,
        m: -0.05,
        d: "0099-12-31",
        t: null,
        e: " ",
        f: null
      }
    ]);
    expect(await said("sql", values, "--json")).toBe(text);
  });

  test("no rows, equal names, lists and structs", async () => {
    expect(await sql("select 1 as a where false", "table")).toBe("a\n─\n(0 rows)\n");
    expect(await sql("select 1 as a where false", "csv")).toBe("a\n");
    expect(await sql("select 1 as a where false", "json")).toBe("[]\n");
    expect(await sql("select 1 as a, 2 as a, [1, null] as l, {'k': 'v'} as s", "csv")).toBe(
      'a,a:1,l,s\n1,2,"[1,null]","{""k"":""v""}"\n'
    );
  });

  test("asks every layer, by schema or as on the site without it", async () => {
    const query = `select
      (select count(*) from bronze.crm_sales_details) as bronze,
      (select count(*) from silver.crm_cust_info) as silver,
      (select sum(sales_amount) from gold.fct_sales) as gold,
      (select sum(revenue_amount) from marts.daily_sales) as marts,
      (select count(*) from extracts.months) as extracts,
      (select count(*) from assay.rejects) as rejects,
      (select sum(sales_amount) from sales) as sales,
      (select count(*) from dim_customers) as customers,
      (select count(*) from corrections) as corrections`;
    expect(await sql(query, "csv")).toBe(
      "bronze,silver,gold,marts,extracts,rejects,sales,customers,corrections\n5,3,1880.00,980.00,3,1,1880.00,3,2\n"
    );
  });

  test("every kind of question is a question", async () => {
    expect(await sql("  from dim_products select product_name order by all;  ", "csv")).toBe(
      "product_name\nBike\nHelmet\n"
    );
    expect(await sql("with a as (select 1 as x) select x from a", "csv")).toBe("x\n1\n");
    expect(await sql("values (1), (2)", "csv")).toBe("col0\n1\n2\n");
    expect(await sql("/* a note */ select 1 as x -- and another", "csv")).toBe("x\n1\n");
    expect(await said("sql", "--format", "csv", "--", "-- a note\nselect 1 as x")).toBe("x\n1\n");
    expect(await sql("describe gold.dim_dates", "csv")).toContain("\ndate_day,DATE,YES,,,\n");
    expect(await sql("summarize gold.dim_dates", "csv")).toContain("\ndate_day,DATE,2025-01-01,2025-03-01,");
    expect(await sql("explain select 1", "table")).toContain("│             1             │\n");
    expect(await sql("explain analyze select 1", "csv")).toContain("EXPLAIN_ANALYZE");
  });

  test("a failing query exits with 1 and DuckDB's words", async () => {
    expect(await assay("sql", "select nothing from gold.fct_sales")).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^assay: Binder Error: Referenced column "nothing" not found in FROM clause!\n[\s\S]*LINE 1: select nothing from gold.fct_sales\n +\^\n$/
      )
    });
    expect(await assay("sql", "selec 1")).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining('Parser Error: syntax error at or near "selec"\n\nLINE 1: selec 1\n')
    });
    expect((await assay("sql", "select 'x'::integer")).stderr).toContain(
      "Conversion Error: Could not convert string 'x' to INT32"
    );
  });

  test("more or less than one statement is refused", async () => {
    expect(await refused("sql", "select 1; select 2")).toBe("assay: one statement at a time: 2 given\n");
    expect(await refused("sql", "")).toBe("assay: one statement at a time: 0 given\n");
    expect(await refused("sql", "/* nothing */;")).toBe("assay: one statement at a time: 0 given\n");
  });

  const lakeFile = () => join(openLake(world.config).folder, "written.csv");
  test.each([
    "create table gold.mine as select 1",
    "create temp macro m() as 1",
    "insert into assay.ledger select * from assay.ledger",
    "insert into assay.ledger select * from assay.ledger returning *",
    "with a as (select 1) delete from assay.ledger",
    "update assay.ledger set unexplained = 0",
    "drop table assay.ledger",
    "drop view gold.fct_sales",
    "attach '/tmp/x.duckdb' as x",
    "copy (select 1) to '/tmp/assay-written.csv'",
    "copy (select 1) to 'LAKE'",
    "explain analyze copy (select 1) to 'LAKE'",
    "EXPLAIN  ANALYZE copy (select 1) to 'LAKE'",
    "explain (analyze) copy (select 1) to 'LAKE'",
    "/* a note */ explain analyze copy (select 1) to 'LAKE'",
    "explain (format json) copy (select 1) to 'LAKE'",
    "prepare p as copy (select 1) to 'LAKE'",
    "export database 'LAKE'",
    "select 1; drop table assay.ledger",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset enable_external_access",
    "set search_path = 'gold'",
    "pragma database_list",
    "call pragma_version()",
    "begin",
    "checkpoint",
    "vacuum"
  ])("refuses %s", async (query) => {
    const text = query.replace("LAKE", lakeFile());
    const asked = withRelease(world.config, text, (connection) => ask(connection, text));
    await expect(asked).rejects.toThrow(new UsageError("sql only reads: give one select"));
    expect(existsSync(lakeFile())).toBe(false);
    expect(existsSync("/tmp/assay-written.csv")).toBe(false);
  });

  test.each([
    ["select * from read_csv('/etc/passwd')", /Permission Error: Cannot access file "\/etc\/passwd"/],
    [
      "select content from read_text('/etc/hostname')",
      /Permission Error: Cannot access file "\/etc\/hostname"/
    ],
    ["select * from glob('/etc/*')", /Permission Error: Cannot access/],
    ["select * from '/etc/passwd'", /Catalog Error: Table with name \/etc\/passwd does not exist/],
    ["select * from read_csv('https://example.com/x.csv')", /Permission Error|httpfs/],
    ["select * from query('drop table assay.ledger')", /Parser Error: Expected a single SELECT statement/],
    ["select getenv('HOME')", /Scalar Function with name getenv does not exist/]
  ])("reads no file of the machine: %s", async (query, message) => {
    const {code, stdout, stderr} = await assay("sql", query);
    expect({code, stdout}).toEqual({code: 1, stdout: ""});
    expect(stderr).toMatch(message);
  });

  test("a refusal is wrong use", async () => {
    expect(await refused("sql", `copy (select 1) to '${lakeFile()}'`)).toBe(
      "assay: sql only reads: give one select\n"
    );
  });

  test("leaves nothing behind", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("assay-sql-"));
    await sql("select 1", "csv");
    await assay("sql", "select nothing");
    expect(
      readdirSync(tmpdir()).filter((name) => name.startsWith("assay-sql-") && !before.includes(name))
    ).toEqual([]);
  });
});

describe("what is on record", () => {
  test("rejects, with a count by reason before the rows", async () => {
    const record =
      '{"_row":3,"cst_id":null,"cst_key":"AW4","cst_firstname":"No","cst_lastname":"Id","cst_marital_status":"S","cst_gndr":"F","cst_create_date":"2025-01-01"}';
    expect(await said("rejects", "crm_cust_info")).toBe(
      [
        "table_name     reason               rows",
        "─────────────  ───────────────────  ────",
        "crm_cust_info  missing customer id     1",
        "(1 row)",
        "",
        "table_name     _row  key  reason               is_superseded  since                   record",
        `─────────────  ────  ───  ───────────────────  ─────────────  ${"─".repeat(22)}  ${"─".repeat(record.length)}`,
        `crm_cust_info     3       missing customer id  false          ${published.release.id}  ${record}`,
        "(1 row)",
        ""
      ].join("\n")
    );
    expect(JSON.parse(await said("rejects", "crm_cust_info", "--json"))).toEqual([
      {
        table_name: "crm_cust_info",
        _row: 3,
        key: "",
        reason: "missing customer id",
        is_superseded: false,
        record,
        since: published.release.id
      }
    ]);
    expect(JSON.parse(await said("rejects", "--json"))).toHaveLength(1);
    expect(await said("rejects", "erp_loc_a101", "--json")).toBe("[]\n");
    expect(await said("rejects", "--left", "--json")).toBe("[]\n");
  });

  test("corrections, with the source's value, the rule and what it changed", async () => {
    expect(await said("corrections", "crm_sales_details")).toBe(
      [
        "table_name         column_name   rule              rows",
        "─────────────────  ────────────  ────────────────  ────",
        "crm_sales_details  sls_order_dt  not a date           1",
        "crm_sales_details  sls_sales     quantity × price     1",
        "(2 rows)",
        "",
        "table_name         column_name   _row  key         source_value  reported  corrected  rule              change",
        "─────────────────  ────────────  ────  ──────────  ────────────  ────────  ─────────  ────────────────  ──────",
        "crm_sales_details  sls_order_dt     4  SO4/BIKE    0             ∅         ∅          not a date             ∅",
        "crm_sales_details  sls_sales        3  SO3/HELMET  25            25.00     20.00      quantity × price   -5.00",
        "(2 rows)",
        ""
      ].join("\n")
    );
    expect(JSON.parse(await said("corrections", "crm_sales_details", "--json"))[1]).toEqual({
      table_name: "crm_sales_details",
      column_name: "sls_sales",
      _row: 3,
      key: "SO3/HELMET",
      source_value: "25",
      reported: "25.00",
      corrected: "20.00",
      rule: "quantity × price",
      change: -5
    });
  });

  test("--limit cuts the rows of the text, not the counts and not the JSON", async () => {
    const text = await said("corrections", "--limit", "1");
    expect(text.match(/^\(.*\)$/gm)).toEqual(["(2 rows)", "(1 row)"]);
    expect(JSON.parse(await said("corrections", "--limit", "1", "--json"))).toHaveLength(2);
  });

  test("the ledger, line by line", async () => {
    const lines = JSON.parse(await said("ledger", "--json")) as LedgerLine[];
    expect(lines).toEqual(published.release.ledger);
    expect(lines.find(({hop, measure}) => hop === "bronze → silver" && measure === "sls_sales")).toEqual({
      hop: "bronze → silver",
      from_table: "crm_sales_details",
      table_name: "crm_sales_details",
      measure: "sls_sales",
      amount_in: "1885",
      amount_out: "1880",
      corrected: "-5",
      rejected: "0",
      outside: "0",
      unexplained: "0",
      mismatched_rows: 0,
      reasons: {corrected: {"quantity × price": "-5"}, rejected: {}}
    });
    const text = await said("ledger");
    expect(text).toMatch(/\nbronze → silver +crm_sales_details +sls_sales +1885 +-5 +0 +0 +1880 +0\n/);
    expect(text).toMatch(/\nwarehouse → marts +daily_sales +revenue_amount +1880 +0 +0 +900 +980 +0\n/);
    expect(text.trimEnd().split("\n").at(-1)).toBe(`(${lines.length} rows)`);
  });

  test("status", async () => {
    const {release, run} = published;
    const name = world.folder.split("/").at(-1);
    expect(await said("status")).toBe(
      `release ${release.id}, published ${release.published_at}\n` +
        `source: ${name}/source, data through 2025-03-01\n` +
        `rows: bronze 17, silver 16, gold 70\n` +
        `on record: 1 rejects, 2 corrections\n` +
        `ledger: ${release.ledger.length} lines, 0 unexplained; ${release.checks.length} checks\n` +
        `last run ${run.id}: published\n`
    );
    expect(JSON.parse(await said("status", "--json"))).toEqual({
      release: release.id,
      published_at: release.published_at,
      data_through: "2025-03-01",
      source: `${name}/source`,
      rows: {bronze: 17, silver: 16, gold: 70},
      rejects: 1,
      corrections: 2,
      ledger_lines: release.ledger.length,
      unexplained: 0,
      checks: release.checks.length,
      warnings: [],
      held: null,
      last_run: {id: run.id, status: "published", ended_at: run.ended_at, error: null}
    });
  });

  test("releases and runs", async () => {
    const {release, run} = published;
    expect(JSON.parse(await said("releases", "--json"))).toEqual([
      {
        release: release.id,
        is_current: true,
        published_at: release.published_at,
        data_through: "2025-03-01",
        source: release.source.name,
        objects: release.objects.length,
        parent: null,
        note: null
      }
    ]);
    expect(await said("releases")).toContain(
      `\n${release.id}  true        ${release.published_at}  2025-03-01 `
    );
    const runs = JSON.parse(await said("runs", "--json"));
    expect(runs).toMatchObject([
      {id: run.id, status: "published", release: release.id, error: null, previous: null}
    ]);
    expect(runs[0].steps).toHaveLength(run.steps.length);
    expect(await said("runs")).toMatch(
      new RegExp(
        `\\n${run.id}  published {5}${run.steps.length} {7}0 {2,}\\d+\\.\\d  ${release.id}  ∅\\n\\(1 row\\)\\n$`
      )
    );
  });
});

describe("doctor", () => {
  test("finds everything in place", async () => {
    const findings = JSON.parse(await said("doctor", "--json")) as {
      check: string;
      ok: boolean;
      found: string;
    }[];
    expect(findings.map(({check, ok}) => [check, ok])).toEqual([
      ["Node", true],
      ["Python", true],
      ["home", true],
      ["source", true],
      ["lake", true],
      ["warehouse", true],
      ["dbt", true]
    ]);
    expect(findings[0]!.found).toBe(process.versions.node);
    expect(findings[3]!.found).toBe(`${world.source}, 6 tables`);
    expect(findings[4]!.found).toContain(`release ${published.release.id}`);
    expect(findings[5]!.found).toMatch(
      new RegExp(
        `^postgres://assay:\\*\\*\\*@127.0.0.1:\\d+/postgres, PostgreSQL 18\\.\\d+, UTF8, time zone [\\w/]+, live release ${published.release.id}, reader ${world.config.warehouse.prefix}assay_reader$`
      )
    );
    const text = await said("doctor");
    expect(text).toBe(findings.map(({check, found}) => `✓ ${check.padEnd(10)} ${found}\n`).join(""));
  });

  test("names what is missing and exits with 1", async () => {
    const ended = await assayOf(project, ["doctor"], {
      ...world.environment,
      SOURCE_URL: join(folder, "nowhere"),
      WAREHOUSE_URL: "postgres://ann:secret@127.0.0.1:1/shop"
    });
    expect(ended).toMatchObject({code: 1, stderr: ""});
    expect(ended.stdout).toContain("✓ Node ");
    expect(ended.stdout).toMatch(new RegExp(`✗ source +.*${join(folder, "nowhere")}`));
    expect(ended.stdout).toMatch(
      /✗ warehouse +cannot reach warehouse postgres:\/\/ann:\*\*\*@127.0.0.1:1\/shop/
    );
    expect(ended.stdout).not.toContain("secret");
  });
});

describe("refresh", () => {
  test("says nothing of steps that are reused, and gives JSON alone on stdout", async () => {
    const {code, stdout, stderr} = await assay("refresh", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "unchanged",
      release: {
        id: published.release.id,
        content: published.release.content,
        data_through: {whole: "2025-03-01"},
        published_at: published.release.published_at
      },
      steps_done: 0,
      steps_reused: published.run.steps.length
    });
    expect(stderr).toBe("");
  });

  test("says in a sentence that nothing changed", async () => {
    expect((await assay("refresh")).stdout).toMatch(
      new RegExp(
        `^nothing changed: no step done again, release ${published.release.id} stays live \\(\\d+\\.\\d s\\)\\n$`
      )
    );
  });

  test("a source that is not there exits with 2, names the folder and leaves the release", async () => {
    const broken = {...world.environment, SOURCE_URL: join(folder, "nowhere")};
    const ended = await assayOf(project, ["refresh", "--json"], broken);
    expect(ended).toMatchObject({code: 2, stdout: ""});
    expect(ended.stderr).toContain(join(folder, "nowhere"));
    expect(JSON.parse(await said("status", "--json"))).toMatchObject({
      release: published.release.id,
      last_run: {status: "failed", error: expect.stringContaining(join(folder, "nowhere"))}
    });
  });
});

describe("simulate", () => {
  test("writes the exports and says so on stderr; a folder in use is left alone", async () => {
    const to = join(folder, "simulated");
    const first = await assay("simulate", "--to", to, "--lines", "10");
    expect(first).toMatchObject({code: 0, stdout: ""});
    expect(first.stderr).toMatch(new RegExp(`^✓ simulate ${to} +10 rows`));
    expect(readdirSync(to).sort()).toEqual(["source_crm", "source_erp"]);
    expect(await assay("simulate", "--to", to, "--lines", "10")).toEqual({
      code: 1,
      stdout: "",
      stderr: `✗ simulate ${to}\nassay: folder is not empty: ${to}\n`
    });
  });
});
