import {expect, test} from "vitest";
import {openEngine} from "../engine/duckdb.ts";
import {masked} from "../privacy.ts";
import type {LakeObject} from "../step.ts";
import {lines} from "./world.ts";

const object = (layer: string, table: string, columns: Record<string, string> = {}): LakeObject => ({
  layer,
  table,
  columns: Object.entries(columns).map(([name, type]) => ({name, type})),
  rows: 1,
  bytes: 0,
  checksum: "",
  content: "",
  key: ""
});

const cases: [string, LakeObject, string, string[]][] = [
  [
    "gold, by the catalog",
    object("gold", "dim_customers", {customer_key: "BIGINT", first_name: "VARCHAR", birth_date: "DATE"}),
    "(select 1 as customer_key, 'Ann' as first_name, date '1980-05-05' as birth_date)",
    ["1|(withheld)|∅"]
  ],
  [
    "a mart that takes a personal column over",
    object("marts", "mailing", {last_name: "VARCHAR", orders: "BIGINT"}),
    "(select 'Smith' as last_name, 3 as orders)",
    ["(withheld)|3"]
  ],
  [
    "a rejected record, also what the catalog does not know",
    object("rejects", "crm_cust_info"),
    `(select '{"cst_id":"1","cst_firstname":"Ann","cst_email":"a@b.c"}'::json as record)`,
    ['{"cst_id":"1","cst_firstname":"(withheld)","cst_email":"(withheld)"}']
  ],
  [
    "a correction of a personal value, and of another",
    object("corrections", "erp_cust_az12"),
    `(select * from (values ('bdate', '2050-01-01', '2050-01-01', null), ('gen', 'x', 'x', 'y')) as t (column_name, source_value, reported, corrected))`,
    ["bdate|(withheld)|(withheld)|∅", "gen|x|x|y"]
  ],
  [
    "a bad row of a dbt test, from any table",
    object("failures", "not_null_dim_customers_country"),
    `(select '{"customer_key": 1, "first_name": "Ann", "birth_date": "1980-05-05", "email": "a@b.c"}' as record)`,
    ['{"customer_key":1,"first_name":"(withheld)","birth_date":"(withheld)","email":"(withheld)"}']
  ],
  [
    "a bad row of a monitor, and the source row in it",
    object("failures", "duplicates_crm_cust_info"),
    `(select to_json({subject: 'bronze row 1', copies: 2, record: '{"_row":1,"cst_id":"7","cst_firstname":"Ann"}'})::varchar as record)`,
    [
      String.raw`{"subject":"bronze row 1","copies":2,"record":"{\"_row\":1,\"cst_id\":\"7\",\"cst_firstname\":\"(withheld)\"}"}`
    ]
  ]
];

for (const [what, one, relation, expected] of cases)
  test(what, async () => {
    const engine = await openEngine({memory: "100MB", temp: "/tmp"});
    expect(await lines(engine, `select * from ${masked(one, relation)}`)).toEqual(expected);
    engine.close();
  });
