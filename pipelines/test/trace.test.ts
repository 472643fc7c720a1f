import {readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {afterAll, afterEach, beforeAll, describe, expect, test} from "vitest";
import {openLake} from "../lake/lake.ts";
import {fromCents} from "../ledger.ts";
import {findPointer, movePointer} from "../pointer.ts";
import {readCurrent, type Release, writeRelease} from "../release.ts";
import type {LakeObject} from "../step.ts";
import type {Line} from "../trace/lines.ts";
import type {Step} from "../trace/steps.ts";
import {traceOf} from "../words/trace.ts";
import {shop} from "./shop.ts";
import {carryToGold, failure, openWorld, start, type Tables, type World} from "./world.ts";

/** The shop with a product of two versions, of which one has no cost, and a line without an order number. */
const tables = {
  ...shop,
  crm_prd_info: `
10,AC-HE-HELMET,Helmet,10,R,2024-01-01,
11,AC-HE-HELMET,Helmet,12.50,R,2025-03-01,
20,BK-RO-BIKE,Bike,,R,2024-01-01,
`,
  crm_sales_details: `
SO1,HELMET,1,20250101,20250107,20250112,20,1,20
SO1,BIKE,1,20250101,20250107,20250112,900,1,900
SO2,HELMET,2,20250215,20250217,20250222,40,2,20
SO3,HELMET,2,20250301,20250307,20250312,25,2,20
SO4,BIKE,9,0,20250307,20250312,900,1,900
,BIKE,2,20250301,20250307,20250312,7.25,1,7.25
SO5,HELMET,2,20250302,20250307,20250312,x,1,-20
`
} satisfies Tables;

/** Publishes a world up to gold, without a warehouse: what a trace reads of a release. */
async function publishGold(world: World): Promise<void> {
  const sales = readFileSync(join(world.config.root, "dbt/models/semantic/sales.sql"), "utf8");
  const views = {
    customers: "select *, 'n/a' as age_band from gold.dim_customers",
    sales: sales
      .replace(/{{ source\('gold', '(\w+)'\) }}/g, "gold.$1")
      .replace(/{{ ref\('(\w+)'\) }}/g, "marts.$1")
  };
  await carryToGold(world, async (results) => {
    const lake = openLake(world.config);
    const release = {
      id: "20260131T000000-000000",
      parent: null,
      objects: results.flatMap((one) => one.objects),
      ledger: results.flatMap((one) => one.facts.ledger ?? []),
      source: {},
      views
    } as unknown as Release;
    await writeRelease(lake, release);
    await movePointer(lake, {release: release.id}, await findPointer(lake));
  });
}

/** A step as a literal line: rows, sums, corrections, rejects. */
function told({step, table, rows, amounts, reported, corrected, rejected}: Step): string {
  const sums = (one: Record<string, string> = {}) => Object.values(one).join(" ");
  const reasons = Object.entries({...corrected, ...rejected}).map(
    ([reason, {rows: count, amounts: own}]) => `${reason} ${count}: ${sums(own)}`
  );
  return [`${step} ${table}`, rows, sums(amounts), sums(reported), ...reasons].join(" | ");
}

const place = ({origin, cost}: Line) =>
  `#${origin.row}${cost ? ` cost ${cost.cost} of ${cost.version}#${cost.origin.row}` : ""}`;

describe("a published shop", () => {
  let world: World;
  beforeAll(async () => {
    world = openWorld(tables);
    await world.refresh();
  }, 120_000);
  afterAll(() => world.remove());
  const trace = (text: string) => traceOf(world.config, text);

  test("a corrected line and a line of another version lead to their texts and costs", async () => {
    const found = await trace(
      "fct_sales where category = 'Accessories' and year = 2025 and month >= '2025-02'"
    );
    expect(found.differences).toEqual([]);
    expect(found.steps.map(told)).toEqual([
      "gold fct_sales | 3 | 100 5 | 65",
      "silver crm_sales_details | 3 | 100 5 | 65 5 | quantity × price 2: 35",
      "bronze crm_sales_details | 3 | 65 5 | ",
      "source source_crm/sales_details.csv | 3 | 65 5 | "
    ]);
    expect(found.lines.map((line) => `${line.key} ${place(line)}`)).toEqual([
      "SO2/HELMET #2 cost 10.00 of 10#0",
      "SO3/HELMET #3 cost 12.50 of 11#1",
      "SO5/HELMET #6 cost 12.50 of 11#1"
    ]);
    expect(found.lines[1]!.values.sls_sales).toEqual({source: "25", kept: "40.00", rule: "quantity × price"});
    expect(found.lines[2]!.values.sls_price).toEqual({source: "-20", kept: "20.00", rule: "sign removed"});
    expect(found.lines[0]!.origin.object).toMatch(/^bronze\/crm_sales_details\/\w+\.parquet$/);
    expect(found.cost).toMatchObject({rows: 3, versions: 2, cost_amount: "57.50", reported: "57.50"});
  });

  test("a cost that was missing is a correction of the version", async () => {
    const {cost} = await trace("fct_sales where product_number = 'BIKE'");
    expect(cost).toEqual({
      rows: 2,
      versions: 1,
      cost_amount: "0",
      kept: "0",
      reported: "0",
      corrected: {"missing cost": {rows: 2, amounts: {cost_amount: "0"}}}
    });
  });

  test("a trace that begins at the source tells of rejected rows", async () => {
    const found = await trace("crm_sales_details where sls_prd_key = 'BIKE'");
    expect(found.differences).toEqual([]);
    expect(found.steps.map(told)).toEqual([
      "gold fct_sales | 2 | 1800 2 | 1800",
      "silver crm_sales_details | 2 | 1800 2 | 1800 2 | missing order number 1: 1 7.25",
      "bronze crm_sales_details | 3 | 1807.25 3 | ",
      "source source_crm/sales_details.csv | 3 | 1807.25 3 | "
    ]);
    expect(found.lines.map(({key, rejected}) => `${key} ${rejected}`)).toEqual([
      "SO1/BIKE null",
      "SO4/BIKE null",
      "/BIKE missing order number"
    ]);
  });

  const marts: [string, string, string][] = [
    [
      "daily_sales where date_day = '2025-03-02'",
      "marts daily_sales | 1 | 20 1 | 0",
      "gold fct_sales | 1 | 20 1 | 0"
    ],
    ["customers where customer_key = 2", "marts customers | 1 | 100 5 | ", "gold fct_sales | 3 | 100 5 | 65"],
    [
      "products where product_number = 'HELMET'",
      "marts products | 1 | 120 6 | ",
      "gold fct_sales | 4 | 120 6 | 85"
    ],
    [
      "monthly_cohorts where cohort_month = '2025-02-01' and months_since = 1",
      "marts monthly_cohorts | 1 | 60 | ",
      "gold fct_sales | 2 | 60 3 | 25"
    ],
    ["dim_dates where weekday = 'Saturday'", "gold dim_dates | 9 |  | ", "gold fct_sales | 2 | 80 4 | 65"],
    [
      "gold.dim_products where valid_to is not null",
      "gold dim_products | 1 | 10 | ",
      "silver crm_prd_info | 1 | 10 | 10"
    ],
    [
      "silver.crm_cust_info where cst_id = 1",
      "gold dim_customers | 1 |  | ",
      "silver crm_cust_info | 1 |  | "
    ]
  ];
  for (const [text, first, second] of marts)
    test(`from ${text}`, async () => {
      const {steps, differences} = await trace(text);
      expect(differences).toEqual([]);
      expect(steps.slice(0, 2).map(told)).toEqual([first, second]);
    });

  test("a predicate that matches nothing has zero rows", async () => {
    const {steps, lines, differences} = await trace("sales where country = 'Mars'");
    expect([steps.map(({rows}) => rows), lines, differences]).toEqual([[0, 0, 0, 0], [], []]);
    expect(steps[0]!.amounts).toEqual({sales_amount: "0", quantity: "0"});
  });

  const bad: [string, string | RegExp][] = [
    ["fct_sale", "unknown table: fct_sale (have dim_customers, dim_products, dim_dates, fct_sales, sales, "],
    ["gold.sales", "unknown table: gold.sales (have "],
    [
      "fct_sales where contry = 'Canada'",
      "unknown column of fct_sales: contry (have sale_key, order_number, "
    ],
    [
      "fct_sales where country = = 'x'",
      "syntax error at or near \"=\"\n\nLINE 1: from fct_sales where country = = 'x'\n"
    ],
    ["fct_sales where sum(quantity) > 1", "WHERE clause cannot contain aggregates"],
    ["fct_sales where quantity = 'x'", "Could not convert string 'x' to INT32"],
    ["", "syntax error at end of input"]
  ];
  const hostile = [
    ["fct_sales where true; drop table fct_sales", "a condition only reads"],
    ["fct_sales where true; select 1", "a condition only reads"],
    ["fct_sales where true union all select 1", "one table and one condition"],
    ["fct_sales, read_csv('/etc/passwd')", "one table and one condition"],
    ["read_text('/etc/passwd')", "one table and one condition"],
    ["'/etc/passwd'", "unknown table: /etc/passwd"],
    ["fct_sales where exists (from read_text('/etc/passwd'))", "a condition has no subquery"],
    ["fct_sales where true) or (true", "syntax error"],
    ["fct_sales where true limit 1", "one table and one condition"]
  ];
  for (const [text, message] of [...bad, ...hostile])
    test(`refused: ${text}`, async () => expect(await failure(trace(text as string))).toContain(message));

  test("an unknown release is named", async () => {
    for (const id of ["20200101T000000-000000", "../../x"])
      expect(await failure(traceOf(world.config, "fct_sales", {release: id}))).toBe(
        `unknown release: ${id} (npx assay releases lists them)`
      );
  });

  test("the command line prints steps and lines, and exits with 2 on wrong use", async () => {
    const said = await ended("trace", "fct_sales where order_number = 'SO3'", "--limit", "1");
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/silver {4}corrected: quantity × price +1 +15/);
    expect(said.out).toContain("the sums agree, row by row and to the cent");
    expect(said.out).toMatch(/SO3\/HELMET .* 25 → 40\.00 .* sls_sales: quantity × price/);
    const facts = await ended("trace", "fct_sales", "--json");
    expect((JSON.parse(facts.out) as {steps: Step[]}).steps[0]!.rows).toBe(6);
    expect((await ended("trace", "fct_sale")).code).toBe(2);
    expect((await ended("trace", "fct_sales", "--limit", "x")).code).toBe(2);
  });

  function ended(...args: string[]): Promise<{code: number | null; out: string}> {
    const child = start(world, ...args);
    let out = "";
    child.stdout!.on("data", (text) => (out += text));
    return new Promise((resolve) => child.on("close", (code) => resolve({code, out})));
  }
});

describe("a world carried to gold", () => {
  let world: World;
  afterEach(() => world?.remove());

  test("only the chunks are read in which rows lie", async () => {
    const line = (n: number) => `SO${n},HELMET,1,20250101,20250107,20250112,${n % 7 ? 20 : 30},1,20\n`;
    const count = 2 * 245_760;
    world = openWorld({...shop, crm_sales_details: Array.from({length: count}, (_, n) => line(n)).join("")});
    await publishGold(world);
    const found = await traceOf(
      world.config,
      "fct_sales where order_number in ('SO0', 'SO245760', 'SO491519')"
    );
    expect(found.steps.map(told).slice(0, 3)).toEqual([
      "gold fct_sales | 3 | 60 3 | 80",
      "silver crm_sales_details | 3 | 60 3 | 80 3 | quantity × price 2: -20",
      "bronze crm_sales_details | 3 | 80 3 | "
    ]);
    expect(found.lines.map(({origin}) => origin.row)).toEqual([0, 0, 245_759]);
    const [, second] = [...new Set(found.lines.map(({origin}) => origin.object))];
    rmSync(join(openLake(world.config).folder, second!));
    const first = await traceOf(world.config, "fct_sales where order_number = 'SO7'");
    expect(first.differences).toEqual([]);
    expect(await failure(traceOf(world.config, "fct_sales where order_number = 'SO245760'"))).toContain(
      `missing object: ${second}; run npx assay refresh`
    );
  }, 60_000);

  test("sums that do not agree are told", async () => {
    const other = openWorld({
      ...tables,
      crm_sales_details: tables.crm_sales_details.replace("25,2,20", "26,2,20")
    });
    world = openWorld(tables);
    try {
      await publishGold(other);
      await publishGold(world);
      const lake = openLake(world.config);
      const [release, strange] = [await readCurrent(lake), await readCurrent(openLake(other.config))];
      const isBronze = ({layer, table}: LakeObject) => layer === "bronze" && table === "crm_sales_details";
      const bronze = strange.objects.find(isBronze)!;
      await lake.put(bronze.key, await openLake(other.config).get(bronze.key));
      const objects = release.objects.map((one) => (isBronze(one) ? bronze : one));
      await lake.write(`releases/${release.id}.json`, JSON.stringify({...release, objects}));
    } finally {
      other.remove();
    }
    expect((await traceOf(world.config, "fct_sales")).differences).toEqual([
      "silver → bronze, sales_amount as reported: 1885 against 1886, -1 unexplained",
      "1 rows differ from their origin one by one"
    ]);
  });

  test("a damaged object is named", async () => {
    world = openWorld(tables);
    await publishGold(world);
    const found = await traceOf(world.config, "fct_sales");
    const path = join(openLake(world.config).folder, found.lines[0]!.origin.object);
    const bytes = readFileSync(path);
    bytes[40]! ^= 1;
    writeFileSync(path, bytes);
    expect(await failure(traceOf(world.config, "fct_sales"))).toContain(
      `object damaged: ${found.lines[0]!.origin.object}: its bytes are not those it was made with; npx assay refresh --verify removes it and makes it again if it is of the live release; an older one cannot be read any more`
    );
  });
});

/* Any lines, whatever is asked of them: sums agree, and are those of the source's text. */
const text = (...values: string[]) => fc.constantFrom(...values);
const anyLine = fc.tuple(
  text("SO1", "SO2", " SO3 ", ""),
  text("HELMET", "BIKE", "GONE", ""),
  text("1", "2", "9", "x", ""),
  text("20250101", "20250131", "20250201", "20990101", "0", ""),
  text("20250107", "x", ""),
  text("20250112", ""),
  text("20", "-3.5", "0", " 7.25 ", "19.999", ".5", "1e3", "x", ""),
  text("1", "2", "-1", "0", "3.0", "x", ""),
  text("20", "-7.25", "0", "0.333", "x", "")
);
type AnyLine = string[];

/** A condition, and what it means for the text of a line. */
type Condition = {sql: string; holds: (line: AnyLine) => boolean};
const is = (sql: string, holds: Condition["holds"]): Condition => ({sql, holds});

const anyCondition = fc.letrec<{one: Condition; any: Condition}>((tie) => ({
  one: fc.oneof(
    text("SO1", "SO3").map((order) => is(`order_number = '${order}'`, ([own]) => own!.trim() === order)),
    text("1", "2").map((key) => is(`customer_key = ${key}`, ([, , own]) => own === key)),
    text("2025-01", "2025-02").map((month) =>
      is(`month = '${month}'`, ([, , , own]) => own!.startsWith(month.replace("-", "")))
    ),
    text("HELMET", "BIKE").map((number) => is(`product_number = '${number}'`, ([, own]) => own === number)),
    fc.constant(is("quantity >= 2", (line) => (piecesOf(line) ?? 0) >= 2))
  ),
  any: fc.oneof(
    {maxDepth: 2},
    tie("one"),
    fc
      .tuple(tie("any"), tie("any"))
      .map(([a, b]) => is(`(${a.sql} and ${b.sql})`, (line) => a.holds(line) && b.holds(line))),
    fc
      .tuple(tie("any"), tie("any"))
      .map(([a, b]) => is(`(${a.sql} or ${b.sql})`, (line) => a.holds(line) || b.holds(line)))
  )
})).any;

function piecesOf(line: AnyLine): number | undefined {
  const [, digits] = /^([+-]?\d+)(\.0+)?$/.exec(line[7]!.trim()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Hundredths of a text that is a number, rounded half away from zero. */
function centsOf(value: string): number {
  if (!/^[+-]?\d*\.?\d+$/.test(value.trim())) return 0;
  return Math.sign(Number(value)) * Math.round(Math.abs(Number(value)) * 100);
}

test("whatever is asked of whatever lines, sums agree and are those of the text", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, {minLength: 1, maxLength: 30}),
      fc.array(anyCondition, {minLength: 1, maxLength: 5}),
      async (lines, conditions) => {
        const world = openWorld({
          ...shop,
          crm_sales_details: lines.map((line) => `${line.join(",")}\n`).join("")
        });
        try {
          await publishGold(world);
          for (const {sql, holds} of conditions) {
            const found = await traceOf(world.config, `fct_sales where ${sql}`);
            const own = lines.filter((line) => line[0]!.trim() && holds(line));
            const sales = own.reduce((sum, line) => sum + centsOf(line[6]!), 0);
            const pieces = own.reduce((sum, line) => sum + (piecesOf(line) ?? 0), 0);
            expect(found.differences).toEqual([]);
            expect(found.steps.map(({step, rows}) => `${step} ${rows}`)).toEqual(
              ["gold", "silver", "bronze", "source"].map((step) => `${step} ${own.length}`)
            );
            const sums = {sales_amount: fromCents(BigInt(sales)), quantity: String(pieces)};
            expect(found.steps.at(-1)!.amounts).toEqual(sums);
            expect(found.lines.map(({origin}) => lines[origin.row])).toEqual(own);
          }
        } finally {
          world.remove();
        }
      }
    ),
    {numRuns: 10}
  );
}, 120_000);
