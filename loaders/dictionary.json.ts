import {shownRelease} from "../pipelines/5-site/shown.ts";
import {rowsOf} from "../pipelines/5-site/drift.ts";
import {readConfig} from "../pipelines/config.ts";
import {readDictionary} from "../pipelines/dictionary.ts";
import {query} from "../pipelines/engine/duckdb.ts";
import {openLake} from "../pipelines/lake/lake.ts";
import {findLineage, type Lineage} from "../pipelines/lineage/lineage.ts";
import {readDefinitions} from "../pipelines/semantic/definitions.ts";
import {showRelease} from "../pipelines/views.ts";
import {withShown} from "../pipelines/words/sql.ts";
import {idsOf, reach} from "../src/components/lineage-paths.js";
import {selectSql} from "../src/components/semantic/select.ts";

/** What every column, measure and dimension means, what is tested of it, and the pages that show it. */
const config = readConfig();
const lake = openLake(config);
const release = await shownRelease(config, lake);
const lineage = await findLineage(config, release);
const ids = new Set(idsOf(lineage));
const dictionary = readDictionary(config.root);
const schemas = ["marts", "gold", "bronze", "assay"];

/** A column that the source has beyond the catalog. */
const unknown = "Not known to the catalog: kept as the source has it, withheld on the site.";

/** Every column there is, as `npx assay sql` describes it; nothing of the rows is fetched. */
const found = await withShown(
  config,
  lake,
  (connection) => showRelease(connection, lake, release, () => false),
  (connection) =>
    query<{schema: string; table: string; name: string; type: string}>(
      connection,
      `select table_schema as schema, table_name as "table", column_name as name, data_type as type
       from information_schema.columns where table_schema in (${schemas.map((one) => `'${one}'`).join(", ")})
       order by list_position([${schemas.map((one) => `'${one}'`).join(", ")}], table_schema),
         table_name <> 'sales', table_name, ordinal_position`
    )
);

const names = [...new Set(found.map(({schema, table}) => `${schema}.${table}`))];
const tables = names.map((name) => {
  const described = dictionary.find(({schema, table}) => `${schema}.${table}` === name);
  const columns = found
    .filter(({schema, table}) => `${schema}.${table}` === name)
    .map((column) => {
      const {
        description = column.schema === "bronze" ? unknown : "",
        tests = [],
        pii
      } = described?.columns[column.name] ?? {};
      const id = `${name.replace(/^bronze\./, "source.")}.${column.name}`;
      const type = column.type.toLowerCase().replace(/^varchar$/, "text");
      return {
        name: column.name,
        type,
        description,
        tests,
        ...(pii && {pii}),
        ...(ids.has(id) && {lineage: id})
      };
    });
  const {description = "", file = ""} = described ?? {};
  return {name, description, file, rows: rowsOf(release, name) ?? null, columns};
});

const definitions = readDefinitions(config.root);
const {relation, measures, dimensions} = definitions;
const exprs = new Set([...measures, ...dimensions].flatMap((one) => ("expr" in one ? [one.expr] : [])));

process.stdout.write(
  JSON.stringify({
    release: release.id,
    tables,
    pages: Object.fromEntries([...exprs].map((expr) => [expr, pagesOf(lineage, `${relation}.${expr}`)])),
    sql: Object.fromEntries(measures.map(({name}) => [name, selectSql(definitions, {measures: [name]})]))
  })
);

/** The pages whose charts the value of a column flows into. */
function pagesOf(graph: Lineage, id: string): {path: string; title: string}[] {
  if (!ids.has(id)) return [];
  const shown = reach(graph, id, "down").filter(({layer, kind}) => layer === "pages" && kind === "value");
  const paths = [...new Set(shown.map((one) => one.id.split("#")[0]!))].sort();
  return paths.map((path) => ({path, title: graph.tables[path]?.title ?? path}));
}
