import {appendFileSync} from "node:fs";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {asSuperuser, urlOf} from "./postgres.ts";
import {shop} from "./shop.ts";
import {openWorld, type World} from "./world.ts";

/* Workbenches on one database never touch each other, however alike their prefixes are. */

const database = `prefixes_${process.pid}`;
const busy = ["", "a_"];
const quiet = ["gold_", "a_b_", "axgold_"];
const worlds = new Map<string, World>();

beforeAll(async () => {
  await asSuperuser((ask) => ask(`create database ${database}`));
  for (const prefix of [...quiet, ...busy])
    worlds.set(prefix, openWorld(shop, {variables: {WAREHOUSE_URL: urlOf({database, prefix})}}));
});
afterAll(async () => {
  for (const world of worlds.values()) world.remove();
  await asSuperuser((ask) => ask(`drop database ${database} with (force)`));
});

test("releases of one prefix drop its own old schemas and nobody else's", async () => {
  for (const world of worlds.values()) expect((await world.refresh()).run.status).toBe("published");
  const schemasOf = (prefix: string) =>
    asSuperuser(
      async (ask) =>
        (
          await ask<{name: string}>(
            `select nspname as name from pg_namespace where nspname ~ '^${prefix}(assay|(gold|marts)(_[0-9a-f]{12}(_failures)?)?)$' order by 1`
          )
        ).map(({name}) => name),
      urlOf({database})
    );
  const before = new Map<string, string[]>();
  for (const prefix of quiet) before.set(prefix, await schemasOf(prefix));
  for (const prefix of busy)
    for (let release = 1; release <= 4; release++) {
      const world = worlds.get(prefix)!;
      appendFileSync(
        join(world.source, "source_crm/sales_details.csv"),
        `SO9,HELMET,1,20250401,20250407,20250412,${release},1,${release}\n`
      );
      expect((await world.refresh()).run.status).toBe("published");
    }
  for (const prefix of quiet) {
    expect(await schemasOf(prefix)).toEqual(before.get(prefix));
    expect(before.get(prefix)).toHaveLength(6);
  }
  for (const prefix of busy)
    expect((await schemasOf(prefix)).filter((name) => /gold_[0-9a-f]{12}$/.test(name))).toHaveLength(3);
  const revenue = (prefix: string) =>
    asSuperuser(
      (ask) => ask(`select sum(sales_amount)::text as r from "${prefix}gold".fct_sales`),
      urlOf({database})
    );
  for (const prefix of quiet) expect(await revenue(prefix)).toEqual([{r: "1880.00"}]);
  for (const prefix of busy) expect(await revenue(prefix)).toEqual([{r: "1890.00"}]);
}, 400_000);
