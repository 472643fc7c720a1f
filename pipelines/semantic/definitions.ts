import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {readShop, weekShift} from "../shop.ts";
import {
  aggregations,
  grains,
  type Definitions,
  type Dimension,
  type Measure
} from "../../src/components/semantic/select.ts";

const folder = "dbt/models/semantic";

/** The formats a measure may have, by what it is. */
const formats: Record<string, string[]> = {
  sum: ["money", "integer"],
  count: ["integer"],
  count_distinct: ["integer"],
  min: ["money", "integer", "date"],
  max: ["money", "integer", "date"],
  ratio: ["money", "percent"]
};

type Fields = Record<string, unknown>;

/**
 * Every measure and dimension of the project at `root`, from dbt's semantic YAML alone. Throws naming file and entry
 * for whatever it cannot carry out: simple and ratio metrics of sum, count, count_distinct, min and max are all there is.
 */
export function readDefinitions(root: string): Definitions {
  const names = readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name));
  const texts = names.sort().map((name) => readFileSync(join(root, folder, name), "utf8"));
  const week = weekShift(readShop(root));
  return {...definitionsOf(texts), ...(week && {week})};
}

/** The definitions in the texts of YAML files; see `readDefinitions`. */
export function definitionsOf(texts: string[]): Definitions {
  const files = texts.map((text) => fields(parse(text), "file"));
  const entries = (key: string) => files.flatMap((file) => list(file[key] ?? [], key));
  const models = entries("semantic_models").map((model) => fields(model, "semantic model"));
  const [model] = models;
  if (!model || models.length > 1) fail(`${models.length} semantic models`, "there must be one");
  const {what, read} = reader("semantic model", model, [
    ...["name", "label", "description", "model", "defaults", "config"],
    ...["entities", "dimensions", "measures"]
  ]);
  const relation = /^ref\('([a-z][a-z0-9_]*)'\)$/.exec(read("model"))?.[1];
  if (!relation) fail(`${what}: model: ${read("model")}`, "such as ref('sales')");
  const dimensions = list(model.dimensions ?? [], what).map(dimensionOf);
  const defaults = fields(model.defaults ?? {}, `${what}: defaults`);
  const time = dimensions.find(({name}) => name === defaults.agg_time_dimension);
  if (time?.kind !== "time")
    fail(`${what}: agg_time_dimension: ${String(defaults.agg_time_dimension)}`, "a dimension of type time");
  const sums = new Map(list(model.measures ?? [], what).map(sumOf));
  const measures = entries("metrics").map((metric) => measureOf(metric, sums));
  checkNames([...measures, ...dimensions, ...grains.map((name) => ({name}))]);
  for (const measure of measures) checkReferences(measure, measures);
  return {relation: `marts.${relation}`, time: time.name, measures, dimensions};
}

function dimensionOf(entry: unknown): Dimension {
  const {what, name, read, find} = reader("dimension", entry, [
    ...["name", "type", "label", "description", "expr", "type_params", "config"]
  ]);
  const kind = oneOf(what, "type", read("type"), ["categorical", "time"]) as Dimension["kind"];
  const grain = fields((entry as Fields).type_params ?? {}, what).time_granularity;
  if (kind === "time") oneOf(what, "time_granularity", String(grain), ["day"]);
  return {name, label: read("label"), description: read("description"), kind, expr: find("expr") ?? name};
}

/** What dbt calls a measure: an aggregation of an expression. */
function sumOf(entry: unknown): [string, {agg: string; expr: string}] {
  const {what, name, read, find} = reader("measure", entry, ["name", "agg", "expr", "label", "description"]);
  return [name, {agg: oneOf(what, "agg", read("agg"), aggregations), expr: find("expr") ?? name}];
}

function measureOf(entry: unknown, sums: Map<string, {agg: string; expr: string}>): Measure {
  const {what, name, read} = reader("metric", entry, [
    ...["name", "label", "description", "type", "type_params", "config"]
  ]);
  const kind = oneOf(what, "type", read("type"), ["simple", "ratio"]);
  const keys = kind === "simple" ? ["measure"] : ["numerator", "denominator"];
  const params = reader(`${what}: type_params`, (entry as Fields).type_params, keys, false);
  const config = fields((entry as Fields).config ?? {}, what);
  const meta = reader(`${what}: meta`, config.meta, ["format", "better", "as_reported", "as_today"], false);
  const better = meta.find("better");
  const sum = kind === "simple" ? sums.get(params.read("measure")) : undefined;
  if (kind === "simple" && !sum)
    fail(`${what}: measure: ${params.read("measure")}`, `have ${[...sums.keys()].join(", ")}`);
  const shared = {
    name,
    label: read("label"),
    description: read("description"),
    format: oneOf(what, "format", meta.read("format"), formats[sum?.agg ?? kind]!),
    ...(better !== undefined && {
      better: oneOf(what, "better", better, ["more", "less"]) as "more" | "less"
    }),
    ...readings(meta.find)
  };
  return (
    sum
      ? {...shared, kind, ...sum}
      : {...shared, kind, numerator: params.read("numerator"), denominator: params.read("denominator")}
  ) as Measure;
}

function readings(find: (key: string) => string | undefined) {
  const [as_reported, as_today] = [find("as_reported"), find("as_today")];
  return {...(as_reported && {as_reported}), ...(as_today && {as_today})};
}

function checkNames(named: {name: string}[]): void {
  const names = named.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) fail(twice, "is defined twice");
}

/** Ratios stand on simple measures; money and shares of it have a reported reading of the same format. */
function checkReferences(measure: Measure, measures: Measure[]): void {
  const what = `metric ${measure.name}`;
  const named = (key: string, name: string, isFit: (one: Measure) => boolean) => {
    const fit = measures.filter(isFit).map((one) => one.name);
    if (!fit.includes(name)) fail(`${what}: ${key}: ${name}`, `have ${fit.join(", ")}`);
  };
  if (measure.kind === "ratio")
    for (const key of ["numerator", "denominator"] as const)
      named(key, measure[key], ({kind, format}) => kind === "simple" && format !== "date");
  if (["money", "percent"].includes(measure.format) && !measure.as_reported)
    fail(`${what}: as_reported is missing`, "name the metric as the source reports it, or itself");
  for (const key of ["as_reported", "as_today"] as const)
    if (measure[key]) named(key, measure[key], ({format}) => format === measure.format);
}

/** An entry whose fields are known: `read` gives a text that must be there, `find` one that may be absent. */
function reader(kind: string, entry: unknown, known: string[], isNamed = true) {
  const all = fields(entry, kind);
  const what = isNamed ? `${kind} ${String(all.name)}` : kind;
  const strange = Object.keys(all).filter((key) => !known.includes(key));
  if (strange.length) fail(`${what}: ${strange.join(", ")}`, `have ${known.join(", ")}`);
  const find = (key: string) => {
    const value = all[key];
    if (value === undefined || typeof value === "string") return value;
    return fail(`${what}: ${key}`, "must be a text");
  };
  const read = (key: string) => find(key) ?? fail(`${what}: ${key} is missing`);
  const name = isNamed ? read("name") : "";
  if (isNamed && !/^[a-z][a-z0-9_]*$/.test(name)) fail(what, "names are small letters, digits and _");
  return {what, name, read, find};
}

function oneOf(what: string, key: string, value: string, known: string[]): string {
  return known.includes(value) ? value : fail(`${what}: ${key}: ${value}`, `have ${known.join(", ")}`);
}

function fields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  return fail(what, "has no fields");
}

function list(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? value : fail(what, "is no list");
}

function fail(what: string, why?: string): never {
  throw new Error(`${folder}: ${what}${why ? ` (${why})` : ""}`);
}
