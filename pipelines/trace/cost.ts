import {findTable, sources} from "../catalog.ts";
import {queryOne, query, run} from "../engine/duckdb.ts";
import {fromCents, toCents, typedAmount} from "../ledger.ts";
import {sumOf} from "./amounts.ts";
import {relationOf} from "../parts.ts";
import {objectsOf} from "../step.ts";
import type {Place} from "./pick.ts";
import type {Reason} from "./steps.ts";

/** Where the cost of sales lines comes from: `reported` is what the texts of the source say, times quantity. */
export type Cost = {
  rows: number;
  versions: number;
  cost_amount: string;
  kept: string;
  reported: string;
  corrected: Record<string, Reason>;
};

const product = findTable(sources, "crm_prd_info");

/** Shows `versions`: each version of a product with its cost kept, as text and typed, and its row of bronze. */
export async function showVersions({connection, lake, release}: Place): Promise<void> {
  const partsOf = (layer: string) => relationOf(lake, objectsOf(release, layer, product.name));
  await run(
    connection,
    `create temp table versions as
     select kept.prd_id as version_key, kept._row, kept.prd_cost, kept.prd_cost_rule, kept.prd_start_dt,
       texts.prd_cost as cost_text, ${typedAmount("texts.prd_cost", "money")} as typed_cost
     from ${await partsOf("silver")} as kept join ${await partsOf("bronze")} as texts using (_row)`
  );
}

/** The cost of `gold_rows`, through the version of each line, down to the texts of the source. */
export async function readCost({connection}: Place): Promise<Cost> {
  const costs = `(select cost_amount, version_key, prd_cost_rule, ${times("prd_cost")} as kept, ${times("typed_cost")} as reported
    from gold_rows left join versions using (version_key))`;
  const {rows, versions, ...sums} = await queryOne<Record<string, string>>(
    connection,
    `select count(version_key)::varchar as rows, count(distinct version_key)::varchar as versions,
       ${["cost_amount", "kept", "reported"].map((name) => sumOf(name, name)).join(", ")} from ${costs}`
  );
  const rules = await query<{rule: string; rows: number; amount: string}>(
    connection,
    `select prd_cost_rule as rule, count(*)::integer as rows,
       ${sumOf("coalesce(cast(kept as decimal(38, 2)), 0) - coalesce(reported, 0)", "amount")}
     from ${costs} where prd_cost_rule is not null group by 1 order by 1`
  );
  const exact = (name: string) => fromCents(toCents(sums[name]!));
  return {
    rows: Number(rows),
    versions: Number(versions),
    cost_amount: exact("cost_amount"),
    kept: exact("kept"),
    reported: exact("reported"),
    corrected: Object.fromEntries(
      rules.map(({rule, rows: count, amount}) => [
        rule,
        {rows: count, amounts: {cost_amount: fromCents(toCents(amount))}}
      ])
    )
  };
}

/** Where the cost does not agree, in words. */
export function costDifferences({cost_amount, kept, reported, corrected}: Cost): string[] {
  const explained = Object.values(corrected).reduce(
    (sum, {amounts}) => sum + toCents(amounts.cost_amount!),
    toCents(reported)
  );
  return [
    ...(cost_amount === kept ? [] : [`gold → silver, cost_amount: ${cost_amount} against ${kept}`]),
    ...(toCents(kept) === explained
      ? []
      : [`silver → bronze, cost_amount: ${kept} against ${fromCents(explained)}`])
  ];
}

/** As gold multiplies: null where the product is too large for money. */
function times(cost: string): string {
  return `try_cast(cast(${cost} as decimal(38, 2)) * quantity as decimal(18, 2))`;
}
