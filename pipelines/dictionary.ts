import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {parse} from "yaml";
import {gold, sources} from "./catalog.ts";

/** A table as people read of it: what a row is, what each column means, and what is tested of it. */
export type Described = {
  schema: "bronze" | "gold" | "marts" | "assay";
  table: string;
  /** The file that describes it. */
  file: string;
  description: string;
  /** Columns that are unique together. */
  keys: string[][];
  columns: Record<string, DescribedColumn>;
};

/** `tests` in words; `partner` is the column that knows every value of this one; personal data is `pii`. */
export type DescribedColumn = {
  description: string;
  tests: string[];
  partner?: {table: string; column: string};
  pii?: true;
};

/** An entry of dbt's yml, as far as a dictionary reads it. */
type Entry = {name: string; description?: string; columns?: Entry[]; data_tests?: DataTest[]};
type DataTest = string | Record<string, {arguments?: Record<string, unknown>}>;

/** Every table of the source, gold, the marts and the records: from the catalog, the dbt files at `root`, and here. */
export function readDictionary(root: string): Described[] {
  return [...sources.map(ofSource), ...gold.map(ofGold), ...readMarts(root), ...records];
}

const row = "Row of the source's table, the same in every layer.";

function ofSource({name, description, key, means, pii}: (typeof sources)[number]): Described {
  const columns = Object.entries({...means, _row: row}).map(([column, description]) => [
    column,
    {
      description,
      tests: key.includes(column) ? [key.length > 1 ? `key: ${key.join(", ")}` : "key"] : [],
      ...(pii.includes(column) && {pii: true})
    }
  ]);
  return {
    schema: "bronze",
    table: name,
    file: "pipelines/catalog.ts",
    description,
    keys: [],
    columns: Object.fromEntries(columns)
  };
}

function ofGold({name, description, key, columns, references}: (typeof gold)[number]): Described {
  const described = columns.map((column): [string, DescribedColumn] => {
    const reference = references[column.name];
    const partner = reference && {table: `gold.${reference.table}`, column: reference.column};
    const tests = [
      ...(column.name === key ? ["unique"] : []),
      ...(column.notNull ? ["never null"] : []),
      ...(partner ? [knownIn(partner)] : [])
    ];
    const {description} = column;
    return [column.name, {description, tests, ...(partner && {partner}), ...(column.pii && {pii: true})}];
  });
  return {
    schema: "gold",
    table: name,
    file: "pipelines/catalog.ts",
    description,
    keys: [[key]],
    columns: Object.fromEntries(described)
  };
}

const knownIn = ({table, column}: {table: string; column: string}) => `known in ${table}.${column}`;

function readMarts(root: string): Described[] {
  const folder = join(root, "dbt/models");
  const files = readdirSync(folder, {recursive: true}).map(String).sort();
  return files
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => {
      const {models = []} = (parse(readFileSync(join(folder, file), "utf8")) ?? {}) as {models?: Entry[]};
      return models.map((model) => ofModel(model, `dbt/models/${file}`));
    });
}

function ofModel({name, description = "", columns = [], data_tests = []}: Entry, file: string): Described {
  const grains = data_tests.flatMap((test) => {
    const grain = typeof test === "object" ? test.assay_unique_grain?.arguments?.columns : undefined;
    return grain ? [grain as string[]] : [];
  });
  const unique = columns.filter((column) => column.data_tests?.includes("unique")).map((one) => [one.name]);
  const described = columns.map((column): [string, DescribedColumn] => [
    column.name,
    {
      description: column.description ?? "",
      tests: [
        ...(column.data_tests ?? []).map(inWords),
        ...grains
          .filter((grain) => grain.includes(column.name))
          .map((grain) => `unique by ${grain.join(", ")}`)
      ]
    }
  ]);
  return {
    schema: "marts",
    table: name,
    file,
    description,
    keys: [...unique, ...grains],
    columns: Object.fromEntries(described)
  };
}

function inWords(test: DataTest): string {
  if (typeof test === "string") return test === "not_null" ? "never null" : test.replaceAll("_", " ");
  const [[name, given]] = Object.entries(test) as [[string, {arguments?: Record<string, unknown>}]];
  const {values, to, field} = given.arguments ?? {};
  if (name === "accepted_values") return `one of ${(values as unknown[]).join(", ")}`;
  if (name === "relationships")
    return `known in ${String(to).replace(/^source\('(\w+)', '(\w+)'\)$|^ref\('(\w+)'\)$/, (_, layer, table, model) => (model ? `marts.${model}` : `${layer}.${table}`))}.${String(field)}`;
  return name.replaceAll("_", " ");
}

const recorded = (table: string, file: string, description: string, means: Record<string, string>) =>
  ({
    schema: "assay",
    table,
    file,
    description,
    keys: [],
    columns: Object.fromEntries(
      Object.entries(means).map(([name, text]) => [name, {description: text, tests: []}])
    )
  }) satisfies Described;

/** The tables that the pipeline itself keeps. */
const records: Described[] = [
  recorded(
    "ledger",
    "pipelines/ledger.ts",
    "One row per measure of a table on one hop: what went in is what came out, and what explains the rest.",
    {
      hop: "The hop, such as silver → gold.",
      from_table: "Table the rows come from.",
      table_name: "Table they go to.",
      measure: "What is added up: rows, or a declared amount.",
      amount_in: "What went in.",
      amount_out: "What came out.",
      corrected: "What corrections add to it.",
      rejected: "What was rejected on the way.",
      outside: "What lies outside the grain of the table.",
      unexplained: "What nothing explains: always 0.",
      mismatched_rows: "Rows that differ from those they come from, one by one: always 0.",
      reasons: "The explained amounts by reason, as JSON."
    }
  ),
  recorded(
    "rejects",
    "pipelines/2-silver/silver.ts",
    "One row per source row that was refused, kept whole.",
    {
      table_name: "Table of the source.",
      _row: row,
      key: "Its key in the source.",
      reason: "Why it was refused.",
      is_superseded: "Whether a later record took its place.",
      record: "The row as JSON, personal data withheld on the site."
    }
  ),
  recorded(
    "corrections",
    "pipelines/2-silver/silver.ts",
    "One row per value whose fact was changed, with the rule.",
    {
      table_name: "Table of the source.",
      column_name: "Column that was corrected.",
      _row: row,
      key: "Key of the row in the source.",
      source_value: "The source's text.",
      reported: "The source's value, null where it has no type.",
      corrected: "The value that counts.",
      rule: "The rule in words.",
      change: "What the correction adds, where it is a number."
    }
  ),
  recorded("checks", "pipelines/checks.ts", "One row per thing that was checked of the release.", {
    name: "Name of the check.",
    kind: "What made it: a dbt test, a monitor or the pipeline.",
    status: "pass, warn, fail, error or skipped.",
    failures: "Bad rows.",
    description: "What it says, if it holds.",
    table_name: "Table it looks at.",
    severity: "warn is told, block stops a release.",
    detail: "What it found, in words.",
    accepted: "Why an operator let a bad result through."
  }),
  recorded("failures", "pipelines/checks.ts", "One row per bad row of a check.", {
    check_name: "Name of the check.",
    record: "The bad row as JSON."
  }),
  recorded(
    "data_through",
    "pipelines/3-gold/data_through.sql",
    "One row per fact table: the last day its data cover with a credible volume.",
    {
      table_name: "The fact table.",
      data_through: "Its last complete day, null without dated rows."
    }
  ),
  recorded(
    "releases",
    "pipelines/release.ts",
    "One row per published release, as far back as the lake remembers.",
    {
      id: "Moment and content of the release.",
      parent: "Release before it.",
      run: "Run that published it.",
      published_at: "When it went live, in UTC.",
      data_through: "Last day its data cover.",
      source: "Where it was read.",
      content: "Identifies its rows, sums and results: equal content is published once."
    }
  ),
  recorded("runs", "pipelines/run.ts", "One row per attempt to refresh, failed ones too.", {
    id: "Moment and name of the run.",
    status: "How it ended.",
    began_at: "When it began, in UTC.",
    ended_at: "When it ended.",
    release: "Release it published, if any.",
    error: "Why it failed.",
    steps: "Steps it took.",
    steps_reused: "Steps whose result was there already.",
    peak_memory: "Most memory it had, in bytes."
  }),
  recorded("objects", "pipelines/step.ts", "One row per file of the release.", {
    layer: "Layer it belongs to.",
    table: "Table it holds, or a part of it.",
    key: "Its place in the lake.",
    rows: "Rows in it.",
    bytes: "Its size.",
    checksum: "sha256 of its bytes.",
    content: "Identifies its rows, whatever their order."
  })
];
