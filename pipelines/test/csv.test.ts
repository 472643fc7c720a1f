import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import fc from "fast-check";
import {afterAll, beforeAll, expect, test} from "vitest";
import {type Engine, openEngine, query} from "../engine/duckdb.ts";
import {fromCents, typedAmount} from "../ledger.ts";
import {scanCsv} from "../source/csv.ts";
import {relationOf} from "../source/folder.ts";

/* The scanner counts and adds up without DuckDB: the two readers must agree on any file. */

const folder = mkdtempSync(join(tmpdir(), "assay-csv-"));
let engine: Engine;
beforeAll(async () => void (engine = await openEngine({memory: "400MB", temp: join(folder, "spill")})));
afterAll(() => {
  engine.close();
  rmSync(folder, {recursive: true});
});

const number = fc.oneof(
  fc
    .tuple(fc.double({min: -1e6, max: 1e6, noNaN: true}), fc.nat(4))
    .map(([value, digits]) => value.toFixed(digits)),
  fc.integer().map(String),
  fc.constantFrom(
    "",
    " 5 ",
    "+7",
    "1.",
    ".5",
    ".",
    "-",
    "0.005",
    "-0.005",
    "1e3",
    "9999999999999999.994",
    "9999999999999999.995",
    "2147483648",
    "3.0",
    "3.1",
    "\u00a04",
    "٣",
    "--1",
    "+-1",
    "0x1F",
    "1_000",
    "007"
  )
);
const text = fc.oneof(
  fc.string({unit: "grapheme"}),
  fc.constantFrom("a,b", 'a"b', "a\nb", "a\r\nb", "Yes", "null", " x ")
);
const row = fc.record({money: number, units: number, name: text});
const file = fc.record({
  rows: fc.array(row, {maxLength: 40}),
  newline: fc.constantFrom("\n", "\r\n"),
  isEnded: fc.boolean()
});

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
const field = (value: string) => (/[",\r\n]/.test(value) ? quoted(value) : value);

test("the scanner and DuckDB count the same records and sums", async () => {
  await fc.assert(
    fc.asyncProperty(file, async ({rows, newline, isEnded}) => {
      const path = join(folder, "any.csv");
      const clean = rows.map((one) => ({...one, name: one.name.replaceAll("\0", "")}));
      const records = [
        "money,units,name",
        ...clean.map((one) => [one.money, one.units, one.name].map(field).join(","))
      ];
      writeFileSync(path, records.join(newline) + (isEnded ? newline : ""));
      const scan = await scanCsv(path, ["money"], {money: "money", units: "integer"});
      const relation = await relationOf(
        {path, bytes: 0, modified: 0, checksum: ""},
        scan,
        join(folder, "one.csv")
      );
      const [read] = await query(
        engine.connection,
        `select count(*)::int as records, coalesce(sum(${typedAmount("money", "money")}), 0)::varchar as money,
          coalesce(sum(${typedAmount("units", "integer")}), 0)::varchar as units from ${relation}`
      );
      const {money} = read as {money: string};
      expect({...(read as object), money: money.replace(/\.00$/, "")}).toEqual({
        records: scan.records,
        money: fromCents(scan.sums.money!),
        units: String(scan.sums.units)
      });
      expect(scan.records).toBe(clean.length);
    }),
    {numRuns: 300}
  );
});

test("a file larger than one read is added up once", async () => {
  const path = join(folder, "large.csv");
  const records = Array.from({length: 60_000}, (_, i) => `${i}.25,${i},"name ${i},\n${"é".repeat(i % 50)}"`);
  writeFileSync(path, `money,units,name\n${records.join("\n")}`);
  const scan = await scanCsv(path, ["money"], {money: "money", units: "integer"});
  expect(scan.records).toBe(60_000);
  expect(fromCents(scan.sums.money!)).toBe("1799985000");
  expect(scan.sums.units).toBe(1_799_970_000n);
});
