import {readConfig} from "../pipelines/config.ts";
import {openFolderLake} from "../pipelines/lake/folder.ts";
import {readCurrent} from "../pipelines/release.ts";

const {id, published_at, data_through, source, objects} = await readCurrent(
  openFolderLake(readConfig().lake.path)
);
const tables = objects.map(({layer, table, rows}) => ({layer, table, rows}));
process.stdout.write(
  JSON.stringify({id, published_at, data_through: data_through.whole, source: source.name, tables})
);
