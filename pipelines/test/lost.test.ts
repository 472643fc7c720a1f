import {appendFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import pg from "pg";
import {afterEach, expect, inject, test} from "vitest";
import {silent} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {readConfig} from "../config.ts";
import {asSuperuser, startPostgres, urlOf} from "./postgres.ts";
import {shop} from "./shop.ts";
import {failure, openWorld, type World} from "./world.ts";

/* A server that keeps us waiting, or goes: the error says what, where and how to go on, and the rerun is whole. */

const many = {
  ...shop,
  crm_sales_details: Array.from(
    {length: 200_000},
    (_, n) => `SO${n},HELMET,1,20250101,20250107,20250112,20,1,20\n`
  ).join("")
};
let world: World;
afterEach(() => world?.remove());
const sell = () =>
  appendFileSync(
    join(world.source, "source_crm/sales_details.csv"),
    "SO9,HELMET,1,20250401,20250407,20250412,5,1,5\n"
  );

/** One hash over the rows of the star, as the warehouse has them. */
const goldOf = (url: string, prefix: string) =>
  asSuperuser(async (ask) => {
    const hashes = [];
    for (const table of ["fct_sales", "dim_customers", "dim_products", "dim_dates"])
      hashes.push(
        ...(await ask(
          `select count(*)::int, md5(string_agg(t::text, '|' order by t::text)) from ${prefix}gold.${table} as t`
        ))
      );
    return hashes;
  }, url);

/** The server process that copies the sales of a prefix, as soon as it does. */
async function findCopy(url: string, prefix: string): Promise<number> {
  return asSuperuser(async (ask) => {
    for (;;) {
      const [copy] = await ask<{pid: number}>(
        `select pid from pg_stat_progress_copy join pg_stat_activity using (pid)
         where query like 'copy "${prefix}gold%fct_sales%' and bytes_processed > 0`
      );
      if (copy) return copy.pid;
      await sleep(5);
    }
  }, url);
}

test("the session ended mid-COPY: step, url and next command; the rerun equals an undisturbed run", async () => {
  const undisturbed = openWorld(many);
  await undisturbed.refresh();
  const expected = await goldOf(inject("warehouse"), undisturbed.config.warehouse.prefix);
  undisturbed.remove();

  world = openWorld(many);
  const {prefix} = world.config.warehouse;
  const told = failure(world.refresh());
  const pid = await findCopy(inject("warehouse"), prefix);
  await asSuperuser((ask) => ask(`select pg_terminate_backend(${pid})`));
  expect(await told).toMatch(
    new RegExp(
      `^warehouse postgres://assay:\\*\\*\\*@127.0.0.1:\\d+/postgres, step warehouse gold: the connection was lost: ` +
        `warehouse ${prefix}gold_[0-9a-f]{12}.fct_sales: .*; npx assay doctor says whether the server is back$`
    )
  );
  expect((await world.refresh()).run.status).toBe("published");
  expect(await goldOf(inject("warehouse"), prefix)).toEqual(expected);

  const server = await startPostgres();
  try {
    const variables = {
      ...world.environment,
      WAREHOUSE_URL: server.url(),
      ASSAY_HOME: join(world.folder, "second")
    };
    const again = () => refresh(readConfig(variables), {progress: silent});
    const killed = failure(again());
    await findCopy(server.url(), "");
    await server.kill();
    const message = await killed;
    expect(message).toMatch(
      /^warehouse postgres:\/\/assay:\*\*\*@127.0.0.1:\d+\/postgres, step warehouse gold: the connection was lost: /
    );
    await server.start();
    variables.WAREHOUSE_URL = server.url();
    expect((await again()).run.status).toBe("published");
    expect(await goldOf(server.url(), "")).toEqual(expected);
  } finally {
    await server.stop();
  }
}, 400_000);

test("a lock that somebody holds on a view ends in an error that names view, holder and the way on", async () => {
  world = openWorld(shop);
  const {prefix} = world.config.warehouse;
  const {release} = await world.refresh();
  sell();
  const reader = new pg.Client({connectionString: inject("warehouse"), application_name: "a forgotten tab"});
  await reader.connect();
  try {
    await reader.query(`begin; select * from ${prefix}gold.fct_sales`);
    const {processID} = reader as unknown as {processID: number};
    const impatient = (parameters: Record<string, string>) =>
      failure(
        refresh(readConfig({...world.environment, WAREHOUSE_URL: urlOf({prefix, ...parameters})}), {
          progress: silent
        })
      );
    expect(await impatient({lock_timeout: "3s"})).toMatch(
      new RegExp(
        `^warehouse postgres://assay:\\*\\*\\*@\\S+: view ${prefix}gold.fct_sales waited longer than lock_timeout for a lock held by ` +
          `role assay \\(server process ${processID}, a forgotten tab, idle in transaction\\) since \\S+; ` +
          `let it end, or type in the warehouse: select pg_terminate_backend\\(${processID}\\);$`
      )
    );
    expect(await impatient({options: "-c lock_timeout=0 -c statement_timeout=6s"})).toMatch(
      /: canceling statement due to statement timeout; to let a statement take longer, add statement_timeout=2h to WAREHOUSE_URL$/
    );
    expect(await asSuperuser((ask) => ask(`select release from ${prefix}assay.live`))).toEqual([
      {release: release.id}
    ]);
  } finally {
    await reader.end();
  }
  expect((await world.refresh()).run.status).toBe("published");
});
