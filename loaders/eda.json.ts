import {sqlOfLoaders} from "../pipelines/5-site/texts.ts";

/** The SQL of the notebooks' loaders by name: what a cell shows is what its data were made with. */
process.stdout.write(JSON.stringify(await sqlOfLoaders(import.meta.dirname, "eda_")));
