import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {fact, findTable, gold, type GoldTable, type SourceTable, sources} from "../catalog.ts";
import {UsageError} from "../config.ts";
import {ident} from "../engine/duckdb.ts";
import type {Release} from "../release.ts";
import type {MartLedger} from "../warehouse/dbt.ts";
import type {Predicate} from "./predicate.ts";

/** Where a trace begins, and the tables it leads through. */
export type Start = {
  layer: "marts" | "gold" | "silver" | "bronze";
  table: string;
  source: SourceTable;
  /** The gold table on the way. */
  gold?: GoldTable;
  /** The relation that the condition is asked of, and the same with every column there is. */
  relation: string;
  all: string;
  /** From rows of a mart, shown under its name, to those of gold, `lines`; and the amounts they share. */
  mart?: {lines: string; amounts: Record<string, string>};
};

/** Columns that the view has under the same name with another meaning. */
const ambiguous = ["product_key", "current_product_key"];

const dayWords = {day: "%Y-%m-%d", month: "%Y-%m", year: "%Y"};

/** Finds the table that a predicate names. Throws UsageError with those there are. */
export function findStart(predicate: Predicate, release: Release, root: string): Start {
  const {schema, table} = predicate;
  const isIn = (layer: string) => schema === "" || schema === layer;
  const at = (
    layer: Start["layer"],
    from: Way,
    mart?: Start["mart"],
    relation = `${layer}.${ident(table)}`,
    all = relation
  ) => ({
    ...from,
    layer,
    table,
    relation,
    all,
    ...(mart && {mart})
  });
  const facts = onward(findTable(sources, fact.from!));
  const asked = () => factRelation(predicate);
  const everything = () => factRelation({...predicate, columns: ["month", "country"]});

  const source = sources.find(({name}) => name === table);
  if (source && schema === "silver") return at("silver", onward(source));
  if (source && (isIn("bronze") || schema === "source")) return at("bronze", onward(source));
  if (table === fact.name && isIn("gold")) return at("gold", facts, undefined, asked(), everything());
  if (table === "sales" && isIn("marts")) return at("marts", facts, undefined, asked(), everything());
  const own = gold.find(({name}) => name === table);
  if (own?.from && isIn("gold")) return at("gold", onward(findTable(sources, own.from)));
  if (own && isIn("gold")) return at("gold", facts, {lines: linesOf(table), amounts: {}});
  const ledger = isIn("marts") && martsOf(release).includes(table) ? martLedger(root, table) : undefined;
  if (ledger?.lines) return at("marts", facts, {lines: ledger.lines, amounts: ledger.amounts});

  const marts = martsOf(release).filter((name) => martLedger(root, name)?.lines);
  const names = [gold, sources].map((tables) => tables.map(({name}) => name));
  const have = [...names[0]!, "sales", ...marts, ...names[1]!, ...names[1]!.map((name) => `silver.${name}`)];
  throw new UsageError(`unknown table: ${schema ? `${schema}.` : ""}${table} (have ${have.join(", ")})`);
}

/** The way from a gold table that comes from no source table to the facts that refer to it. */
function linesOf(table: string): string {
  const [column, to] = Object.entries(fact.references).find(([, one]) => one.table === table)!;
  return `semi join ${ident(table)} on ${ident(table)}.${ident(to.column)} = lines.${ident(column)}`;
}

type Way = {source: SourceTable; gold?: GoldTable};

/** A source table, and the gold table that its rows become. */
function onward(source: SourceTable): Way {
  const own = gold.find(({from}) => from === source.name);
  return {source, ...(own && {gold: own})};
}

/** Whether a gold table says which row of bronze each of its rows comes from; else it has the key of its source. */
export function hasRow({columns}: GoldTable): boolean {
  return columns.some(({name}) => name === "_row");
}

/** Only the fact table where that has all columns, else the view that joins its dimensions; days in words if they are named. */
function factRelation({table, columns}: Predicate): string {
  const have = fact.columns
    .map(({name}) => name)
    .filter((name) => table === fact.name || !ambiguous.includes(name));
  const words = [...Object.keys(dayWords), "quarter"];
  const others = columns.filter((name) => !words.includes(name));
  const isOwn = others.every((name) => have.includes(name));
  const rows = isOwn
    ? `select *, product_key as version_key from gold.fct_sales`
    : table === fact.name
      ? `select * replace (version_key as product_key), product_key as current_product_key from marts.sales`
      : `from marts.sales`;
  if (isOwn && others.length === columns.length) return `(${rows})`;
  const days = Object.entries(dayWords).map(([name, format]) => `strftime(date_day, '${format}') as ${name}`);
  return `(select lines.*, days.* exclude (date_day) from (${rows}) as lines
    left join (select date_day, ${days.join(", ")}, concat(calendar_year, '-Q', calendar_quarter) as quarter from gold.dim_dates) as days
    on days.date_day = lines.order_date)`;
}

function martsOf({objects}: Release): string[] {
  return [...new Set(objects.filter(({layer}) => layer === "marts").map(({table}) => table))];
}

/** What the yml beside a mart says of its way to gold. */
function martLedger(root: string, name: string): MartLedger | undefined {
  const file = join(root, "dbt/models/marts", `${name}.yml`);
  if (!existsSync(file)) return undefined;
  const {models} = parse(readFileSync(file, "utf8")) as {
    models: {name: string; config?: {meta?: {ledger?: MartLedger}}}[];
  };
  return models.find((model) => model.name === name)?.config?.meta?.ledger;
}
