import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {parse} from "yaml";
import {againstGold, type Share} from "../against-gold.ts";
import {ident, literal} from "../engine/duckdb.ts";
import type {LedgerLine} from "../ledger.ts";
import type {Context, LakeObject} from "../step.ts";

/**
 * How an extract reconciles with gold. `relation` is what is compared instead of its rows: of a database a relation of
 * `extract`, of JSON one of `rows`.
 */
export type ExtractShare = Share & {relation?: string};

const file = "loaders/ledger.yml";

/** The declarations of `loaders/ledger.yml` by the name of the extract. */
export async function readShares(root: string): Promise<Record<string, ExtractShare>> {
  return parse(await readFile(join(root, file), "utf8")) as Record<string, ExtractShare>;
}

/** The ledger of an extract that was just written to `path`. */
export function reconcileExtract(
  {connection}: Pick<Context, "connection">,
  name: string,
  share: ExtractShare,
  {path, rows, columns}: {path: string; rows: number; columns: LakeObject["columns"]}
): Promise<LedgerLine[]> {
  const read = rows ? `read_json(${literal(path)})` : none(share, columns);
  const relation =
    share.relation === undefined || (!rows && name.endsWith(".json"))
      ? read
      : `(with rows as (from ${read}) ${share.relation})`;
  return againstGold(connection, {hop: "marts → extracts", table: name, relation, file}, share);
}

/** No rows, with the columns that are compared: an empty JSON array tells none. */
function none({by = {}, on, count, amounts}: Share, columns: LakeObject["columns"]): string {
  const own = [...Object.keys(by), ...(count === undefined ? [] : [count]), ...Object.keys(amounts)];
  const named = on === undefined ? own : [...own, ...columns.map(({name}) => name), "starts_on", "ends_on"];
  return `(select ${[...new Set(named)].map((name) => `null::varchar as ${ident(name)}`).join(", ")} where false)`;
}
