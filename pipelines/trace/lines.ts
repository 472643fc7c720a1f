import {span} from "../1-bronze/chunk.ts";
import {findTable, silver} from "../catalog.ts";
import {ident, query} from "../engine/duckdb.ts";
import {type LakeObject, objectsOf} from "../step.ts";
import {relationOf} from "../parts.ts";
import type {Place} from "./pick.ts";
import type {Start} from "./start.ts";

/** Where a row lies in the lake. */
export type Origin = {object: string; row: number};

/** One traced row: each correctable column as the source writes it and as it is kept, or why it was refused. */
export type Line = {
  key: string;
  values: Record<string, {source: string | null; kept: string | null; rule: string | null}>;
  rejected: string | null;
  origin: Origin;
  cost?: {version: string; cost: string; source: string | null; origin: Origin};
};

/** The first rows in the order of the source, at most `limit`. */
export async function readLines(place: Place, start: Start, limit: number): Promise<Line[]> {
  const {connection, lake, release} = place;
  const {source} = start;
  const columns = Object.entries(findTable(silver, source.name).correctable);
  const ids = await query<{_row: string}>(
    connection,
    `select _row::varchar as _row from bronze_rows order by bronze_rows._row limit ${limit}`
  );
  if (!ids.length) return [];
  const rows = ids.map(({_row}) => BigInt(_row));
  const chunks = new Set(rows.map((row) => Number(row / span)));
  const partsOf = (layer: string) => {
    const parts = objectsOf(release, layer, source.name).filter(
      ({chunk}) => chunk === undefined || chunks.has(chunk)
    );
    return parts.length
      ? relationOf(lake, parts)
      : relationOf(lake, objectsOf(release, layer, source.name).slice(0, 1));
  };
  const within = `where _row between ${rows[0]} and ${rows.at(-1)} and _row in (${rows.join(", ")})`;
  const texts = columns.map(
    ([name, from], n) =>
      `texts.${ident(from)} as text${n}, kept.${ident(name)}::varchar as kept${n}, kept.${ident(`${name}_rule`)} as rule${n}`
  );
  const hasCost = start.gold?.name === "fct_sales";
  const cost = hasCost
    ? `gold_rows.version_key::varchar as version, versions.prd_cost::varchar as cost, versions.cost_text, versions._row::varchar as cost_row`
    : "null as version";
  const joins = hasCost ? "left join gold_rows using (_row) left join versions using (version_key)" : "";
  const found = await query<Record<string, string | null>>(
    connection,
    `with texts as (select * from ${await partsOf("bronze")} ${within}),
     kept as (select * from ${await partsOf("silver")} ${within}),
     rejects as (select _row, reason from ${await partsOf("rejects")} ${within})
     select ${[
       "texts._row::varchar as _row",
       `concat_ws('/', ${source.key.map((name) => `coalesce(texts.${ident(name)}, '')`).join(", ")}) as key`,
       "rejects.reason as rejected",
       ...texts,
       cost
     ].join(", ")}
     from texts left join kept using (_row) left join rejects using (_row) ${joins} order by texts._row`
  );
  const bronze = objectsOf(release, "bronze", source.name);
  const products = objectsOf(release, "bronze", "crm_prd_info");
  return found.map((row) => ({
    key: row.key!,
    values: Object.fromEntries(
      columns.map(([name], n) => [
        name,
        {source: row[`text${n}`]!, kept: row[`kept${n}`]!, rule: row[`rule${n}`]!}
      ])
    ),
    rejected: row.rejected!,
    origin: originOf(bronze, row._row!),
    ...(row.version && {
      cost: {
        version: row.version,
        cost: row.cost!,
        source: row.cost_text!,
        origin: originOf(products, row.cost_row!)
      }
    })
  }));
}

function originOf(parts: LakeObject[], _row: string): Origin {
  const row = BigInt(_row);
  const chunk = Number(row / span);
  return {object: parts.find((part) => (part.chunk ?? 0) === chunk)!.key, row: Number(row % span)};
}
