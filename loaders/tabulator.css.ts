import {createReadStream} from "node:fs";
import {createRequire} from "node:module";

const {resolve} = createRequire(import.meta.url);
createReadStream(resolve("tabulator-tables/dist/css/tabulator.min.css")).pipe(process.stdout);
