import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, test, vi} from "vitest";
import {selectSql} from "../../src/components/semantic/select.ts";
import {goalWords, markersOf, targetOn} from "../../src/components/markers.js";
import {openEngine, query, run} from "../engine/duckdb.ts";
import {readEvents, readShop, readTargets, weekShift} from "../shop.ts";
import {restatementsOf} from "../5-site/restatements.ts";

/* What a shop says of itself: shop.yml, events.csv, targets.csv. */

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-shop-"));
  mkdirSync(join(root, "src"));
});
afterEach(() => rmSync(root, {recursive: true}));
const write = (file: string, text: string) => writeFileSync(join(root, "src", file), text);

describe("shop.yml", () => {
  test("may be absent, empty or say a part; the rest is as usual", () => {
    const usual = {
      name: "Assay",
      currency: null,
      locale: "en",
      time_zone: "UTC",
      first_day_of_week: "monday",
      fiscal_year_starts: 1,
      owner: null
    };
    expect(readShop(root)).toEqual(usual);
    write("shop.yml", "# nothing\n");
    expect(readShop(root)).toEqual(usual);
    write("shop.yml", "name: Räder & Co\ncurrency: EUR\nfirst_day_of_week: sunday\nfiscal_year_starts: 4\n");
    expect(readShop(root)).toEqual({
      ...usual,
      name: "Räder & Co",
      currency: "EUR",
      first_day_of_week: "sunday",
      fiscal_year_starts: 4
    });
  });

  test.each([
    ["currency: Euro", 'src/shop.yml: invalid currency: "Euro" (an ISO code such as EUR)'],
    ["locale: '??'", 'src/shop.yml: invalid locale: "??" (a language tag such as en or de-CH)'],
    ["time_zone: Berlin", 'src/shop.yml: invalid time_zone: "Berlin" (a zone such as Europe/Berlin)'],
    ["first_day_of_week: 1", "src/shop.yml: invalid first_day_of_week: 1 (monday, saturday, sunday)"],
    ["fiscal_year_starts: 13", "src/shop.yml: invalid fiscal_year_starts: 13 (a month, 1 to 12)"],
    ["owner: somebody", 'src/shop.yml: invalid owner: "somebody" (an email address, or team:name)'],
    ["name: ''", 'src/shop.yml: invalid name: "" (a text)'],
    [
      "colour: red",
      "src/shop.yml: unknown field: colour (have name, currency, locale, time_zone, first_day_of_week, fiscal_year_starts, owner)"
    ]
  ])("%s is refused by field and value", (text, message) => {
    write("shop.yml", text);
    expect(() => readShop(root)).toThrow(message);
  });
});

describe("events.csv and targets.csv", () => {
  test("are read", () => {
    expect([readEvents(root), readTargets(root, ["revenue"])]).toEqual([[], []]);
    write(
      "events.csv",
      '\ufeffday,until,label\n2026-11-27,,Black Friday\n2026-12-01,2026-12-24,"Advent, all shops"\n'
    );
    write("targets.csv", "measure,from,to,target\nrevenue,2026-01-01,2026-12-31,3650\n");
    expect(readEvents(root)).toEqual([
      {day: "2026-11-27", until: null, label: "Black Friday"},
      {day: "2026-12-01", until: "2026-12-24", label: "Advent, all shops"}
    ]);
    const targets = readTargets(root, ["revenue"]);
    expect(targets).toEqual([{measure: "revenue", from: "2026-01-01", to: "2026-12-31", target: 3650}]);
    expect(targetOn(targets, {from: "2026-03-01", to: "2026-03-31"})).toBe(310);
    expect(targetOn(targets, {from: "2027-03-01", to: "2027-03-31"})).toBe(null);
  });

  test.each([
    [
      "events.csv",
      "day,label\n27.11.2026,x\n",
      "src/events.csv: line 2: invalid day: 27.11.2026 (such as 2026-11-27)"
    ],
    [
      "events.csv",
      "day,label\n2026-02-30,x\n",
      "src/events.csv: line 2: invalid day: 2026-02-30 (such as 2026-11-27)"
    ],
    ["events.csv", "day,label\n2026-02-03,\n", "src/events.csv: line 2: missing label"],
    ["events.csv", "date,label\n", "src/events.csv: column day is missing (have date, label)"],
    [
      "targets.csv",
      "measure,from,to,target\nprofit,2026-01-01,2026-12-31,1\n",
      "src/targets.csv: line 2: unknown measure: profit (have revenue)"
    ],
    [
      "targets.csv",
      "measure,from,to,target\nrevenue,2026-12-31,2026-01-01,1\n",
      "src/targets.csv: line 2: 2026-01-01 is before 2026-12-31"
    ],
    [
      "targets.csv",
      "measure,from,to,target\nrevenue,2026-01-01,2026-12-31,\n",
      "src/targets.csv: line 2: invalid target:  (a number)"
    ]
  ])("%s: %j is refused by its line", (file, text, message) => {
    write(file, text);
    expect(() => (file === "events.csv" ? readEvents(root) : readTargets(root, ["revenue"]))).toThrow(
      message
    );
  });
});

test("numbers, units and weekdays are written as the shop says", async () => {
  vi.stubGlobal("assayShop", {currency: "EUR", locale: "de", week: 6});
  vi.resetModules();
  const {compact, decimals, exact, exactTo, percent, tick} = await import("../../src/components/format.js");
  const {withUnit, weekdays, weekdaysFrom} = await import("../../src/components/shop.js");
  vi.unstubAllGlobals();
  expect([compact(1030), compact(1_030_000), tick(-1500), exact(1030.5)]).toEqual([
    "1.030",
    "1,03\u00a0Mio.",
    "−1.500",
    "1.030,50"
  ]);
  expect([exactTo("12345678901234567.80", 2), exactTo(5, 1), decimals(5.36, 1), percent(0.4304)]).toEqual([
    "12.345.678.901.234.567,80",
    "5,0",
    "5,4",
    "43,0%"
  ]);
  expect([
    withUnit({label: "Revenue", format: "money"}),
    withUnit({label: "Orders", format: "integer"})
  ]).toEqual(["Revenue (€)", "Orders"]);
  expect([weekdays[0], weekdaysFrom(0)[0]]).toEqual(["Sunday", "Monday"]);
});

test("a target is named where it falls on a bar", () => {
  const targets = [{measure: "revenue", from: "2026-01-01", to: "2026-12-31", target: 3650}];
  expect(goalWords(targets, [{from: "2026-12-01", to: "2026-12-31"}])).toBe(", the target as a line");
  expect(goalWords(targets, [{from: "2027-01-01", to: "2027-01-31"}])).toBe("");
  expect(goalWords([], [{from: "2026-12-01", to: "2026-12-31"}])).toBe("");
});

test.each([
  ["monday", "2026-11-23"],
  ["saturday", "2026-11-21"],
  ["sunday", "2026-11-22"]
] as const)("a week that begins on %s holds 25 November 2026 from %s on", async (first, start) => {
  const engine = await openEngine({memory: "1GB", temp: join(root, "spill")});
  try {
    await run(
      engine.connection,
      "create schema marts; create table marts.sales as select date '2026-11-25' as day, 1 as n"
    );
    const shop = {...readShop(root), first_day_of_week: first};
    const definitions = {
      relation: "marts.sales",
      time: "day",
      week: weekShift(shop),
      measures: [
        {name: "n", label: "N", description: "", format: "integer", kind: "simple", agg: "sum", expr: "n"}
      ],
      dimensions: [{name: "day", label: "Day", description: "", kind: "time", expr: "day"}]
    } as Parameters<typeof selectSql>[0];
    const [row] = await query<{week: string}>(
      engine.connection,
      selectSql(definitions, {measures: ["n"], grain: "week"})
    );
    expect(row!.week).toBe(start);
  } finally {
    engine.close();
  }
});

test("what a release changed of days published before is a marker, what it added is none", () => {
  const step = (reason: string) => ({parts: {revenue: [{reason, change: "-5.50"}]}});
  const release = (id: string, data_through: string, change: unknown) => ({id, data_through, step: change});
  const moves = {
    releases: [
      release("c", "2026-03-03", step("changed rows")),
      release("b", "2026-03-02", step("new rows")),
      release("a", "2026-03-01", null)
    ]
  } as unknown as Parameters<typeof restatementsOf>[0];
  const restatements = restatementsOf(moves);
  expect(restatements).toEqual([
    {day: "2026-03-02", release: "c", change: "-5.50", reasons: ["changed rows"]}
  ]);
  expect(markersOf({events: [], restatements}, []).map(({label}) => label)).toEqual([
    "Restated later, revenue −5.50 (changed rows)"
  ]);
});
