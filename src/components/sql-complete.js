import {snippetCompletion} from "@codemirror/autocomplete";

/**
 * What the SQL editor offers beside the language's words: the measures of the semantic definitions, each as the
 * expression that sums it, and DuckDB's functions.
 */
export function extraCompletions({measures, functions}) {
  return [
    ...measures.flatMap((measure) => measureCompletion(measure, measures)),
    ...functions.map((name) =>
      snippetCompletion(`${name}(\${})`, {label: name, type: "function", detail: "function"})
    )
  ];
}

/** Functions by name, those a reader writes: no operators, none of the catalogue's own. */
export const functionsSql = `
  select distinct function_name as name
  from duckdb_functions()
  where function_type in ('scalar', 'aggregate', 'macro') and regexp_matches(function_name, '^[a-z][a-z0-9_]+$')
    and not regexp_matches(function_name, '^(pg_|has_|__|icu_|json|read_|vss)')
  order by 1`;

function measureCompletion(measure, measures) {
  const sql = expressionOf(measure, measures);
  if (!sql) return [];
  return [
    snippetCompletion(`${sql} as ${measure.name}`, {
      label: measure.name,
      type: "constant",
      detail: "measure",
      info: `${measure.label}: ${measure.description}`,
      boost: 1
    })
  ];
}

function expressionOf(measure, measures) {
  if (measure.kind === "ratio") {
    const [top, bottom] = [measure.numerator, measure.denominator].map((name) =>
      measures.find((one) => one.name === name)
    );
    const parts = [top, bottom].map((one) => one && expressionOf(one, measures));
    return parts.includes(undefined) ? undefined : `${parts[0]} / nullif(${parts[1]}, 0)`;
  }
  const {agg, expr} = measure;
  return agg === "count_distinct" ? `count(distinct ${expr})` : `${agg}(${expr})`;
}
