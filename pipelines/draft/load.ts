import {gold, type GoldTable} from "../catalog.ts";
import {copyTable, createTable, goldToWarehouse} from "../4-warehouse/load.ts";
import type {LedgerLine} from "../ledger.ts";
import type {Release} from "../release.ts";
import {byTable, contentOfTable, type Context, proving, type StepResult, tell} from "../step.ts";
import {inTransaction, name, type Warehouse} from "../warehouse/postgres.ts";
import type {Standing} from "./marts.ts";

/**
 * Gold as the draft's schema shows it: a table that is as published is a view of the published one, any other is loaded.
 * What is new takes with it whatever was built on it.
 */
export function loadDraft(
  context: Context,
  warehouse: Warehouse,
  live: Release,
  contents: Map<string, string>,
  standing: Standing
): Promise<StepResult> {
  const schema = standing.schemas.gold;
  const published = new Map(
    [...byTable(live.objects)].map(([table, objects]) => [table, contentOfTable(objects)])
  );
  return tell(context, "warehouse gold", async () => {
    const stale = gold.filter(
      (table) => standing.gold.get(table.name) !== contents.get(`gold.${table.name}`)
    );
    if (stale.length) standing.models.clear();
    for (const table of stale) {
      const content = contents.get(`gold.${table.name}`)!;
      standing.gold.delete(table.name);
      const isPublished =
        published.get(`gold.${table.name}`) === content &&
        (await isThere(warehouse, live.schemas.gold, table.name));
      await inTransaction(warehouse, () =>
        replaceTable(context, warehouse, schema, table, isPublished ? live.schemas.gold : null)
      );
      standing.gold.set(table.name, content);
    }
    if (stale.length)
      standing.goldLedger = await ledgerOf(context, warehouse, live, contents, standing, published);
    return {
      result: {step: "warehouse gold", key: "", objects: [], facts: {schema, ledger: standing.goldLedger}},
      reused: !stale.length
    };
  });
}

async function replaceTable(
  context: Context,
  warehouse: Warehouse,
  schema: string,
  table: GoldTable,
  from: string | null
): Promise<void> {
  const {client} = warehouse;
  const path = `${name(schema)}.${name(table.name)}`;
  await client.query(`create schema if not exists ${name(schema)}`);
  await dropRelation(warehouse, schema, table.name);
  if (from !== null) {
    await client.query(`create view ${path} as select * from ${name(from)}.${name(table.name)}`);
    return;
  }
  await client.query(createTable(schema, table));
  await copyTable(context, warehouse, schema, table);
  await client.query(`analyze ${path}`);
}

/** The ledger of the hop, as published where no table differs. */
async function ledgerOf(
  context: Context,
  warehouse: Warehouse,
  live: Release,
  contents: Map<string, string>,
  {schemas}: Standing,
  published: Map<string, string>
): Promise<LedgerLine[]> {
  const isSame = gold.every(
    (table) => published.get(`gold.${table.name}`) === contents.get(`gold.${table.name}`)
  );
  if (isSame) return live.ledger.filter(({hop}) => hop === "gold → warehouse");
  return proving(context, () => goldToWarehouse(context, warehouse, schemas.gold));
}

/** Drops a table or a view, and what was built on it. */
export async function dropRelation({client}: Warehouse, schema: string, relation: string): Promise<void> {
  const {rows} = await client.query<{kind: string}>(
    "select relkind as kind from pg_class where oid = to_regclass($1)",
    [`${name(schema)}.${name(relation)}`]
  );
  if (!rows.length) return;
  const kind = rows[0]!.kind === "v" ? "view" : "table";
  await client.query(`drop ${kind} ${name(schema)}.${name(relation)} cascade`);
}

/** Whether a relation is in the warehouse. */
export async function isThere({client}: Warehouse, schema: string, relation: string): Promise<boolean> {
  const {rows} = await client.query<{found: string | null}>("select to_regclass($1) as found", [
    `${name(schema)}.${name(relation)}`
  ]);
  return rows[0]!.found !== null;
}
