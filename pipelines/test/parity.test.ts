import pg from "pg";
import {afterAll, beforeAll, describe, expect, inject, test} from "vitest";
import {
  type Definitions,
  grains,
  type Measure,
  type Question,
  selectSql
} from "../../src/components/semantic/select.ts";
import {openEngine, run} from "../engine/duckdb.ts";
import {openLake} from "../lake/lake.ts";
import {readDefinitions} from "../semantic/definitions.ts";
import {withRelease} from "../words/sql.ts";
import {openBrowser} from "./browser.ts";
import {type Ask, openBrowserDuckdb} from "./browser-duckdb.ts";
import {hostile} from "./hostile.ts";
import {strangeSql} from "./strange.ts";
import {openWorld, type World} from "./world.ts";

/* Every measure of dbt's YAML by every dimension and grain: DuckDB, PostgreSQL and the browser give one answer. */

type Engine = {name: string; relation: string; ask: Ask};

const world: World = openWorld(hostile);
const inYaml = readDefinitions(world.config.root);
/** Aggregations that the YAML may use and does not yet. */
const others: Measure[] = (
  [
    ["count_dated", "count", "order_date", "integer"],
    ["first_day", "min", "order_date", "date"],
    ["last_day", "max", "order_date", "date"],
    ["smallest", "min", "margin_amount", "money"],
    ["most_pieces", "max", "quantity", "integer"]
  ] as const
).map(([name, agg, expr, format]) => ({
  ...{name, label: name, description: "", kind: "simple"},
  ...{agg, expr, format}
}));
const definitions: Definitions = {...inYaml, measures: [...inYaml.measures, ...others]};
const {measures, dimensions} = definitions;
const names = measures.map(({name}) => name);

/** Where measures are asked: what the pipeline carried, and lines that only a table can hold. */
const places: Record<"shop" | "strange", Engine[]> = {shop: [], strange: []};
const opened: {close: () => unknown}[] = [];
beforeAll(async () => {
  const {release} = await world.refresh();
  const {config} = world;
  const browser = await openBrowser();
  opened.push(browser);
  const extract = release.objects.find(({table}) => table === "shop.duckdb")!;
  const page = await openBrowserDuckdb(browser, await openLake(config).get(extract.key), "America/St_Johns");
  opened.push(page);

  const client = new pg.Client({connectionString: inject("warehouse")});
  await client.connect();
  opened.push({close: () => client.end()});
  await client.query("set timezone to 'Pacific/Apia'");
  const warehouse: Ask = async (sql) => {
    const answers: unknown[][][] = [];
    for (const text of sql)
      answers.push((await client.query<unknown[]>({text, rowMode: "array"})).rows as unknown[][]);
    return answers;
  };
  const {prefix} = config.warehouse;

  const engine = await openEngine({memory: config.memory, temp: config.home});
  opened.push(engine);
  await run(engine.connection, "set TimeZone = 'Pacific/Auckland'");
  const own: Ask = (sql) => inDuckdb(engine.connection, sql);

  await run(engine.connection, strangeSql(definitions, "strange"));
  await page.ask([strangeSql(definitions, "memory.strange")]);
  await client.query(strangeSql(definitions, "pg_temp.strange"));
  // words whose own order is not that of their bytes
  for (const {expr} of dimensions.filter(({kind, name}) => kind === "categorical" && !name.startsWith("is_")))
    await client.query(`alter table pg_temp.strange alter column ${expr} type text collate "de-x-icu"`);

  places.shop = [
    {
      name: "the lake",
      relation: "marts.sales",
      ask: (sql) => withRelease(config, sql[0]!, (connection) => inDuckdb(connection, sql))
    },
    {name: "the warehouse", relation: `${prefix}marts.sales`, ask: warehouse},
    {name: "the browser", relation: "shop.marts.sales", ask: page.ask}
  ];
  places.strange = [
    {name: "the lake", relation: "strange", ask: own},
    {name: "the warehouse", relation: "pg_temp.strange", ask: warehouse},
    {name: "the browser", relation: "memory.strange", ask: page.ask}
  ];
});
afterAll(async () => {
  for (const one of opened.reverse()) await one.close();
  world.remove();
});

async function inDuckdb(connection: Parameters<typeof run>[0], sql: string[]): Promise<unknown[][][]> {
  const answers: unknown[][][] = [];
  for (const text of sql) answers.push((await connection.runAndReadAll(text)).getRowsJson());
  return answers;
}

type Row = {group: string; values: (string | null)[]};

/** The answers of an engine, each number in one spelling. */
async function answers(
  {relation, ask}: Engine,
  questions: Question[],
  defined = definitions
): Promise<Row[][]> {
  const told = await ask(questions.map((question) => selectSql(defined, question, {relation})));
  return told.map((rows, n) => rows.map((row) => spelled(row, questions[n]!)));
}

function spelled(row: unknown[], {measures: asked, by = [], grain}: Question): Row {
  const groups = [...(grain ? [grain] : []), ...by];
  const members = groups.map((name, n) => `${name} = ${JSON.stringify(row[n])}`);
  const values = asked.map((name, n) =>
    numberOf(
      measures.find((one) => one.name === name)!,
      row[groups.length + n]
    )
  );
  return {group: members.join(", ") || "all lines", values};
}

function numberOf({kind, format}: Measure, value: unknown): string | null {
  if (value === null) return null;
  if (kind === "ratio") return String(Number(value));
  return typeof value === "number" && format === "money" ? value.toFixed(2) : String(value);
}

/** The first place where an engine's answer differs from the first engine's: measure, engine and group. */
async function disagreement(
  engines: Engine[],
  questions: Question[],
  definedIn: (engine: Engine) => Definitions = () => definitions
): Promise<string | undefined> {
  const [first, ...others] = engines;
  const expected = await answers(first!, questions, definedIn(first!));
  for (const engine of others) {
    const told = await answers(engine, questions, definedIn(engine));
    for (const [n, question] of questions.entries()) {
      const difference = differenceOf(question.measures, expected[n]!, told[n]!);
      if (difference) return difference.replace("; ", ` in ${first!.name}, `) + ` in ${engine.name}`;
    }
  }
  return undefined;
}

function differenceOf(asked: string[], expected: Row[], told: Row[]): string | undefined {
  for (let row = 0; row < Math.max(expected.length, told.length); row++) {
    const [a, b] = [expected[row], told[row]];
    if (a?.group !== b?.group)
      return `${asked.join(", ")}: row ${row + 1} is ${a?.group ?? "none"}; ${b?.group ?? "none"}`;
    const n = asked.findIndex((_, n) => a!.values[n] !== b!.values[n]);
    if (n >= 0) return `${asked[n]}, ${a!.group}: ${a!.values[n]}; ${b!.values[n]}`;
  }
  return undefined;
}

const groupings: Partial<Question>[] = [
  {},
  ...dimensions.map(({name}) => ({by: [name]})),
  ...grains.map((grain) => ({grain}))
];

for (const place of ["shop", "strange"] as const)
  describe(`the ${place}`, () => {
    for (const name of names)
      test(`${name}, by each dimension and each grain`, async () => {
        const questions = groupings.map((grouping) => ({measures: [name], ...grouping}));
        expect(await disagreement(places[place], questions)).toBe(undefined);
      });

    test("all measures, by each dimension and grain at once", async () => {
      const questions = dimensions.flatMap(({name}) =>
        grains.map((grain) => ({measures: names, by: [name], grain}))
      );
      expect(await disagreement(places[place], questions)).toBe(undefined);
    });

    test("all measures as doubles, for charts", async () => {
      const question = {measures: names, by: ["country"]};
      const [first, ...others] = await Promise.all(
        places[place].map(({relation, ask}) =>
          ask([selectSql(definitions, question, {relation, numbers: "double"})])
        )
      );
      for (const told of others) expect(told).toEqual(first);
    });

    test("all measures of a selection: members, null and quotes among them, days, a predicate, nothing", async () => {
      const questions: Question[] = [
        {filters: {country: ["Ä", "", null, 'it\'s "q" \\ %_', "Germany"]}},
        {filters: {country: ["Germany"], is_corrected: ["false", null]}},
        {filters: {country: []}},
        {filters: {country: ["nowhere"]}},
        {from: "2025-01-01", to: "2025-03-30"},
        {where: "quantity > 1 and country <> 'ä' -- a remark"}
      ].flatMap((selection) => [
        {measures: names, ...selection},
        {measures: names, by: ["country"], ...selection}
      ]);
      expect(await disagreement(places[place], questions)).toBe(undefined);
    });
  });

const [revenue, margin_rate] = [["revenue"], ["margin_rate"]];
const rowsOf = async (question: Question) =>
  (await answers(places.strange[0]!, [question]))[0]!.map(
    ({group, values}) => `${group}: ${values.join(" ")}`
  );

describe("the strange lines", () => {
  test("are ordered byte by byte, empty text apart from null, what looks alike apart", async () => {
    expect(await rowsOf({measures: revenue, by: ["country"]})).toEqual([
      'country = "": 0.30',
      'country = " ": 0.00',
      'country = "A": 999999999999999.99',
      'country = "A\u0308": 0.07',
      'country = "Z": 0.01',
      'country = "a": 0.30',
      'country = "a ": 0.70',
      'country = "it\'s \\"q\\" \\\\ %_": -3.00',
      'country = "no order": 4.00',
      'country = "null": 10.00',
      'country = "ss": 1000000.05',
      'country = "z": 999999999999999.99',
      'country = "zero": 0.00',
      'country = "Ä": 33.33',
      'country = "ß": 2.68',
      'country = "ä": 1.15',
      'country = "İ": 7.77',
      'country = "ẞ": 1.01',
      'country = "日本": 9.99',
      'country = "～": 5.00',
      'country = "🚲": 5.00',
      "country = null: "
    ]);
  });

  test("keep their days in the quarters they are in, whatever the session's zone", async () => {
    const years = await rowsOf({measures: ["orders"], grain: "quarter"});
    expect(years.slice(0, 4)).toEqual([
      'quarter = "0001-01-01": 1',
      'quarter = "1582-10-01": 1',
      'quarter = "1900-01-01": 1',
      'quarter = "2011-10-01": 1'
    ]);
    expect(years.slice(-3)).toEqual([
      'quarter = "2026-01-01": 1',
      'quarter = "9999-10-01": 1',
      "quarter = null: 1"
    ]);
  });

  test("add up to the cent, and a ratio to nothing is nothing", async () => {
    expect(await rowsOf({measures: revenue})).toEqual(["all lines: 2000000001000078.34"]);
    const zero = {filters: {country: ["zero", " "]}};
    expect(await rowsOf({measures: margin_rate, by: ["country"], ...zero})).toEqual([
      'country = " ": ',
      'country = "zero": '
    ]);
    expect(await rowsOf({measures: ["revenue", "orders", "margin_rate"], filters: {country: []}})).toEqual([
      "all lines:  0 "
    ]);
  });
});

describe("a disagreement is found", () => {
  const changed = (name: string, expr: string): Definitions => ({
    ...definitions,
    measures: measures.map((one) => (one.name === name && one.kind === "simple" ? {...one, expr} : one))
  });
  const inBrowser = (other: Definitions) => (engine: Engine) =>
    engine.name === "the browser" ? other : definitions;

  test("a float sum", async () => {
    const found = await disagreement(
      places.strange,
      [{measures: ["revenue"]}],
      inBrowser(changed("revenue", "cast(sales_amount as double precision)"))
    );
    expect(found).toMatch(
      /^revenue, all lines: 2000000001000078.34 in the lake, 20000000010000\d\d.\d\d in the browser$/
    );
  });

  test("a group that is missing", async () => {
    const found = await disagreement(
      places.strange.map((engine) =>
        engine.name === "the warehouse"
          ? {...engine, relation: "(select * from pg_temp.strange where country <> 'ss') as strange"}
          : engine
      ),
      [{measures: ["quantity"], by: ["country"]}]
    );
    expect(found).toBe('quantity: row 11 is country = "ss" in the lake, country = "z" in the warehouse');
  });
});
