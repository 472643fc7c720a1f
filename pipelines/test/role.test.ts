import {appendFileSync} from "node:fs";
import {join} from "node:path";
import pg from "pg";
import {afterAll, beforeAll, expect, test} from "vitest";
import {silent} from "../progress.ts";
import {lockWarehouse} from "../warehouse/lock.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {probeWarehouse} from "../warehouse/probe.ts";
import {asSuperuser, urlOf} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* A role that may log in and create schemas is enough; what else is missing is said with the line that mends it. */

const database = `role_${process.pid}`;
const user = `plain_${process.pid}`;
const who = {database, user, password: "plain-1"};
let world: World;
let notes: string[];
const refresh = () => {
  notes = [];
  return world.refresh({...silent, note: (text) => notes.push(text)});
};
let day = 0;
const sell = () =>
  appendFileSync(
    join(world.source, "source_crm/sales_details.csv"),
    `SO9,HELMET,1,20250401,20250407,20250412,${++day},1,${day}\n`
  );

beforeAll(async () => {
  await asSuperuser(async (ask) => {
    await ask(`create database ${database}`);
    await ask(`create role ${user} login password 'plain-1'`);
    await ask(`grant create on database ${database} to ${user}`);
  });
  world = openWorld(shop, {variables: {WAREHOUSE_URL: urlOf({...who, prefix: "s_"})}});
});
afterAll(async () => {
  world?.remove();
  await asSuperuser(async (ask) => ask(`drop database ${database} with (force)`));
  await asSuperuser(async (ask) => ask(`drop role ${user}, s_assay_reader, member_${process.pid}`));
});

test("a refresh needs no more than to create schemas; a missing reader is noted and no failure", async () => {
  expect((await refresh()).run.status).toBe("published");
  expect(notes).toContain(
    "  warehouse: no role s_assay_reader, and this role may not make it: npx assay doctor says the line"
  );
  expect(await probeWarehouse(world.config)).toMatch(
    /no reader s_assay_reader yet; a superuser types: create role "s_assay_reader" nologin;$/
  );
});

test("a reader made later is let in by the next refresh: to what is published, and to nothing else", async () => {
  await asSuperuser(async (ask) => ask(`create role "s_assay_reader" nologin`));
  expect((await refresh()).run.status).toBe("unchanged");
  expect(notes).toEqual([]);
  await asSuperuser((ask) =>
    ask(`create role member_${process.pid} login password 'm' in role s_assay_reader`)
  );
  const member = new pg.Client(urlOf({database, user: `member_${process.pid}`, password: "m"}));
  await member.connect();
  try {
    const ask = async (sql: string) => (await member.query(sql)).rows as unknown[];
    expect(await ask("select sum(sales_amount)::text as r from s_gold.fct_sales")).toEqual([{r: "1880.00"}]);
    expect(await ask("select count(*)::int as n from s_marts.daily_sales")).not.toEqual([{n: 0}]);
    expect(await ask("select count(*)::int as n from s_assay.live")).toEqual([{n: 1}]);
    const relations = await asSuperuser(
      (all) =>
        all<{path: string}>(
          `select format('%I.%I', nspname, relname) as path from pg_class join pg_namespace on pg_namespace.oid = relnamespace
           where relkind in ('r', 'v') and (nspname ~ '^s_(gold|marts)_' or nspname = 's_assay' and relname <> 'live')`
        ),
      urlOf({database})
    );
    expect(relations.length).toBeGreaterThan(9);
    for (const {path} of relations)
      expect(await failure(ask(`select * from ${path}`)), path).toMatch(/^permission denied for/);
    expect(await failure(ask("delete from s_gold.fct_sales"))).toMatch(/^permission denied for view/);
    expect(await failure(ask("delete from s_assay.live"))).toMatch(/^permission denied for table/);
    expect(await failure(ask("create view s_gold.mine as select 1"))).toMatch(
      /^permission denied for schema/
    );
  } finally {
    await member.end();
  }
});

test("each missing right is said with the line that mends it, by the refresh and by the doctor", async () => {
  const admin = urlOf({database});
  const lines = {
    [`revoke create on database ${database} from ${user}`]: [
      `grant create on database "${database}" to "${user}";`
    ],
    [`alter schema s_gold owner to s_assay_reader; alter view s_gold.fct_sales owner to s_assay_reader`]: [
      `grant s_assay_reader to ${user};`
    ],
    [`alter schema s_assay owner to assay; alter table s_assay.schemas owner to assay;
      revoke s_assay_reader from ${user}; alter view s_gold.fct_sales owner to ${user}; alter schema s_gold owner to ${user}`]:
      [`alter schema s_assay owner to ${user};`, `alter table s_assay.schemas owner to ${user};`]
  };
  for (const [damage, mends] of Object.entries(lines)) {
    await asSuperuser((ask) => ask(damage), admin);
    sell();
    const told = await failure(refresh());
    expect(told).toContain(
      `; a superuser types in this database:\n${mends.map((line) => `  ${line}`).join("\n")}`
    );
    expect(told).not.toContain("plain-1");
    const found = await failure(probeWarehouse(world.config));
    for (const line of mends) expect(found).toContain(`a superuser types: ${line}`);
    await asSuperuser((ask) => ask(mends.join("\n")), admin);
    expect((await refresh()).run.status).toBe("published");
  }
});

test("a lock of another role is named as far as this role may see it", async () => {
  const admin = {
    ...world.config,
    warehouse: {kind: "postgres" as const, url: urlOf({database}), prefix: "s_"}
  };
  const holder = await openWarehouse(admin, silent);
  await lockWarehouse(holder, {wait: false, progress: silent});
  try {
    expect(await failure(refresh())).toMatch(
      new RegExp(` is in use by assay on \\S+ \\(process ${process.pid}\\); wait for it with --wait$`)
    );
  } finally {
    await holder.close();
  }
});

test("a server that does not let us in says why and what mends it, without the password", async () => {
  const told = (parts: Record<string, string>) =>
    failure(
      openWarehouse(
        {...world.config, warehouse: {kind: "postgres", url: urlOf({...who, ...parts}), prefix: ""}},
        silent
      )
    );
  const name = `cannot reach warehouse postgres://${user}:***@`;
  const wrong = await told({password: "wrong-1"});
  expect(wrong).toContain(name);
  expect(wrong).toContain("see the user and the password in WAREHOUSE_URL");
  expect(wrong).not.toContain("wrong-1");
  expect(await told({database: "nowhere"})).toMatch(
    /database "nowhere" does not exist; a superuser types: create database "nowhere" encoding 'UTF8' template template0;$/
  );
  await asSuperuser((ask) => ask(`revoke connect on database ${database} from public`));
  expect(await told({})).toContain(`grant connect on database "${database}" to "${user}";`);
  await asSuperuser((ask) => ask(`grant connect on database ${database} to public`));
});
