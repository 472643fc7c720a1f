import {stringify} from "yaml";
import {gold} from "../catalog.ts";

const note = "# Generated from pipelines/catalog.ts: npm run generate";

/** dbt's `sources.yml`: gold as the catalog describes it, with its keys and references as tests. */
export function sourcesYml(): string {
  const tables = gold.map(({name, description, columns, key, references}) => ({
    name,
    description,
    columns: columns.map((column) => ({
      name: column.name,
      description: column.description,
      ...testsOf(column.name === key, column.notNull === true, references[column.name])
    }))
  }));
  const source = {
    name: "gold",
    description: "The star schema of one release, one schema per content.",
    schema: "{{ env_var('DBT_GOLD_SCHEMA') }}",
    tables
  };
  return `${note}\n${stringify({sources: [source]}, {lineWidth: 120})}`;
}

function testsOf(isKey: boolean, isNotNull: boolean, reference: {table: string; column: string} | undefined) {
  const tests = [
    ...(isKey ? ["unique"] : []),
    ...(isNotNull ? ["not_null"] : []),
    ...(reference
      ? [{relationships: {arguments: {to: `source('gold', '${reference.table}')`, field: reference.column}}}]
      : [])
  ];
  return tests.length ? {data_tests: tests} : {};
}

if (process.argv[1] === import.meta.filename) process.stdout.write(sourcesYml());
