import {baseOf, readPeriod} from "./builder-period.js";
import {type Definitions, type Dimension, type Grain, type Question, selectSql} from "./semantic/select.js";

/** A question as the builder's address holds it. */
export type Asked = {
  measures: string[];
  by: string[];
  grain: Grain | null;
  filters: Record<string, (string | null)[]>;
  period: string;
  vs: "last_year" | "previous" | null;
  top: number | "all" | null;
  isPivoted: boolean;
  chart: string | null;
};

/** What `question.json` offers: the days and periods of the data, and the members of each dimension. */
export type Offered = {
  first: string | null;
  through: string | null;
  periods: Record<string, string | null>[];
  members: Record<string, {count: number; listed: {member: string | null; lines: number}[]}>;
  /** The rows of every query that an example asks, by its SQL. */
  answers?: Record<string, Record<string, unknown>[]>;
};

/**
 * What an answer is grouped by: `name` is its column; `top` how many members have a row of their own, besides that of the
 * lines without a value.
 */
export type Group = {
  name: string;
  of: string;
  label: string;
  isGrain: boolean;
  top: number | null;
  other: string;
};

type Context = {definitions: Definitions; offered: Offered};
type Span = {from: string; to: string};
type Which = "current" | "last_year" | "previous";

/**
 * How a question is answered: `sql` is the question's, `baseSql` that of what it is compared with, `totalSql` and
 * `baseTotalSql` the same without groups. The members beyond the top are asked as one group, never summed, so that every
 * measure is right for them.
 */
export function planOf(asked: Asked, {definitions, offered}: Context) {
  const period = readPeriod(asked.period, offered)!;
  const {base, label: baseLabel} = baseOf(period, asked.vs, asked.grain, offered);
  const groups = groupsOf(asked, {definitions, offered});
  const whole: Question = {measures: asked.measures, filters: asked.filters};
  const question: Question = {
    ...whole,
    by: groups.filter(({isGrain}) => !isGrain).map(({name}) => name),
    ...(asked.grain && {grain: asked.grain})
  };
  const sqlOf = (which: Which, {isTotal = false, isLasting = false} = {}) => {
    const within = (name: Which, span: Span) =>
      conditionOf(asked, definitions, {which: name, span, isLasting});
    const derived = withTops(definitions, groups, {...whole, ...within("current", period)});
    const parts = isTotal ? whole : question;
    const span = which === "current" ? period : base!;
    return selectSql(
      derived,
      {...parts, ...within(which, span)},
      {relation: "marts.sales", numbers: "double"}
    );
  };
  const vs = base && asked.vs;
  return {
    asked,
    period: period as NonNullable<typeof period>,
    base: base as Span | null,
    baseLabel,
    groups,
    sql: sqlOf("current"),
    totalSql: sqlOf("current", {isTotal: true}),
    baseSql: vs && sqlOf(vs),
    baseTotalSql: vs && sqlOf(vs, {isTotal: true}),
    /** The SQL of a loader: one select whose periods count from data through as long as the shop lives. */
    loaderSql: loaderSql(
      sqlOf("current", {isLasting: true}),
      vs && sqlOf(vs, {isLasting: true}),
      sqlOf("current", {isTotal: true, isLasting: true}),
      vs && sqlOf(vs, {isTotal: true, isLasting: true})
    )
  };
}

/** The measures and dimensions of a plan by name. */
export function measuresOf({measures}: Asked, definitions: Definitions) {
  return measures.map((name) => definitions.measures.find((one) => one.name === name)!);
}

function groupsOf(asked: Asked, {definitions, offered}: Context): Group[] {
  const grain: Group[] = asked.grain
    ? [{name: asked.grain, of: asked.grain, label: capital(asked.grain), isGrain: true, top: null, other: ""}]
    : [];
  return [...grain, ...asked.by.map((name, index) => groupOf(name, index, asked, {definitions, offered}))];
}

function groupOf(name: string, index: number, asked: Asked, {definitions, offered}: Context): Group {
  const {label} = definitions.dimensions.find((one) => one.name === name)!;
  const known = offered.members[name] ?? {count: Infinity, listed: []};
  const listed = known.listed.map(({member}) => member);
  const count = asked.filters[name]?.filter(isNamed).length ?? known.count - (listed.includes(null) ? 1 : 0);
  const most = topOf(asked, index);
  const isCut = count > most;
  return {
    name: isCut ? freshName(definitions, `top_${name}`) : name,
    of: name,
    label,
    isGrain: false,
    top: isCut ? most : null,
    other: otherOf(listed)
  };
}

/** How many members are drawn by name: as many as the chart of the shape can tell apart. */
function topOf({top, grain, by}: Asked, index: number): number {
  if (top === "all") return Infinity;
  if (top !== null && index === 0) return top;
  if (grain) return by.length === 1 ? 5 : index === 0 ? 10 : 5;
  return by.length === 1 ? 25 : index === 0 ? 20 : 12;
}

/** A dimension for every group that is cut: its first members by the first measure, one word for the others, null as it is. */
function withTops(definitions: Definitions, groups: Group[], {measures, ...rest}: Question): Definitions {
  const tops = groups
    .filter(({top}) => top !== null)
    .map((group): Dimension => {
      const dimension = definitions.dimensions.find(({name}) => name === group.of)!;
      const ranked = selectSql(
        definitions,
        {...rest, measures: measures.slice(0, 1), by: [group.of]},
        {relation: "marts.sales", numbers: "double"}
      );
      return {...dimension, name: group.name, expr: topExpr(dimension, group, measures[0]!, ranked)};
    });
  return {...definitions, dimensions: [...definitions.dimensions, ...tops]};
}

function topExpr({expr, name}: Dimension, {top, other}: Group, measure: string, ranked: string): string {
  return `case when ${expr} is null then null when cast(${expr} as varchar) in (
      select "${name}" from (
        ${ranked.replaceAll("\n", "\n        ")}
      ) as ranked
      where "${name}" is not null
      order by "${measure}" desc nulls last, "${name}"
      limit ${top}
    ) then cast(${expr} as varchar) else ${literal(other)} end`;
}

/** The days of a span as literals or, in a loader (`isLasting`), as the mart of periods has them then. */
function conditionOf(
  asked: Asked,
  definitions: Definitions,
  {which, span, isLasting}: {which: Which; span: Span; isLasting: boolean}
): Partial<Question> {
  const isPreset = !/^\d{4}(-|$)/.test(asked.period);
  if (!isLasting || !isPreset) return {from: span.from, to: span.to};
  const {expr} = definitions.dimensions.find(({name}) => name === definitions.time)!;
  const isWeeks = which === "last_year" && asked.grain === "week";
  const prefix = which === "current" || isWeeks ? "" : `${which}_`;
  const day = (name: string) =>
    `(select ${prefix}${name}${isWeeks ? " - 364" : ""} from marts.periods where period = ${literal(asked.period)})`;
  return {where: `${expr} between ${day("starts_on")}\nand ${day("ends_on")}`};
}

function loaderSql(
  sql: string,
  baseSql: string | null,
  totalSql: string,
  baseTotalSql: string | null
): string {
  const parts: [string, string | null][] = [
    ["current", sql],
    ["total", totalSql === sql ? null : totalSql],
    ["base", baseSql],
    ["base_total", baseTotalSql === baseSql ? null : baseTotalSql]
  ];
  return parts
    .filter(([, text]) => text !== null)
    .map(
      ([name, text]) =>
        `select ${literal(name)} as span, *\nfrom (\n  ${text!.replaceAll("\n", "\n  ")}\n) as ${name}_rows`
    )
    .join("\nunion all by name\n");
}

function isNamed(member: string | null): boolean {
  return member !== null;
}

function otherOf(members: (string | null)[]): string {
  let other = "other";
  while (members.includes(other)) other = `all ${other}`;
  return other;
}

function freshName({dimensions, measures}: Definitions, name: string): string {
  return [...dimensions, ...measures].some((one) => one.name === name)
    ? freshName({dimensions, measures} as Definitions, `${name}_`)
    : name;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
