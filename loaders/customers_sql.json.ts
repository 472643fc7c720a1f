import {readdir, readFile} from "node:fs/promises";

/** The SQL of the loaders of the customers' dashboard by name: a filter is answered by the same SQL over chosen rows. */
const names = (await readdir(import.meta.dirname))
  .filter((name) => /^customers_.+\.json\.sql$/.test(name))
  .sort();
const texts = await Promise.all(
  names.map(async (name) => [
    name.slice("customers_".length, -".json.sql".length),
    (await readFile(new URL(name, import.meta.url), "utf8")).trim()
  ])
);
process.stdout.write(JSON.stringify(Object.fromEntries(texts)));
