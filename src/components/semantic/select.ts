/**
 * A measure of dbt's semantic YAML (a metric there). `as_reported` and `as_today` name its other readings; `better` is
 * less where a rise is bad, as of a cost.
 */
export type Measure = {
  name: string;
  label: string;
  description: string;
  format: "money" | "integer" | "percent" | "date";
  better?: "more" | "less";
  as_reported?: string;
  as_today?: string;
} & (
  | {kind: "simple"; agg: keyof typeof aggregates; expr: string}
  | {kind: "ratio"; numerator: string; denominator: string}
);

/** What measures are asked by; a `time` dimension is a day. */
export type Dimension = {
  name: string;
  label: string;
  description: string;
  kind: "categorical" | "time";
  expr: string;
};

/**
 * Every measure and dimension there is, over one relation; `time` names the dimension that grains are of, `week` is how
 * many days after Monday a week begins.
 */
export type Definitions = {
  relation: string;
  time: string;
  week?: number;
  measures: Measure[];
  dimensions: Dimension[];
};

/**
 * Measures by dimensions, and by a grain of time. `filters` name members of dimensions, null among them; `from` and
 * `to` are days of the time dimension, both within; `where` is any predicate over the relation.
 */
export type Question = {
  measures: string[];
  by?: string[];
  grain?: Grain;
  filters?: Record<string, (string | null)[]>;
  from?: string;
  to?: string;
  where?: string;
};

export type Grain = (typeof grains)[number];
export const grains = ["day", "week", "month", "quarter", "year"] as const;

const aggregates = {
  sum: (expr: string) => `sum(${expr})`,
  count: (expr: string) => `count(${expr})`,
  count_distinct: (expr: string) => `count(distinct ${expr})`,
  min: (expr: string) => `min(${expr})`,
  max: (expr: string) => `max(${expr})`
};

/** The kinds of aggregation a measure may have. */
export const aggregations = Object.keys(aggregates);

/**
 * The one SQL text of a question, which DuckDB (in Node and in the browser) and PostgreSQL answer alike, a row a group:
 * - dimensions as text, a grain as the first day of its span; null is a group of its own, empty text another; only
 *   groups that occur; without dimensions one row, even of no lines
 * - money as decimal(38, 2), numbers as bigint, days as text, or (`numbers: "double"`, for charts) numbers as doubles;
 *   ratios are doubles; a sum of no known value is null, a count of none 0, a ratio to null or 0 null
 * - ordered by its dimensions, byte by byte, nulls last
 * `relation` stands for the definitions' own. Throws naming a measure, dimension or day that is none.
 */
export function selectSql(
  definitions: Definitions,
  question: Question,
  {relation = definitions.relation, numbers = "exact"}: {relation?: string; numbers?: "exact" | "double"} = {}
): string {
  const asked = distinct("measure", question.measures).map((name) => find(definitions, "measures", name));
  if (!asked.length) throw new Error(`no measure (have ${namesOf(definitions.measures)})`);
  const groups = groupsOf(definitions, question);
  const simple = distinctParts(definitions, asked);
  const grouped = [
    ...groups.map(({name, sql}) => `${sql} as ${quoted(name)}`),
    ...simple.map((measure) => `${aggregateOf(measure)} as ${quoted(measure.name)}`)
  ];
  const names = groups.map(({name}) => quoted(name));
  const shown = [...names, ...asked.map((measure) => shownOf(measure, numbers))];
  const positions = groups.map((_, index) => index + 1).join(", ");
  const order = names.map((name) => `${name} collate "C" nulls last`).join(", ");
  return `with lines as (
  select * from ${relation}${indented(conditionsOf(definitions, question))}
),

answer as (
  select
    ${grouped.join(",\n    ")}
  from lines${positions && `\n  group by ${positions}`}
)

select
  ${shown.join(",\n  ")}
from answer${order && `\norder by ${order}`}`;
}

/** Measures with each replaced by its reported reading, where it has one. */
export function asReported(definitions: Definitions, measures: string[]): string[] {
  return [...new Set(measures.map((name) => find(definitions, "measures", name).as_reported ?? name))];
}

function groupsOf(definitions: Definitions, {by = [], grain}: Question): {name: string; sql: string}[] {
  const groups = distinct("dimension", by).map((name) => {
    const {kind, expr} = find(definitions, "dimensions", name);
    return {name, sql: kind === "time" ? dayOf(expr, "day") : textOf(expr)};
  });
  if (!grain) return groups;
  if (!grains.includes(grain)) throw new Error(`unknown grain: ${grain} (have ${grains.join(", ")})`);
  return [
    {
      name: grain,
      sql: dayOf(find(definitions, "dimensions", definitions.time).expr, grain, definitions.week)
    },
    ...groups
  ];
}

/** The simple measures that the asked ones are or are made of. */
function distinctParts(definitions: Definitions, asked: Measure[]) {
  const parts = asked.flatMap((measure) =>
    measure.kind === "simple"
      ? [measure]
      : [measure.numerator, measure.denominator].map((name) => find(definitions, "measures", name))
  );
  return [...new Set(parts)].filter((measure) => measure.kind === "simple");
}

function aggregateOf({agg, expr, format}: Extract<Measure, {kind: "simple"}>): string {
  const value = aggregates[agg](expr);
  if (format === "date") return textOf(`cast(${value} as date)`);
  return `cast(${value} as ${format === "money" ? "decimal(38, 2)" : "bigint"})`;
}

function shownOf(measure: Measure, numbers: "exact" | "double"): string {
  const name = quoted(measure.name);
  if (measure.kind === "ratio")
    return `${doubleOf(quoted(measure.numerator))} / nullif(${doubleOf(quoted(measure.denominator))}, 0) as ${name}`;
  return numbers === "exact" || measure.format === "date" ? name : `${doubleOf(name)} as ${name}`;
}

/** By its text, which every engine reads as the nearest double; their own casts of a decimal differ in the last bit. */
function doubleOf(value: string): string {
  return `cast(${textOf(value)} as double precision)`;
}

/** By a timestamp without zone, so that no session's zone moves a day. */
function dayOf(expr: string, grain: Grain, week = 0): string {
  if (grain === "day") return textOf(`cast(${expr} as date)`);
  const moment = `cast(${expr} as timestamp)`;
  if (grain !== "week" || week === 0) return textOf(`cast(date_trunc('${grain}', ${moment}) as date)`);
  const shift = `interval '${7 - week} days'`;
  return textOf(`cast(date_trunc('week', ${moment} + ${shift}) - ${shift} as date)`);
}

function textOf(expr: string): string {
  return `cast(${expr} as varchar)`;
}

function conditionsOf(definitions: Definitions, {filters = {}, from, to, where}: Question): string {
  const {expr: time} = find(definitions, "dimensions", definitions.time);
  const conditions = [
    ...(from === undefined ? [] : [`${time} >= ${dateOf(from)}`]),
    ...(to === undefined ? [] : [`${time} <= ${dateOf(to)}`]),
    ...Object.entries(filters).map(([name, members]) =>
      membersOf(find(definitions, "dimensions", name).expr, members)
    ),
    // a line of its own, so that a comment at its end hides nothing
    ...(where === undefined ? [] : [`(\n${where}\n)`])
  ];
  return conditions.length ? `\nwhere ${conditions.join("\nand ")}` : "";
}

function membersOf(expr: string, members: (string | null)[]): string {
  const texts = members.filter((member) => member !== null);
  const isOneOf = texts.length ? `${textOf(expr)} in (${texts.map(literal).join(", ")})` : "false";
  return members.includes(null) ? `(${isOneOf} or ${expr} is null)` : isOneOf;
}

function dateOf(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`invalid day: ${day} (such as 2013-06-30)`);
  return `date ${literal(day)}`;
}

function find<Kind extends "measures" | "dimensions">(
  definitions: Definitions,
  kind: Kind,
  name: string
): Definitions[Kind][number] {
  const found = definitions[kind].find((one) => one.name === name);
  if (!found) throw new Error(`unknown ${kind.slice(0, -1)}: ${name} (have ${namesOf(definitions[kind])})`);
  return found;
}

function namesOf(named: {name: string}[]): string {
  return named.map(({name}) => name).join(", ");
}

function distinct(what: string, names: string[]): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${what} named twice: ${twice}`);
  return names;
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

/** On one line, so that what indents the SQL of a question leaves its members as they are. */
function literal(text: string): string {
  const escaped = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\n") ? `(${escaped.replaceAll("\n", "' || chr(10) || '")})` : escaped;
}

function quoted(name: string): string {
  return `"${name}"`;
}
