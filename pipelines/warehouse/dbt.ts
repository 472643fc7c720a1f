import {spawn} from "node:child_process";
import {createWriteStream, existsSync} from "node:fs";
import {mkdir, readFile, rm} from "node:fs/promises";
import {join} from "node:path";
import {createInterface} from "node:readline";
import type {Share} from "../against-gold.ts";
import {type Config, processEnvironment} from "../config.ts";
import {type Connection, connectionOf, libpqEnvironment} from "./connection.ts";
import type {Warehouse} from "./postgres.ts";

/** How a mart reconciles with gold, as its yml declares under `config.meta.ledger`. */
export type MartLedger = Share & {
  /** How its rows, under its name, lead to those of gold, `lines`: joins. */
  lines?: string;
};

/** A model as dbt's manifest describes it. */
export type Model = {
  name: string;
  isTable: boolean;
  isView: boolean;
  /** Its select, sources and models named as the lake names them: `gold.x`, `marts.x`. */
  select: string;
  columns: {name: string; type: string}[];
  description: string;
  ledger?: MartLedger;
};

/** The outcome of one dbt test; `failures` counts bad rows, `relation` holds them. */
export type TestResult = {
  name: string;
  status: "pass" | "warn" | "fail" | "error" | "skipped";
  failures: number;
  message: string;
  relation?: string;
  description: string;
  /** The table and the column it looks at, and its select, named as the lake names them. */
  table?: string;
  column?: string;
  severity?: string;
  sql?: string;
};

/** What a dbt build did. `isGreen` is false if anything failed. */
export type DbtRun = {isGreen: boolean; models: Model[]; tests: TestResult[]; exposures: Exposure[]};

/** What dbt knows of a page: its address and the models it declares to need. */
export type Exposure = {name: string; url: string; models: string[]};

type ManifestNode = {
  name: string;
  resource_type: string;
  description: string;
  columns: Record<string, {name: string; data_type: string | null}>;
  config: {materialized?: string; severity?: string; meta?: {ledger?: MartLedger}};
  relation_name: string | null;
  compiled_code?: string;
  column_name?: string | null;
  attached_node?: string | null;
  depends_on?: {nodes: string[]};
};
type ManifestExposure = {name: string; url: string | null; depends_on: {nodes: string[]}};
type RunResult = {
  unique_id: string;
  status: string;
  failures: number | null;
  message: string | null;
  relation_name: string | null;
};

/** Builds and tests every model with one call of the dbt in `environment`. */
export async function runDbt(
  config: Config,
  environment: string,
  warehouse: Warehouse,
  schemas: {gold: string; marts: string},
  variables: Record<string, string>,
  update: (text: string) => void
): Promise<DbtRun> {
  const target = join(config.home, "dbt-target");
  const log = join(config.home, "logs", "dbt.log");
  await mkdir(join(config.home, "logs"), {recursive: true});
  await rm(join(target, "run_results.json"), {force: true});
  const options = [
    "--vars",
    JSON.stringify(variables),
    "--target-path",
    target,
    "--log-path",
    join(config.home, "logs")
  ];
  const child = spawn(
    join(environment, "bin", "python"),
    [join(import.meta.dirname, "run_dbt.py"), "--no-use-colors", "build", ...options],
    {
      cwd: join(config.root, "dbt"),
      stdio: ["pipe", "pipe", "pipe"],
      env: await dbtEnvironment(config, warehouse.connection, schemas)
    }
  );
  const lines: string[] = [];
  const copy = createWriteStream(log.replace("dbt.log", "dbt-output.log"));
  for (const stream of [child.stdout, child.stderr])
    createInterface({input: stream}).on("line", (line) => {
      lines.push(line);
      copy.write(`${line}\n`);
      const step = /(\d+ of \d+) (?:START|OK|PASS|FAIL|ERROR|WARN)/.exec(line);
      if (step?.[1]) update(step[1]);
    });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve)
  );
  copy.end();
  const output = lines.join("\n");
  if (!existsSync(join(target, "run_results.json")))
    throw new Error(`dbt did not run:\n${indent(lastLines(output, 15))}\nits log: ${log}`);
  const made = await readArtifacts(target);
  if (code !== 0 && !made.tests.some((test) => ["fail", "error"].includes(test.status)))
    throw new Error(`dbt ended with ${code}:\n${indent(lastLines(output, 15))}\nits log: ${log}`);
  return {...made, isGreen: code === 0};
}

/** Has dbt read its project, which needs no server; what it knows is in `target` then. */
export async function parseDbt(config: Config, environment: string, target: string): Promise<void> {
  const nowhere = connectionOf(new URL("postgres://assay:none@127.0.0.1:5432/assay"));
  const program = join(import.meta.dirname, "run_dbt.py");
  const args = [program, "--no-use-colors", "parse", "--target-path", target, "--log-path", target];
  const env = await dbtEnvironment(config, nowhere, {gold: "gold", marts: "marts"});
  const child = spawn(join(environment, "bin", "python"), args, {
    cwd: join(config.root, "dbt"),
    stdio: ["pipe", "pipe", "pipe"],
    env
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve)
  );
  if (code !== 0) throw new Error(`dbt cannot read its project:\n${indent(lastLines(output, 15))}`);
}

/** The variables dbt reads: the warehouse, and where gold is and the marts go. */
export async function dbtEnvironment(
  config: Config,
  connection: Connection,
  schemas: {gold: string; marts: string}
): Promise<NodeJS.ProcessEnv> {
  return {
    ...cleanEnvironment(),
    DBT_PROFILES_DIR: join(config.root, "dbt"),
    ...(await libpqEnvironment(connection, config.home)),
    DBT_HOST: connection.host,
    DBT_PORT: String(connection.port),
    DBT_USER: connection.user,
    DBT_ENV_SECRET_PASSWORD: connection.password,
    DBT_DATABASE: connection.database,
    DBT_SCHEMA: schemas.marts,
    DBT_GOLD_SCHEMA: schemas.gold,
    DBT_THREADS: "4"
  };
}

/** A node of dbt's graph; `check` is how its result is called, `file` its path in the dbt project. */
export type DbtNode = {
  id: string;
  name: string;
  check: string;
  kind: "source" | "model" | "test" | "unit_test";
  file: string;
  parents: string[];
};

/** The sources, models and tests of the manifest in `target`, parents first. */
export async function readGraph(target: string): Promise<DbtNode[]> {
  const manifest = JSON.parse(await readFile(join(target, "manifest.json"), "utf8")) as Record<
    "nodes" | "sources" | "unit_tests",
    Record<string, ManifestNode & {original_file_path: string; unique_id: string}>
  >;
  const all = [manifest.sources, manifest.nodes, manifest.unit_tests ?? {}].flatMap((part) =>
    Object.values(part)
  );
  const kinds = ["source", "model", "test", "unit_test"];
  const nodes = all
    .filter(({resource_type: kind}) => kinds.includes(kind))
    .map((node) => ({
      id: node.unique_id,
      name: node.name,
      check: node.resource_type === "unit_test" ? nameInId(node.unique_id) : node.name,
      kind: node.resource_type as DbtNode["kind"],
      file: node.original_file_path,
      parents: node.depends_on?.nodes ?? []
    }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sorted = new Set<DbtNode>();
  const visit = (node: DbtNode) => {
    if (sorted.has(node)) return;
    for (const parent of node.parents) if (byId.has(parent)) visit(byId.get(parent)!);
    sorted.add(node);
  };
  nodes.forEach(visit);
  return [...sorted];
}

/**
 * What dbt left in `target`: of models that did not run the select is empty, of tests only those that ran are there, and
 * none if it `isParsed` alone.
 */
export async function readArtifacts(
  target: string,
  {isParsed = false} = {}
): Promise<Omit<DbtRun, "isGreen">> {
  const read = async (name: string) => JSON.parse(await readFile(join(target, name), "utf8")) as unknown;
  type Nodes = Record<string, ManifestNode>;
  const {nodes, sources, exposures} = (await read("manifest.json")) as {
    nodes: Nodes;
    sources: Nodes;
    exposures: Record<string, ManifestExposure>;
  };
  const {results} = (isParsed ? {results: []} : await read("run_results.json")) as {results: RunResult[]};
  const models = Object.values(nodes)
    .filter((node) => node.resource_type === "model")
    .map((node) => ({
      name: node.name,
      isTable: node.config.materialized === "table",
      isView: node.config.materialized === "view",
      select: inLakeNames(node.compiled_code ?? "", nodes, sources),
      columns: Object.values(node.columns).map((column) => ({
        name: column.name,
        type: column.data_type ?? "text"
      })),
      description: node.description,
      ...(node.config.meta?.ledger && {ledger: node.config.meta.ledger})
    }));
  const tests = results
    .filter(
      ({unique_id: id, status}) =>
        /^(unit_)?test[.]/.test(id) || (id.startsWith("model.") && status === "error")
    )
    .map((result) => ({
      ...lookedAt(nodes[result.unique_id], nodes, sources),
      name: nodes[result.unique_id]?.name ?? nameInId(result.unique_id),
      status: statusOf(result.status),
      failures: result.failures ?? 0,
      message: result.message ?? "",
      description: nodes[result.unique_id]?.description ?? "",
      ...(result.relation_name && {relation: result.relation_name})
    }));
  const byName = (a: {name: string}, b: {name: string}) => (a.name < b.name ? -1 : 1);
  const shown = Object.values(exposures).map(({name, url, depends_on}) => ({
    name,
    url: url ?? "",
    models: depends_on.nodes.flatMap((id) => nodes[id]?.name ?? [])
  }));
  return {models: models.sort(byName), tests: tests.sort(byName), exposures: shown.sort(byName)};
}

/** `model.test` of the id of a unit test. */
function nameInId(id: string): string {
  return id.split(".").slice(2).join(".");
}

/** What a test looks at: the table it is declared on, else the first one it reads. */
function lookedAt(
  node: ManifestNode | undefined,
  nodes: Record<string, ManifestNode>,
  sources: Record<string, ManifestNode>
): Pick<TestResult, "table" | "column" | "severity" | "sql"> {
  if (node?.resource_type !== "test") return {};
  const id = node.attached_node ?? node.depends_on?.nodes[0] ?? "";
  const [layer, on] = sources[id] ? ["gold", sources[id]] : ["marts", nodes[id]];
  return {
    ...(on && {table: `${layer}.${on.name}`}),
    ...(node.column_name && {column: node.column_name}),
    ...(node.config.severity && {severity: node.config.severity.toLowerCase()}),
    ...(node.compiled_code && {sql: inLakeNames(node.compiled_code, nodes, sources).trim()})
  };
}

function inLakeNames(
  sql: string,
  nodes: Record<string, ManifestNode>,
  sources: Record<string, ManifestNode>
): string {
  const named = [
    ...Object.values(sources).map((node) => [node.relation_name, `gold.${node.name}`] as const),
    ...Object.values(nodes).map((node) => [node.relation_name, `marts.${node.name}`] as const)
  ];
  return named.reduce((text, [relation, name]) => (relation ? text.replaceAll(relation, name) : text), sql);
}

function statusOf(status: string): TestResult["status"] {
  if (status === "success" || status === "pass") return "pass";
  return status === "warn" || status === "fail" || status === "skipped" ? status : "error";
}

/** The environment without what would change dbt's mind, telemetry off. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(processEnvironment()).filter(([name]) => !/^(DBT_|PG|PYTHON)/.test(name));
  return {
    ...Object.fromEntries(kept),
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
    DO_NOT_TRACK: "1",
    PYTHONUTF8: "1"
  };
}

/** The last lines of an output. */
export function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}

/** A text with every line indented. */
export function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
