import {execFile, spawn} from "node:child_process";
import {createWriteStream, existsSync} from "node:fs";
import {mkdir, readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {promisify} from "node:util";
import {type Config, processEnvironment} from "../config.ts";
import type {Progress} from "../progress.ts";
import {hash} from "../step.ts";
import type {Warehouse} from "./postgres.ts";

const run = promisify(execFile);

/** How a mart reconciles with gold, as its yml declares under `config.meta.ledger`. */
export type MartLedger = {
  from: string;
  grain_filter?: {reason: string; where: string}[];
  amounts: Record<string, string>;
};

/** A model as dbt's manifest describes it. */
export type Model = {
  name: string;
  isTable: boolean;
  /** The select of a view, its sources and models named as the lake names them: `gold.x`, `marts.x`. */
  view?: string;
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
};

/** What a dbt build did. `isGreen` is false if anything failed. */
export type DbtRun = {isGreen: boolean; models: Model[]; tests: TestResult[]; output: string};

type ManifestNode = {
  name: string;
  resource_type: string;
  description: string;
  columns: Record<string, {name: string; data_type: string | null}>;
  config: {materialized?: string; meta?: {ledger?: MartLedger}};
  relation_name: string | null;
  compiled_code?: string;
};
type RunResult = {
  unique_id: string;
  status: string;
  failures: number | null;
  message: string | null;
  relation_name: string | null;
};

/** Builds and tests every model with one call of dbt. */
export async function runDbt(
  config: Config,
  warehouse: Warehouse,
  schemas: {gold: string; marts: string},
  variables: Record<string, string>,
  update: (text: string) => void
): Promise<DbtRun> {
  const folder = environmentFolder(config, await requirements(config));
  const target = join(config.home, "dbt-target");
  const log = join(config.home, "logs", "dbt.log");
  await mkdir(join(config.home, "logs"), {recursive: true});
  await rm(join(target, "run_results.json"), {force: true});
  const {url} = warehouse;
  const child = spawn(
    join(folder, "bin", "dbt"),
    [
      "--no-use-colors",
      "build",
      "--vars",
      JSON.stringify(variables),
      "--target-path",
      target,
      "--log-path",
      join(config.home, "logs")
    ],
    {
      cwd: join(config.root, "dbt"),
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...cleanEnvironment(),
        DBT_PROFILES_DIR: join(config.root, "dbt"),
        DBT_HOST: url.hostname,
        DBT_PORT: url.port || "5432",
        DBT_USER: decodeURIComponent(url.username),
        DBT_ENV_SECRET_PASSWORD: decodeURIComponent(url.password),
        DBT_DATABASE: decodeURIComponent(url.pathname.slice(1)) || "postgres",
        DBT_SCHEMA: schemas.marts,
        DBT_GOLD_SCHEMA: schemas.gold,
        DBT_THREADS: "4"
      }
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
  return {...(await readArtifacts(target)), isGreen: code === 0, output};
}

/** Installs dbt's pinned Python environment below the home unless it is there. */
export async function ensureDbt(config: Config, progress: Progress): Promise<void> {
  const pinned = await requirements(config);
  const folder = environmentFolder(config, pinned);
  if (config.dbtEnvironment) {
    if (!existsSync(join(folder, "bin", "dbt"))) throw new Error(`missing dbt in ASSAY_DBT_ENV: ${folder}`);
    return;
  }
  const marker = join(folder, "installed");
  if (existsSync(marker)) return;
  const line = progress.begin("install dbt (once)");
  const began = performance.now();
  try {
    const python = await findPython();
    await rm(folder, {recursive: true, force: true});
    await runPython(python, ["-m", "venv", folder]);
    const options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
    await runPython(join(folder, "bin", "python"), [
      "-m",
      "pip",
      ...options,
      "-r",
      join(config.root, "dbt/requirements.txt")
    ]);
    await writeFile(marker, pinned);
    line.end({rows: 0, seconds: (performance.now() - began) / 1000, reused: false});
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** The first Python of at least 3.10, or an error with the line that installs one. */
export async function findPython(): Promise<string> {
  const check = "import sys; sys.exit(sys.version_info < (3, 10))";
  for (const python of ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"])
    if (
      await run(python, ["-c", check]).then(
        () => true,
        () => false
      )
    )
      return python;
  throw new Error(
    "missing Python 3.10 or later, which dbt needs: apt-get install python3 python3-venv (or brew install python)"
  );
}

async function runPython(python: string, args: string[]): Promise<void> {
  await run(python, args, {maxBuffer: 1 << 26}).catch(
    (error: {stderr: string; stdout: string; message: string}) => {
      const said = lastLines(`${error.stdout ?? ""}\n${error.stderr ?? ""}`.trim() || error.message, 6);
      const advice = /ensurepip|venv/.test(said)
        ? "\ninstall Python's venv: apt-get install python3-venv"
        : "";
      throw new Error(`cannot install dbt with ${python}:\n${indent(said)}${advice}`, {cause: error});
    }
  );
}

async function readArtifacts(target: string): Promise<{models: Model[]; tests: TestResult[]}> {
  const read = async (name: string) => JSON.parse(await readFile(join(target, name), "utf8")) as unknown;
  type Nodes = Record<string, ManifestNode>;
  const {nodes, sources} = (await read("manifest.json")) as {nodes: Nodes; sources: Nodes};
  const {results} = (await read("run_results.json")) as {results: RunResult[]};
  const models = Object.values(nodes)
    .filter((node) => node.resource_type === "model")
    .map((node) => ({
      name: node.name,
      isTable: node.config.materialized === "table",
      ...(node.config.materialized === "view" && {
        view: inLakeNames(node.compiled_code ?? "", nodes, sources)
      }),
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
      name: nodes[result.unique_id]?.name ?? result.unique_id.split(".").slice(2).join("."),
      status: statusOf(result.status),
      failures: result.failures ?? 0,
      message: result.message ?? "",
      description: nodes[result.unique_id]?.description ?? "",
      ...(result.relation_name && {relation: result.relation_name})
    }));
  return {models, tests};
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

function environmentFolder(config: Config, pinned: string): string {
  return config.dbtEnvironment ?? join(config.home, `dbt-${hash(pinned).slice(0, 12)}`);
}

function requirements(config: Config): Promise<string> {
  return readFile(join(config.root, "dbt/requirements.txt"), "utf8");
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

function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
