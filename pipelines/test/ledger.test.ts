import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {afterEach, describe, expect, test} from "vitest";
import {sources} from "../catalog.ts";
import {checkLedger, ledgerLine} from "../ledger.ts";
import {shop} from "./shop.ts";
import {carryToGold, failure, lines, openWorld, type World} from "./world.ts";

let world: World;
afterEach(() => world?.remove());

/** Carries the shop to gold with a file of SQL changed, and checks the ledger as a refresh does. */
async function carryWith(file: string, from: string, to: string): Promise<void> {
  world = openWorld(shop, {isEditable: true});
  const path = join(world.config.root, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, before.replace(from, to));
  await carryToGold(world, async (results) => checkLedger(results.flatMap((one) => one.facts.ledger ?? [])));
}

describe("sins that stop a release, with the hop and the difference", () => {
  const silver = "pipelines/2-silver/crm_sales_details.sql";
  const gold = "pipelines/3-gold/fct_sales.sql";
  const sins: [string, string, string, string, string][] = [
    [
      "a filter in silver",
      silver,
      "from corrected\n",
      "from corrected where sales > 30\n",
      "silver crm_sales_details: 5 bronze rows became 3 (3 of them known once)"
    ],
    [
      "a silent change of a price",
      silver,
      "  price as sls_price,",
      "  price + 1 as sls_price,",
      "silver crm_sales_details: sls_price changes without a rule (row 0: 20 became 21.00"
    ],
    [
      "a silent loss of a date",
      silver,
      "case when ship_date is null and ship_text is not null then 'not a date' end as sls_ship_dt_rule",
      "cast(null as string) as sls_ship_dt_rule",
      ""
    ],
    [
      "a date that is dropped",
      silver,
      "  ship_date as sls_ship_dt,",
      "  cast(null as date) as sls_ship_dt,",
      "silver crm_sales_details: sls_ship_dt changes without a rule"
    ],
    [
      "a null-dropping filter in gold",
      gold,
      "left join customers on",
      "join customers on",
      "silver → gold fct_sales, rows: in 5, out 4, unexplained -1, 1 rows differ from their origin"
    ],
    [
      "a join that multiplies",
      gold,
      "left join current_versions on current_versions.prd_key = lines.sls_prd_key",
      "left join current_versions on current_versions.prd_key = lines.sls_prd_key cross join (select * from (values (1), (2)) as v (n)) as payments",
      "silver → gold fct_sales, rows: in 5, out 10, unexplained 5"
    ],
    [
      "a float sum",
      gold,
      "lines.sls_sales as sales_amount",
      "cast(cast(lines.sls_sales as float) / 3 * 3 + 0.004 as decimal(18, 3)) * 1.001 as sales_amount",
      "silver → gold fct_sales, sales_amount: in 1880"
    ],
    [
      "two errors that cancel out",
      gold,
      "lines.sls_sales as sales_amount",
      "lines.sls_sales + case lines._row when 0 then 5 when 1 then -5 else 0 end as sales_amount",
      "silver → gold fct_sales, sales_amount: in 1880, out 1880, unexplained 0, 2 rows differ from their origin"
    ]
  ];
  for (const [what, file, from, to, message] of sins)
    test(what, async () => {
      if (message) expect(await failure(carryWith(file, from, to))).toContain(message);
      else await carryWith(file, from, to);
    });
});

test("a line balances to the cent, whatever its parts", () => {
  const cents = fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n});
  const text = (value: bigint) =>
    `${value < 0n ? "-" : ""}${(value < 0n ? -value : value) / 100n}.${String((value < 0n ? -value : value) % 100n).padStart(2, "0")}`;
  fc.assert(
    fc.property(
      cents,
      fc.array(cents),
      fc.array(cents),
      fc.array(cents),
      fc.constantFrom(0n, 1n, -1n),
      (before, corrected, rejected, outside, off) => {
        const sum = (parts: bigint[]) => parts.reduce((total, part) => total + part, 0n);
        const after = before + sum(corrected) - sum(rejected) - sum(outside) + off;
        const named = (parts: bigint[]) =>
          Object.fromEntries(parts.map((part, i) => [`reason ${i}`, text(part)]));
        const line = ledgerLine("a → b", "a", "b", "amount", {
          in: text(before),
          out: text(after),
          corrected: named(corrected),
          rejected: named(rejected),
          outside: named(outside)
        });
        expect(line.unexplained).toBe(off === 0n ? "0" : off === 1n ? "0.01" : "-0.01");
        if (off) expect(() => checkLedger([line])).toThrow("unexplained");
        else checkLedger([line]);
      }
    )
  );
});

/* Any shop, however dirty: rows in = kept + rejected, amounts explained, and the order of rows does not matter. */
const cell = fc.constantFrom<string>(
  "",
  "1",
  "2",
  "3",
  "-1",
  "0",
  "20250101",
  "20259999",
  "x",
  " 7.005 ",
  "AC-HE-A",
  "BK-RO-B",
  "A",
  "B",
  "NASAW1",
  "AW-1",
  "F",
  "m",
  "2025-01-01",
  "2099-01-01",
  "ü"
);
const anyShop = fc.record(
  Object.fromEntries(
    sources.map(({name, columns}) => [name, fc.array(fc.tuple(...columns.map(() => cell)), {maxLength: 12})])
  )
);

/** A version replaced by a later record of its id, which another of its key and start replaces in turn. */
const chain = {
  ...Object.fromEntries(sources.map(({name}) => [name, [] as string[][]])),
  crm_prd_info: [
    ["20259999", "", "", "", "", "", ""],
    ["20259999", "-1", "", "", "", "", ""],
    ["20250101", "-1", "", "", "", "", ""]
  ]
};

test("conservation: every shop adds up, row by row", async () => {
  await fc.assert(
    fc.asyncProperty(anyShop, async (tables) => {
      const csv = Object.entries(tables).map(([name, rows]) => [
        name,
        rows.map((row) => `${row.join(",")}\n`).join("")
      ]);
      world = openWorld(Object.fromEntries(csv));
      try {
        await carryToGold(world, async (results, engine) => {
          checkLedger(results.flatMap((one) => one.facts.ledger ?? []));
          const counts = sources.map(
            ({name}) =>
              `select '${name}' as t, (select count(*) from bronze.${name}) = (select count(*) from silver.${name}) + (select count(*) from rejects.${name}) as ok`
          );
          expect(await lines(engine, counts.join(" union all "))).toEqual(
            sources.map(({name}) => `${name}|true`)
          );
        });
      } finally {
        world.remove();
      }
    }),
    {numRuns: 25, examples: [[chain]]}
  );
});
