import {readdir, readFile} from "node:fs/promises";

/** The SQL of the notebooks' loaders by name: what a cell shows is what its data were made with. */
const names = (await readdir(import.meta.dirname)).filter((name) => /^eda_.+\.json\.sql$/.test(name)).sort();
const texts = await Promise.all(
  names.map(async (name) => [
    name.slice("eda_".length, -".json.sql".length),
    (await readFile(new URL(name, import.meta.url), "utf8")).trim()
  ])
);
process.stdout.write(JSON.stringify(Object.fromEntries(texts)));
