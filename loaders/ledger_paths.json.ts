import {readdir, readFile} from "node:fs/promises";
import {parse} from "yaml";
import {readShares} from "../pipelines/5-site/reconcile.ts";
import type {Share} from "../pipelines/against-gold.ts";
import {gold} from "../pipelines/catalog.ts";
import {readConfig} from "../pipelines/config.ts";

type Model = {name: string; description: string; config?: {meta?: {ledger?: Share}}};

/** Which measure of a table continues which of the table before: from the catalog, dbt and `ledger.yml`. */
const folder = new URL("../dbt/models/marts/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".yml")).sort();
const models = (
  await Promise.all(
    files.map(
      async (name) => (parse(await readFile(new URL(name, folder), "utf8")) as {models?: Model[]}).models
    )
  )
).flatMap((one) => one ?? []);

const shares = await readShares(readConfig().root);

process.stdout.write(
  JSON.stringify({
    gold: gold.map(({name, from, amounts}) => ({name, from, amounts})),
    marts: models.flatMap(({name, description, config}) =>
      config?.meta?.ledger ? [{name, description, ...roadOf(config.meta.ledger)}] : []
    ),
    extracts: Object.entries(shares).map(([name, share]) => ({name, ...roadOf(share)}))
  })
);

function roadOf({from, count, distinct = {}, amounts, grain_filter}: Share) {
  const counted = Object.entries(distinct).map(([column, origin]) => [column, `different ${origin}`]);
  const all = {...(count && {[count]: "rows"}), ...Object.fromEntries(counted), ...amounts};
  return {from, amounts: all, outside: grain_filter ?? []};
}
