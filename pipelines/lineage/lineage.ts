import {readFile} from "node:fs/promises";
import {join} from "node:path";
import {findTable, gold, silver, sources} from "../catalog.ts";
import type {Config} from "../config.ts";
import {silent, type Progress} from "../progress.ts";
import type {Release} from "../release.ts";
import {hash} from "../step.ts";
import {checkColumns, ledgerColumns} from "../views.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {remember} from "./kept.ts";
import {type Page, readPages, readSite} from "./pages.ts";
import {followSql, type Kind, readTexts, type Statement, type Text} from "./sql.ts";

/**
 * Which column comes from which, from the source to the charts. A column's id is `TABLE.COLUMN`, a chart's `PAGE#CHART`;
 * an edge into a table (`condition`) decides which rows it has, an edge out of one (`table`) means all its columns.
 */
export type Lineage = {
  release: string;
  tables: Record<string, {layer: Layer; file: string; columns: string[]; title?: string}>;
  edges: [from: string, to: string, kind: Kind][];
  units: Unit[];
  /** Files whose SQL the parser does not read, and why. */
  unread: {file: string; why: string}[];
};
export type Layer = "source" | "silver" | "gold" | "marts" | "records" | "extracts" | "pages";

/** A file that fails as one: without a column it names, or a table it reads, it makes none of its tables. */
export type Unit = {file: string; layer: Layer; makes: string[]; names: string[]; reads: string[]};

/** The tables that the pipeline itself writes, each with the file that makes it and its columns. */
const records: Record<string, {file: string; columns: string[]}> = {
  rejects: {
    file: "pipelines/2-silver/silver.ts",
    columns: ["table_name", "_row", "key", "reason", "is_superseded", "record"]
  },
  corrections: {
    file: "pipelines/2-silver/silver.ts",
    columns: [
      ...["table_name", "column_name", "_row", "key", "source_value"],
      ...["reported", "corrected", "rule", "change"]
    ]
  },
  ledger: {file: "pipelines/ledger.ts", columns: Object.keys(ledgerColumns)},
  checks: {file: "pipelines/4-warehouse/marts.ts", columns: Object.keys(checkColumns)}
};

const code = ["lineage.ts", "lineage.py", "sql.ts", "pages.ts", "../catalog.ts"];

/** The lineage of a release's marts, the SQL and the pages of the checkout; kept in the home until one of them changes. */
export async function findLineage(
  config: Config,
  release: Release,
  progress: Progress = silent
): Promise<Lineage> {
  const {dbt} = release;
  if (!dbt) throw new Error(`release ${release.id} does not know dbt's SQL: run npx assay refresh`);
  const texts = await readTexts(config, dbt.selects);
  const own = await Promise.all(code.map((name) => readFile(join(import.meta.dirname, name), "utf8")));
  const key = hash(JSON.stringify([own, texts, await readSite(config.root), dbt.exposures])).slice(0, 24);
  const composed = await remember(config, key, async () => {
    const statements = await followSql(await ensureDbt(config, progress), givenTables(), texts);
    return composeLineage(texts, statements, await readPages(config.root), dbt.exposures);
  });
  return {...composed, release: release.id};
}

/** The columns of the tables that no SQL file makes. */
export function givenTables(): Record<string, string[]> {
  return {
    "main.run": ["today"],
    ...Object.fromEntries(sources.map(({name, columns}) => [`bronze.${name}`, [...columns, "_row"]])),
    ...Object.fromEntries(Object.entries(records).map(([name, {columns}]) => [`assay.${name}`, columns]))
  };
}

/** Joins what the SQL, the catalog, dbt and the pages say to one graph. */
export function composeLineage(
  texts: Text[],
  followed: Statement[],
  pages: Page[],
  exposures: NonNullable<Release["dbt"]>["exposures"]
): Omit<Lineage, "release"> {
  const statements = followed.map(renamed);
  const graph: Omit<Lineage, "release"> = {
    tables: {},
    edges: [],
    units: [],
    unread: followed.flatMap(({file, unread}) => (unread ? [{file, why: unread}] : []))
  };
  for (const {name, columns} of sources)
    graph.tables[`source.${name}`] = {layer: "source", file: "pipelines/catalog.ts", columns};
  graph.tables.run = {layer: "source", file: "pipelines/config.ts", columns: ["today"]};
  addRecords(graph, statements);
  for (const statement of statements) addStatement(graph, statement);
  for (const {file} of texts)
    addUnit(
      graph,
      file,
      statements.filter((one) => one.file === file)
    );
  for (const page of pages) addPage(graph, page, exposures);
  return graph;
}

/** Bronze is the source as it is, and extracts go by their file's name. */
function renamed(statement: Statement): Statement {
  const text = JSON.stringify(statement)
    .replaceAll('"bronze.', '"source.')
    .replaceAll('"main.', '"')
    .replaceAll('"extracts.', '"');
  return JSON.parse(text) as Statement;
}

function layerOf(table: string, file: string): Layer {
  if (file.startsWith("loaders/")) return "extracts";
  const [schema] = table.split(".");
  return schema === "assay" ? "records" : (schema as Layer);
}

function addStatement({tables, edges}: Omit<Lineage, "release">, statement: Statement): void {
  const {table, file, columns, rows} = statement;
  const judge = table.startsWith("silver.") ? "_reject_reason" : undefined;
  const kept = Object.keys(columns).filter((name) => name !== judge);
  tables[table] = {layer: layerOf(table, file), file, columns: kept};
  for (const name of kept)
    for (const [kind, from] of Object.entries(columns[name]!) as [Kind, string[]][])
      for (const one of from) edges.push([one, `${table}.${name}`, kind]);
  // silver keeps the rows without a reason to reject them
  const judged = judge ? Object.values(columns[judge] ?? {}).flat() : [];
  for (const one of new Set([...rows, ...judged])) edges.push([one, table, "condition"]);
}

function addUnit({units}: Omit<Lineage, "release">, file: string, statements: Statement[]): void {
  const all = (pick: (one: Statement) => string[]) => [...new Set(statements.flatMap(pick))].sort();
  units.push({
    file,
    layer: layerOf(statements[0]!.table, file),
    makes: all(({table}) => [table]),
    names: all(({names}) => names),
    reads: all(({reads}) => reads)
  });
}

/** What the pipeline itself records: rejects, corrections and the ledger, by the catalog. */
function addRecords({tables, edges, units}: Omit<Lineage, "release">, statements: Statement[]): void {
  for (const [name, record] of Object.entries(records))
    tables[`assay.${name}`] = {layer: "records", ...record};
  for (const {name, correctable} of silver) {
    const {key} = findTable(sources, name);
    const reason = statements.find(({table}) => table === `silver.${name}`)?.columns._reject_reason ?? {};
    for (const [kind, from] of Object.entries(reason) as [Kind, string[]][])
      for (const one of from) edges.push([one, "assay.rejects.reason", kind]);
    edges.push([`source.${name}`, "assay.rejects.record", "table"]);
    for (const column of key)
      for (const record of ["rejects", "corrections"])
        edges.push([`source.${name}.${column}`, `assay.${record}.key`, "value"]);
    for (const [x, from] of Object.entries(correctable))
      edges.push(
        [`source.${name}.${from}`, "assay.corrections.source_value", "value"],
        [`silver.${name}.reported_${x}`, "assay.corrections.reported", "value"],
        [`silver.${name}.${x}`, "assay.corrections.corrected", "value"],
        [`silver.${name}.${x}_rule`, "assay.corrections.rule", "value"],
        [`silver.${name}.${x}`, "assay.corrections.change", "value"],
        [`silver.${name}.reported_${x}`, "assay.corrections.change", "value"]
      );
  }
  for (const {name, amounts} of gold)
    for (const amount of Object.keys(amounts))
      edges.push([`gold.${name}.${amount}`, "assay.ledger.amount_out", "value"]);
  const of = (layer: string) =>
    statements.map(({table}) => table).filter((table) => table.startsWith(`${layer}.`));
  const silverTables = of("silver");
  units.push(
    {
      file: records.rejects!.file,
      layer: "records",
      makes: ["assay.rejects", "assay.corrections"],
      names: [],
      reads: silverTables
    },
    {
      file: records.ledger!.file,
      layer: "records",
      makes: ["assay.ledger"],
      names: [],
      reads: [...silverTables, ...of("gold"), ...of("marts")]
    },
    {file: records.checks!.file, layer: "records", makes: ["assay.checks"], names: [], reads: of("marts")}
  );
}

/** A chart reads the fields that its code names; of one that names none, the whole extracts; a database is asked as a whole. */
function addPage(
  {tables, edges, units}: Omit<Lineage, "release">,
  {path, file, title, charts}: Page,
  exposures: NonNullable<Release["dbt"]>["exposures"]
): void {
  const extracts = Object.keys(tables).filter((table) => tables[table]!.layer === "extracts");
  const tablesIn = (extract: string) =>
    extracts.filter((one) => one === extract || one.startsWith(`${extract}.`));
  const fieldsOf = (table: string, names: string[]) =>
    tables[table]!.columns.filter((one) => names.includes(one)).map((one) => `${table}.${one}`);
  const shown: string[] = [];
  const needed = new Set<string>();
  const read = new Set<string>();
  for (const {name, extracts: loaded, names, namesOnTheWay} of charts) {
    const all = loaded.flatMap(tablesIn);
    if (!all.length) continue;
    shown.push(name);
    const files = all.filter((table) => table.endsWith(".json"));
    const fields = files.flatMap((table) => fieldsOf(table, names));
    for (const field of fields) edges.push([field, `${path}#${name}`, "value"]);
    for (const table of all) {
      read.add(table);
      if (!files.includes(table)) needed.add(table);
      else if (!fields.length) edges.push([table, `${path}#${name}`, "table"]);
    }
    for (const table of files) for (const field of fieldsOf(table, namesOnTheWay)) read.add(field);
  }
  if (!shown.length) return;
  tables[path] = {layer: "pages", file, columns: shown, title};
  for (const table of needed) edges.push([table, path, "table"]);
  const fields = [...read].filter((one) => !tables[one]);
  const direct = new Set(edges.filter(([, to]) => to.startsWith(`${path}#`)).map(([from]) => from));
  for (const field of fields) if (!direct.has(field)) edges.push([field, path, "table"]);
  const promised = exposures
    .filter(({url}) => url === path)
    .flatMap(({models}) => models.map((name) => `marts.${name}`));
  units.push({
    file,
    layer: "pages",
    makes: [path],
    names: fields.sort(),
    reads: [...new Set([...[...read].filter((one) => tables[one]), ...promised])].sort()
  });
}
