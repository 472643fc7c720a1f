import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import pg from "pg";
import {afterAll, beforeAll, expect, inject, test} from "vitest";
import {urlOf} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* What others built on the warehouse lives through every release. */

let world: World;
let client: pg.Client;
let prefix: string;
const ask = async <T extends object>(sql: string) => (await client.query<T>(sql)).rows;
const sales = () => join(world.source, "source_crm/sales_details.csv");

beforeAll(async () => {
  world = openWorld(shop, {isEditable: true});
  prefix = world.config.warehouse.prefix;
  client = new pg.Client(inject("warehouse"));
  await client.connect();
  await world.refresh();
});
afterAll(async () => {
  await client?.end();
  world.remove();
});

test("gold has types, keys, references and comments", async () => {
  const [{gold}] = (await ask<{gold: string}>(
    `select name as gold from ${prefix}assay.schemas where name like '${prefix}gold%' and is_complete`
  )) as [{gold: string}];
  expect(
    await ask(
      `select column_name, data_type, numeric_scale, is_nullable from information_schema.columns
       where table_schema = '${gold}' and table_name = 'fct_sales' and column_name in ('sale_key', 'order_date', 'sales_amount', 'customer_key')
       order by ordinal_position`
    )
  ).toEqual([
    {column_name: "sale_key", data_type: "text", numeric_scale: null, is_nullable: "NO"},
    {column_name: "order_date", data_type: "date", numeric_scale: null, is_nullable: "YES"},
    {column_name: "customer_key", data_type: "bigint", numeric_scale: 0, is_nullable: "YES"},
    {column_name: "sales_amount", data_type: "numeric", numeric_scale: 2, is_nullable: "YES"}
  ]);
  expect(
    await ask(
      `select contype, count(*)::int as n from pg_constraint join pg_class on pg_class.oid = conrelid
       where relnamespace = '${gold}'::regnamespace and contype in ('p', 'f') group by 1 order by 1`
    )
  ).toEqual([
    {contype: "f", n: 4},
    {contype: "p", n: 4}
  ]);
  expect(await ask(`select obj_description('${gold}.fct_sales'::regclass) as comment`)).toEqual([
    {comment: "One row per kept sales line."}
  ]);
});

test("a view, a grant, a comment and a tool's own role and view survive ten releases", async () => {
  const role = `${prefix}reader`;
  await client.query(`
    create schema ${prefix}bi;
    create view ${prefix}bi.revenue as select sum(sales_amount) as revenue from ${prefix}gold.fct_sales;
    create view ${prefix}bi.days as select count(*)::int as days from ${prefix}marts.daily_sales;
    create role ${role};
    create role ${prefix}tool login password 'tool-1' in role ${prefix}assay_reader;
    create schema ${prefix}tool authorization ${prefix}tool;
    grant usage on schema ${prefix}gold to ${role};
    grant select on ${prefix}gold.fct_sales to ${role};
    comment on view ${prefix}gold.fct_sales is 'ours'`);
  const tool = new pg.Client(urlOf({user: `${prefix}tool`, password: "tool-1"}));
  await tool.connect();
  await tool.query(
    `create view ${prefix}tool.countries as select country, sum(sales_amount)::text as revenue
     from ${prefix}gold.fct_sales join ${prefix}gold.dim_customers using (customer_key) group by 1 order by 1`
  );
  const german = async () =>
    (await tool.query<object>(`select revenue from ${prefix}tool.countries where country = 'Germany'`)).rows;
  expect(await german()).toEqual([{revenue: "920.00"}]);
  const before = readFileSync(sales(), "utf8");
  for (let release = 1; release <= 10; release++) {
    const line = `SO9,HELMET,1,20250401,20250407,20250412,${release},1,${release}\n`;
    writeFileSync(sales(), before + line);
    expect((await world.refresh()).run.status).toBe("published");
    expect(await ask(`select revenue::text from ${prefix}bi.revenue`)).toEqual([
      {revenue: `${1880 + release}.00`}
    ]);
    expect(await german()).toEqual([{revenue: `${920 + release}.00`}]);
    expect((await tool.query(`select from ${prefix}marts.daily_sales`)).rowCount).toBeGreaterThan(0);
  }
  await tool.end();
  expect(await ask(`select days from ${prefix}bi.days`)).toEqual([{days: 91}]);
  expect(
    await ask(`select has_table_privilege('${role}', '${prefix}gold.fct_sales', 'select') as may`)
  ).toEqual([{may: true}]);
  expect(await ask(`select obj_description('${prefix}gold.fct_sales'::regclass) as comment`)).toEqual([
    {comment: "ours"}
  ]);
  const kept = await ask(`select nspname from pg_namespace where nspname like '${prefix}gold\\_%'`);
  expect(kept.length).toBe(3);
}, 400_000);

test("a column that would go is refused, and what reads it is named", async () => {
  const file = join(world.config.root, "dbt/models/marts/daily_sales.sql");
  const yml = file.replace(".sql", ".yml");
  const [sql, contract] = [file, yml].map((path) => readFileSync(path, "utf8"));
  writeFileSync(file, sql!.replace(/,\n[^\n]*as count_corrected_lines\nfrom days/, "\nfrom days"));
  writeFileSync(yml, contract!.replace(/ {6}- \{name: count_corrected_lines[^\n]*\n/, ""));
  expect(await failure(world.refresh())).toBe(
    `the warehouse contract would break; nothing is published\n` +
      `  view ${prefix}marts.daily_sales: count_corrected_lines (bigint) would be gone, moved or retyped; read by ${prefix}bi.days\n` +
      `keep the columns, or mend what reads the view, drop the view by hand and refresh again`
  );
  expect(await ask(`select revenue::text from ${prefix}bi.revenue`)).toEqual([{revenue: "1890.00"}]);
  writeFileSync(file, sql!);
  writeFileSync(yml, contract!);
});

test("a warehouse that lost everything is filled again", async () => {
  const {release} = await world.refresh();
  const revenue = await world.sql("select sum(sales_amount)::varchar as revenue from gold.fct_sales");
  const schemas = await ask<{nspname: string}>(
    `select nspname from pg_namespace where starts_with(nspname, '${prefix}')`
  );
  await client.query(schemas.map(({nspname}) => `drop schema ${nspname} cascade`).join(";"));
  const again = await world.refresh();
  expect(again.release.id).toBe(release.id);
  expect(await ask(`select sum(sales_amount)::text as revenue from ${prefix}gold.fct_sales`)).toEqual(
    revenue
  );
});
