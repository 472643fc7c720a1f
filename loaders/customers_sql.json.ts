import {sqlOfLoaders} from "../pipelines/5-site/texts.ts";

/** The SQL of the loaders of the customers' dashboard by name: a filter is answered by the same SQL over chosen rows. */
process.stdout.write(JSON.stringify(await sqlOfLoaders(import.meta.dirname, "customers_")));
