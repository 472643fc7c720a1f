import {appendFileSync, mkdirSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {findTable, sources} from "../catalog.ts";
import {carryToGold, failure, lines, openWorld, type Tables, type World} from "./world.ts";

const good: Tables = {
  crm_cust_info: "1,AW1,Ann,A,S,F,2025-01-01\n",
  crm_prd_info: "10,AC-HE-HELMET,Helmet,10,R,2012-01-01,\n",
  crm_sales_details: "SO1,HELMET,1,20121231,20130107,20130112,20,1,20\n",
  erp_cust_az12: "NASAW1,1980-05-05,Female\n",
  erp_loc_a101: "AW-1,DE\n",
  erp_px_cat_g1v2: "AC_HE,Accessories,Helmets,Yes\n"
};
const columns = findTable(sources, "crm_sales_details").columns;
const header = `${columns.join(",")}\n`;
const line = "SO2,HELMET,1,20121231,20130107,20130112,20,1,20";
const rest = ",1,20121231,20130107,20130112,20,1,20";

const fileOf = (world: World) => join(world.source, "source_crm/sales_details.csv");

async function withDamage<T>(
  damage: (file: string, world: World) => void,
  work: (world: World) => Promise<T>
): Promise<T> {
  const world = openWorld(good);
  try {
    damage(fileOf(world), world);
    return await work(world);
  } finally {
    world.remove();
  }
}

const write = (text: string | Buffer) => (file: string) => writeFileSync(file, text);
const append = (text: string | Buffer) => (file: string) => appendFileSync(file, text);

describe("a broken file stops the refresh with file, line and reason", () => {
  const broken: [string, (file: string, world: World) => void, string][] = [
    ["empty", write(""), "FILE, line 1: the file is empty"],
    ["only a byte order mark", write("\ufeff"), "FILE, line 1: the file is empty"],
    ["no header", write(`${line}\n`), `FILE, line 1: the header is missing; expected ${columns.join(",")}`],
    [
      "semicolons",
      write((header + line).replaceAll(",", ";")),
      'FILE, line 1: values are separated by ";", export with commas'
    ],
    [
      "a column named twice",
      write(header.replace("sls_price", "sls_sales")),
      "FILE, line 1: the header names a column twice: sls_sales"
    ],
    [
      "a column without a name",
      write(header.replace("\n", ",\n")),
      "FILE, line 1: the header's column 10 has no name"
    ],
    ["too few fields", append("SO2,HELMET\n"), "FILE, line 3: 2 fields where the header has 9"],
    ["too many fields", append(`${line},\n`), "FILE, line 3: 10 fields where the header has 9"],
    [
      "a quote that never closes",
      append(`${line}\nSO3,"HEL${rest}\n${line}\n`),
      "FILE, line 4: unbalanced quotes: a quoted value never ends"
    ],
    [
      "a quote inside a value",
      append(`SO2,HEL"MET${rest}\n`),
      "FILE, line 3: unbalanced quotes: a quote inside an unquoted value"
    ],
    [
      "text after a quote",
      append(`SO2,"HEL"MET${rest}\n`),
      "FILE, line 3: unbalanced quotes: text after a closing quote"
    ],
    [
      "old Mac line ends",
      write((header + line).replaceAll("\n", "\r")),
      "FILE, line 1: a carriage return that is neither quoted nor followed by a newline"
    ],
    [
      "latin1",
      append(Buffer.from(`${line}\nSO3,H\xe9${rest}\n`, "latin1")),
      "FILE, line 4: not UTF-8; save the file as UTF-8"
    ],
    [
      "UTF-16",
      write(Buffer.from(`\ufeff${header}`, "utf16le")),
      "FILE, line 1: not UTF-8 but UTF-16; save the file as UTF-8"
    ],
    ["compressed", write(Buffer.from("1f8b0800", "hex")), "FILE, line 1: a compressed file; unpack it"],
    ["a NUL byte", append(`SO2,HEL\0MET${rest}\n`), "FILE, line 3: a NUL byte"],
    [
      "a record without end",
      append(`SO2,"${"x".repeat(17 << 20)}`),
      "FILE, line 3: a record longer than 16 MiB: unbalanced quotes?"
    ],
    [
      "a column that is missing",
      write(header.replace(",sls_price", "")),
      "bronze crm_sales_details: column sls_price is missing (have sls_ord_num, sls_prd_key, sls_cust_id, sls_order_dt, sls_ship_dt, sls_due_dt, sls_sales, sls_quantity); expected by catalog.ts"
    ],
    [
      "a reserved name",
      write(header.replace("\n", ",_row\n")),
      "bronze crm_sales_details: column _row has a name that Assay uses; rename it in the source"
    ],
    [
      "no file",
      (file) => rmSync(file),
      "bronze crm_sales_details: missing file: FILE (have cust_info.csv, prd_info.csv); expected by catalog.ts"
    ],
    [
      "a folder in its place",
      (file) => (rmSync(file), mkdirSync(file)),
      "bronze crm_sales_details: missing file: FILE (have cust_info.csv, prd_info.csv); expected by catalog.ts"
    ],
    [
      "no folder",
      (_, world) => rmSync(world.source, {recursive: true}),
      "missing SOURCE_URL folder: SOURCE (a folder with source_crm/cust_info.csv and the like)"
    ]
  ];
  for (const [what, damage, message] of broken)
    test(what, () =>
      withDamage(damage, async (world) => {
        const told = await failure(carryToGold(world, async () => {}));
        expect(told.replaceAll(fileOf(world), "FILE").replaceAll(world.source, "SOURCE")).toBe(message);
      })
    );
});

describe("an unusual file is read exactly", () => {
  const read: [string, (file: string) => void, string[]][] = [
    ["header only", write(header), []],
    ["no newline at the end", append(line), ["SO1|HELMET", "SO2|HELMET"]],
    ["a byte order mark", write(`\ufeff${header}${line}\n`), ["SO2|HELMET"]],
    ["Windows line ends", write(`${header}${line}\n`.replaceAll("\n", "\r\n")), ["SO2|HELMET"]],
    [
      "mixed line ends",
      append(`${line}\r\nSO3,"A\r\nB"${rest}\n`),
      ["SO1|HELMET", "SO2|HELMET", "SO3|A\r\nB"]
    ],
    ["blank lines", append(`\n\n${line}\n\n`), ["SO1|HELMET", "SO2|HELMET"]],
    [
      "commas, quotes and newlines in quotes",
      append(`"SO""2","A,\nB"${rest}\n`),
      ["SO1|HELMET", 'SO"2|A,\nB']
    ],
    [
      "Yes and No are text, nothing and empty text differ",
      append(`Yes,""${rest}\nNo,${rest}\n`),
      ["SO1|HELMET", "Yes|", "No|∅"]
    ],
    [
      "any language, and markup",
      append(`SO😀,<img src=x onerror=alert(1)>${rest}\n`),
      ["SO1|HELMET", "SO😀|<img src=x onerror=alert(1)>"]
    ],
    [
      "a long value",
      append(`SO2,${"x".repeat(3 << 20)}${rest}\n`),
      ["SO1|HELMET", `SO2|${"x".repeat(3 << 20)}`]
    ],
    [
      "another order and case of columns",
      write(
        "SLS_PRICE, sls_prd_key ,sls_ord_num,sls_cust_id,sls_order_dt,sls_ship_dt,sls_due_dt,sls_sales,sls_quantity\n20,HELMET,SO9,1,,,,20,1\n"
      ),
      ["SO9|HELMET"]
    ]
  ];
  for (const [what, damage, expected] of read)
    test(what, () =>
      withDamage(damage, (world) =>
        carryToGold(world, async (results, engine) => {
          const sql = "select sls_ord_num, sls_prd_key from bronze.crm_sales_details order by _row";
          expect(await lines(engine, sql)).toEqual(expected);
          expect(unexplained(results)).toEqual([]);
        })
      )
    );
});

describe("a value that cannot be typed is null with a correction, and the row stays", () => {
  const typed: [string, string, string][] = [
    ["1e3", "1.5", "∅|∅|20.00"],
    ["many", "two", "∅|∅|20.00"],
    ['"1,234.50"', "1.0", "20.00|1|20.00"],
    ["+20", "01", "20.00|1|20.00"],
    ["99999999999999999999", "99999999999", "∅|∅|20.00"],
    ["-9999999999999999.99", "2147483647", "42949672940.00|2147483647|20.00"],
    ["9999999999999999.999", " 1 ", "20.00|1|20.00"],
    ["\t20", "\u00a01", "20.00|1|20.00"],
    ["NaN", "٣", "∅|∅|20.00"]
  ];
  for (const [sales, quantity, expected] of typed)
    test(`sales ${sales}, quantity ${quantity}`, () =>
      withDamage(append(`SO2,HELMET,1,20121231,20130107,20130112,${sales},${quantity},20\n`), (world) =>
        carryToGold(world, async (results, engine) => {
          const sql =
            "select sales_amount, quantity, unit_price from gold.fct_sales where order_number = 'SO2'";
          expect(await lines(engine, sql)).toEqual([expected]);
          expect(unexplained(results)).toEqual([]);
        })
      ));
});

test("a new column is carried in bronze and known to the release", () =>
  withDamage(write(`${header.trim()},"Odd ""name"""\n${line},kept\n`), (world) =>
    carryToGold(world, async (results, engine) => {
      expect(await lines(engine, `select "odd ""name""" from bronze.crm_sales_details`)).toEqual(["kept"]);
      const {facts} = results.find((one) => one.step === "bronze crm_sales_details")!;
      expect(facts.shape).toEqual({
        columns: [...columns, 'odd "name"'].map((name) => ({name, type: ""})),
        key: []
      });
    })
  ));

describe("a column that is written in another format stops the refresh", () => {
  const formats: [string, string, string][] = [
    [
      "decimal commas",
      `20121231,20130107,20130112,"20,00",1,"20,00"`,
      "sls_sales: 300 of 301 values are not a number (row 1: 20,00)"
    ],
    [
      "other dates",
      "2012-12-31,20130107,20130112,20,1,20",
      "sls_order_dt: 300 of 301 values are not a date (row 1: 2012-12-31)"
    ]
  ];
  for (const [what, values, message] of formats)
    test(what, () =>
      withDamage(append(`SO2,HELMET,1,${values}\n`.repeat(300)), async (world) => {
        expect(await failure(carryToGold(world, async () => {}))).toBe(
          `silver crm_sales_details: ${message}; the source writes them in another format: export it as before, or teach pipelines/2-silver/crm_sales_details.sql the new one`
        );
      })
    );
});

test("a column of zero dates, as MySQL writes that there is none, is no other format", () =>
  withDamage(
    (_, world) => {
      const file = join(world.source, "source_crm/cust_info.csv");
      const many = Array.from({length: 300}, (_, n) => `${n + 10},AW,Ann,A,S,F,0000-00-00\n`);
      appendFileSync(file, many.join(""));
    },
    (world) =>
      carryToGold(world, async (results, engine) => {
        const counts = "select count(cst_create_date), count(cst_create_date_rule) from silver.crm_cust_info";
        expect(await lines(engine, counts)).toEqual(["1|300"]);
        expect(unexplained(results)).toEqual([]);
      })
  ));

function unexplained(results: Awaited<Parameters<Parameters<typeof carryToGold>[1]>[0]>) {
  const ledger = results.flatMap((result) => result.facts.ledger ?? []);
  return ledger.filter((one) => one.unexplained !== "0" || one.mismatched_rows > 0);
}
