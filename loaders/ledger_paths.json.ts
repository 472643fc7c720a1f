import {readdir, readFile} from "node:fs/promises";
import {parse} from "yaml";
import {gold} from "../pipelines/catalog.ts";

type Model = {
  name: string;
  description: string;
  config?: {
    meta?: {
      ledger?: {
        from: string;
        amounts: Record<string, string>;
        grain_filter?: {reason: string; where: string}[];
      };
    };
  };
};

/** Which measure of a table continues which of the table before: gold's from the catalog, the marts' from dbt. */
const folder = new URL("../dbt/models/marts/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".yml")).sort();
const models = (
  await Promise.all(
    files.map(
      async (name) => (parse(await readFile(new URL(name, folder), "utf8")) as {models?: Model[]}).models
    )
  )
).flatMap((one) => one ?? []);

process.stdout.write(
  JSON.stringify({
    gold: gold.map(({name, from, amounts}) => ({name, from, amounts})),
    marts: models.flatMap(({name, description, config}) => {
      const ledger = config?.meta?.ledger;
      return ledger
        ? [
            {
              name,
              description,
              from: ledger.from,
              amounts: ledger.amounts,
              outside: ledger.grain_filter ?? []
            }
          ]
        : [];
    })
  })
);
