import {cpSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {tablesOf} from "../engine/duckdb.ts";
import {monitors} from "../monitors/monitors.ts";
import {silent} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {simulate} from "../source/simulate.ts";
import {failure, openWorld} from "./world.ts";

/* A step is done again when one of the tables that it reads has changed: it must know them all. */

let folder: string;
const shops = () => ["one", "other"].map((name) => join(folder, name)) as [string, string];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "assay-inputs-"));
  for (const [seed, to] of shops().entries()) await simulate({to, lines: 400, seed});
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

test.each([
  ["with f as (select k from gold.a) select * from marts.b left join f using (k)", ["gold.a", "marts.b"]],
  ["with recursive f as (select k from gold.a union select k + 1 from f) select 1 from f", ["gold.a"]],
  [
    "select (select max(x) from gold.a) from marts.b where k in (from gold.c)",
    ["gold.a", "gold.c", "marts.b"]
  ],
  ["select * from gold.a natural join gold.a as again cross join marts.b", ["gold.a", "marts.b"]],
  ["from plain", ["plain"]],
  ["select 1", []]
])("%s", async (sql, tables) => {
  expect(await tablesOf(sql)).toEqual(tables);
});

test("a statement whose tables cannot be told is refused, not taken for one that reads nothing", async () => {
  await expect(tablesOf("pivot marts.b on country using sum(x)", "FILE")).rejects.toThrow(
    "FILE: its tables cannot be told"
  );
});

test("another shop in the same home gives the tables and extracts of a new home", async () => {
  const [one, other] = shops();
  const lived = openWorld(one, {today: "2026-12-31"});
  await lived.refresh();
  rmSync(one, {recursive: true});
  cpSync(other, one, {recursive: true});
  expect(await failure(lived.refresh())).toContain("another shop?");
  const accept = {
    monitors: monitors.filter(({severity}) => severity === "block").map(({name}) => name),
    reason: "another shop"
  };
  const again = await refresh(lived.config, {progress: silent, accept});
  const fresh = openWorld(other, {today: "2026-12-31"});
  const first = await fresh.refresh();
  const contents = (release: typeof first.release) =>
    Object.fromEntries(
      release.objects
        .filter(({layer}) => ["silver", "gold", "marts", "extracts"].includes(layer))
        .map(({layer, table, chunk, content}) => [`${layer}.${table} ${chunk ?? ""}`, content])
    );
  const [now, expected] = [contents(again.release), contents(first.release)];
  const differing = Object.keys({...now, ...expected}).filter((name) => now[name] !== expected[name]);
  // what checks remember is the home's, and the database for the browser has it, too
  expect(differing).toEqual(["extracts.checks.json ", "extracts.shop.duckdb "]);
  for (const world of [lived, fresh]) world.remove();
});
