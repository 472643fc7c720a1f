import pg from "pg";
import {afterAll, beforeAll, describe, expect, inject, test} from "vitest";
import {breaks, findColumns, reach} from "../../src/components/lineage-paths.js";
import {describe as columnsOf, type Engine, ident, openEngine, run} from "../engine/duckdb.ts";
import {findLineage, givenTables, type Lineage} from "../lineage/lineage.ts";
import {followSql, readTexts, type Text} from "../lineage/sql.ts";
import {asSuperuser, urlOf} from "./postgres.ts";
import {openWorld, start, type World} from "./world.ts";

let world: World;
let lineage: Lineage;
let texts: Text[];
let engine: Engine;
let postgres: pg.Client;
const database = `lineage_${process.pid}`;

/** Every table empty: its columns and their types, as DuckDB calls them. */
const tables = new Map<string, {name: string; type: string}[]>();

beforeAll(async () => {
  world = openWorld({
    crm_cust_info: "1,C1,Ann,Lee,M,F,2020-01-01\n",
    crm_prd_info: "1,AA-BB-P1,Bike,10,M,2020-01-01,\n",
    crm_sales_details: "SO1,P1,1,20250102,20250103,20250104,20,1,20\n"
  });
  const {release} = await world.refresh();
  lineage = await findLineage(world.config, release);
  texts = await readTexts(world.config, release.dbt!.selects);
  engine = await openEngine({memory: "1GB", temp: world.folder});
  await asSuperuser((ask) => ask(`create database ${database}`));
  postgres = new pg.Client(urlOf({database}));
  await postgres.connect();
  await postgres.query("create schema gold; create schema marts");
  for (const schema of ["bronze", "silver", "gold", "marts", "assay"])
    await run(engine.connection, `create schema ${schema}`);
  for (const [table, names] of Object.entries(givenTables()))
    tables.set(
      table,
      names.map((name) => ({name, type: typeOf(table, name)}))
    );
  for (const {layer, table, columns} of release.objects)
    if (["silver", "gold", "marts"].includes(layer)) tables.set(`${layer}.${table}`, columns);
  for (const table of tables.keys()) await restore(table);
  for (const {table, sql} of texts)
    if (!tables.has(table) && isTable(table)) {
      tables.set(table, await columnsOf(engine.connection, `(${sql})`, table));
      await restore(table);
    }
}, 180_000);

afterAll(async () => {
  engine?.close();
  await postgres?.end();
  await asSuperuser((ask) => ask(`drop database if exists ${database}`));
  world?.remove();
});

function typeOf(table: string, name: string): string {
  if (name === "_row") return "bigint";
  if (name === "today") return "date";
  return table.startsWith("assay.") && /amount|change/.test(name) ? "decimal(18,2)" : "varchar";
}

const isInWarehouse = (table: string) => /^(gold|marts)[.]/.test(table);
const typeInPostgres = (type: string) =>
  type
    .replace(/^DECIMAL|^HUGEINT/, "numeric")
    .replace(/^VARCHAR/, "text")
    .replace(/^DOUBLE/, "double precision");

const isTable = (table: string) => !table.startsWith("extracts.");

/** Makes a table again, without one of its columns or with all. */
async function restore(table: string, {without = ""} = {}): Promise<void> {
  const left = tables.get(table)!.filter(({name}) => name !== without);
  const columns = left.length ? left : [{name: "nothing", type: "integer"}];
  const list = (typeIn: (name: string, type: string) => string) =>
    columns.map(({name, type}) => `${ident(name)} ${typeIn(name, type)}`).join(", ");
  await run(engine.connection, `create or replace table ${table} (${list((_, type) => type)})`);
  if (isInWarehouse(table))
    await postgres.query(
      `drop table if exists ${table}; create table ${table} (${list((_, type) => typeInPostgres(type))})`
    );
}

async function drop(table: string): Promise<void> {
  await run(engine.connection, `drop table ${table}`);
  if (isInWarehouse(table)) await postgres.query(`drop table ${table}`);
}

/** Whether the engine that runs it binds the SQL of a file to the tables there are. */
async function isBound({file, sql, dialect}: Text): Promise<boolean> {
  const {connection} = engine;
  const isScript = file.endsWith(".duckdb.sql");
  if (isScript) await run(connection, "attach ':memory:' as extract");
  const bind =
    dialect === "postgres"
      ? postgres.query(`explain ${sql}`)
      : isScript
        ? connection.run(sql)
        : connection.prepare(sql.replace(/;\s*$/, ""));
  const isGood = await (bind as Promise<unknown>).then(
    () => true,
    () => false
  );
  if (isScript) await run(connection, "detach extract");
  return isGood;
}

async function unbound(among: Text[]): Promise<string[]> {
  const failed: string[] = [];
  for (const text of among) if (!(await isBound(text))) failed.push(text.file);
  return failed.sort();
}

/** Binds all files in the order of a refresh; what does not bind makes no table, and no record is made without them. */
async function failInTurn(): Promise<string[]> {
  const failed: string[] = [];
  const dropped = new Set<string>();
  for (const text of texts.toSorted((a, b) => order(a) - order(b))) {
    if (await isBound(text)) continue;
    failed.push(text.file);
    const lost = isTable(text.table) ? [text.table, ...recordsOf(text.table)] : [];
    for (const table of lost.filter((one) => !dropped.has(one))) {
      dropped.add(table);
      await drop(table);
    }
  }
  for (const table of dropped) await restore(table);
  return failed.sort();
}

/** Layer after layer; marts may read the view of all lines, and the mart of products. */
const order = ({table, file}: Text) =>
  ["silver", "gold", "assay", "marts", "extracts"].indexOf(table.split(".")[0]!) -
  (file.includes("/semantic/") ? 0.5 : 0) +
  (/^marts[.]product_(months|pairs)$/.test(table) ? 0.5 : 0);
const recordsOf = (table: string) => {
  if (table.startsWith("silver.")) return ["assay.rejects", "assay.corrections", "assay.ledger"];
  if (table.startsWith("gold.")) return ["assay.ledger"];
  return table.startsWith("marts.") ? ["assay.ledger", "assay.checks"] : [];
};

const idOf = (table: string, name: string) =>
  `${table.replace("bronze.", "source.").replace("main.", "")}.${name}`;
const ofSql = (files: string[]) => files.filter((file) => texts.some((one) => one.file === file)).sort();

describe("what fails without a column is what the lineage says", () => {
  test("nothing while all columns are there", async () => {
    expect(await unbound(texts)).toEqual([]);
    expect(lineage.unread).toEqual([]);
  });

  test("each column of each table, in the files that speak of the table", async () => {
    const wrong: string[] = [];
    let count = 0;
    for (const [table, columns] of tables)
      for (const {name} of columns) {
        const id = idOf(table, name);
        const told = ofSql(lineage.units.filter(({names}) => names.includes(id)).map(({file}) => file));
        await restore(table, {without: name});
        const broke = await unbound(texts.filter(({sql}) => sql.includes(table.replace("main.", ""))));
        count += broke.length;
        if (broke.join() !== told.join()) wrong.push(`${id}: told ${told.join()}, broke ${broke.join()}`);
        await restore(table);
      }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(250);
  }, 300_000);

  test("each source column, to the last extract", async () => {
    const wrong: string[] = [];
    for (const [table, columns] of tables)
      for (const {name} of table.startsWith("bronze.") ? columns : []) {
        const told = ofSql(breaks(lineage, idOf(table, name)).map(({file}) => file));
        await restore(table, {without: name});
        const broke = await failInTurn();
        if (broke.join() !== told.join())
          wrong.push(`${idOf(table, name)}: told ${told.join()}, broke ${broke.join()}`);
        await restore(table);
      }
    expect(wrong).toEqual([]);
  }, 300_000);
});

describe("the way of a column", () => {
  const feeds = (id: string, kind?: string) =>
    reach(lineage, id, "down").flatMap((one) => (kind && one.kind !== kind ? [] : [one.id]));
  const comesFrom = (id: string, kind: string) =>
    reach(lineage, id, "up").flatMap((one) => (one.kind === kind ? [one.id] : []));

  test("a cost reaches the margin and the charts that show it", () => {
    const values = feeds("source.crm_prd_info.prd_cost", "value");
    for (const id of [
      "silver.crm_prd_info.prd_cost",
      "gold.fct_sales.cost_amount",
      "marts.sales.margin_amount",
      "figures.json.margin",
      "/#FigureRow",
      "/dashboards/sales#FigureRow",
      "/eda/products#versionsChart"
    ])
      expect(values).toContain(id);
    expect(values).not.toContain("marts.sales.sales_amount");
    expect(breaks(lineage, "source.crm_prd_info.prd_cost")).toContainEqual({
      file: "src/index.md",
      layer: "pages",
      makes: ["/"],
      why: expect.stringContaining(
        "figures.json.margin, figures.json.margin_rate, leaders.json.margin"
      ) as string,
      isNamed: true
    });
  });

  test("and back", () => {
    expect(comesFrom("marts.daily_sales.revenue_amount", "value")).toEqual([
      "source.crm_sales_details.sls_price",
      "source.crm_sales_details.sls_quantity",
      "source.crm_sales_details.sls_sales",
      "silver.crm_sales_details.sls_sales",
      "gold.fct_sales.sales_amount"
    ]);
    expect(comesFrom("marts.daily_sales.revenue_amount", "condition")).toContain("gold.fct_sales.order_date");
  });

  test("a column that decides rows and is shown nowhere", () => {
    expect(feeds("marts.periods.position")).toEqual([
      "customers_members.json",
      "customers_spans.json",
      "figures.json",
      "leaders.json",
      "products_sold.json",
      "shop.duckdb.marts.periods",
      "shop.duckdb.marts.periods.position",
      ...asked
    ]);
    expect(breaks(lineage, "marts.periods.position").map(({file}) => file)).toContain(
      "loaders/figures.json.sql"
    );
  });

  test("a column that feeds nothing but a star: nothing breaks", () => {
    expect(feeds("gold.dim_dates.is_weekend")).toEqual(["shop.duckdb.gold.dim_dates.is_weekend", ...asked]);
    expect(breaks(lineage, "gold.dim_dates.is_weekend")).toEqual([]);
  });

  test("what an unnest makes comes from one of its columns, unknown which", () => {
    expect(lineage.edges).toContainEqual(["marts.sales.category", "leaders.json.dimension", "table"]);
  });

  test("a name means one column, or those it may mean are told", () => {
    expect(findColumns(lineage, "crm_sales_details.sls_sales")).toEqual([
      "source.crm_sales_details.sls_sales"
    ]);
    expect(findColumns(lineage, "bronze.crm_sales_details.sls_sales")).toEqual([
      "source.crm_sales_details.sls_sales"
    ]);
    expect(findColumns(lineage, "fct_sales.sales_amount")).toEqual(["gold.fct_sales.sales_amount"]);
    expect(findColumns(lineage, "figures.json.revenue")).toEqual(["figures.json.revenue"]);
    expect(findColumns(lineage, "sales_amount")).toEqual([
      "gold.fct_sales.sales_amount",
      "marts.sales.sales_amount",
      "shop.duckdb.marts.sales.sales_amount"
    ]);
    expect(findColumns(lineage, "nothing")).toEqual([]);
  });

  test("the word tells it, and refuses what it cannot mean", async () => {
    const say = async (...args: string[]) => {
      const child = start(world, "lineage", ...args);
      const output = {stdout: "", stderr: ""};
      child.stdout!.on("data", (text) => (output.stdout += text));
      child.stderr!.on("data", (text) => (output.stderr += text));
      const code = await new Promise((resolve) => child.on("close", resolve));
      return {code, ...output};
    };
    const told = await say("fct_sales.sales_amount");
    expect(told).toMatchObject({code: 0, stderr: ""});
    expect(told.stdout).toMatch(/source[.]crm_sales_details: .*sls_sales/);
    expect(told.stdout).toContain("loaders/months.json.sql: names marts.sales.");
    expect(JSON.parse((await say("figures.json.margin", "--json")).stdout)).toMatchObject({
      column: "figures.json.margin"
    });
    expect(await say("sales_amount")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ambiguous column: sales_amount (have gold.fct_sales.sales_amount, ")
    });
    expect(await say("nothing")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown column: nothing")
    });
  });

  /** The pages that ask the browser's database, of which no SQL is followed. */
  const asked = [
    "/",
    "/customer",
    "/dashboards/customers",
    "/dashboards/products",
    "/dashboards/sales",
    "/docs/gallery",
    "/eda/customers",
    "/eda/products",
    "/eda/sales",
    "/explore/crossfilter",
    "/explore/profile",
    "/explore/question",
    "/explore/sql",
    "/product",
    "/trust/reconciliation"
  ];
});

describe("a select", () => {
  const follow = async (sql: string) => {
    const text: Text = {table: "gold.made", file: "made.sql", dialect: "duckdb", sql};
    const [made] = await followSql(inject("dbt"), {"silver.a": ["id", "x", "y"], "silver.b": ["id", "z"]}, [
      text
    ]);
    return made!;
  };

  test("by value, by a condition of one column, and by conditions of all rows", async () => {
    const made = await follow(
      `with a as (select * from silver.a)
       select a.x + 1 as more, row_number() over (partition by y order by a.id) as place, sum(z) filter (y > 0) as some
       from a join silver.b as b on b.id = a.id group by all`
    );
    expect(made.columns).toEqual({
      more: {value: ["silver.a.x"]},
      place: {condition: ["silver.a.id", "silver.a.y"]},
      some: {value: ["silver.b.z"], condition: ["silver.a.y"]}
    });
    expect(made.rows).toEqual(["silver.a.id", "silver.b.id"]);
  });

  test("a star takes what there is and names nothing, until a column is written", async () => {
    expect(await follow("select * from (select * from silver.a)")).toMatchObject({
      columns: {id: {value: ["silver.a.id"]}, x: {value: ["silver.a.x"]}, y: {value: ["silver.a.y"]}},
      names: []
    });
    expect(
      (await follow("with a as (select * from silver.a), b as (select * from a) select x from b")).names
    ).toEqual(["silver.a.x"]);
  });

  test("a whole row is a table, unknown which column", async () => {
    expect((await follow("select to_json(a) as record from silver.a as a")).columns).toEqual({
      record: {table: ["silver.a"]}
    });
  });

  test("what cannot be parsed is told", async () => {
    expect(await follow("select from where")).toMatchObject({
      columns: {},
      unread: expect.stringMatching(/./)
    });
  });
});
