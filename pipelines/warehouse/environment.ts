import {execFile} from "node:child_process";
import {existsSync} from "node:fs";
import {readFile, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {promisify} from "node:util";
import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import {hash} from "../step.ts";
import {indent, lastLines} from "./dbt.ts";

const run = promisify(execFile);

/** A Python environment: the file that pins it, the program it is for, and what is said while it is installed. */
type Pinned = {name: string; requirements: string; program: string; size: string};

const dbt: Pinned = {
  name: "dbt",
  requirements: "dbt/requirements.txt",
  program: "dbt",
  size: "70 MB, about 15 s"
};

const dagster: Pinned = {
  name: "dagster",
  requirements: "pipelines/dagster/requirements.txt",
  program: "dagster",
  size: "400 MB, about a minute"
};

/** The Python environment with dbt: the configured one, or a pinned one below the home, installed on first use. */
export async function ensureDbt(config: Config, progress: Progress): Promise<string> {
  return (await findDbt(config)) ?? install(config, dbt, progress);
}

/** The same with Dagster, and dbt beside it. */
export async function ensureDagster(config: Config, progress: Progress): Promise<string> {
  return (await findIn(config, dagster, config.dagsterEnvironment)) ?? install(config, dagster, progress);
}

/** The environment with dbt, if it is there already. Throws if the configured one has no dbt. */
export function findDbt(config: Config): Promise<string | undefined> {
  return findIn(config, dbt, config.dbtEnvironment);
}

async function findIn(
  config: Config,
  pinned: Pinned,
  configured: string | undefined
): Promise<string | undefined> {
  const {name, program} = pinned;
  const isWhole = (folder: string) => existsSync(join(folder, "bin", program));
  if (configured) {
    if (isWhole(configured)) return configured;
    throw new Error(`missing ${program} in ASSAY_${name.toUpperCase()}_ENV: ${configured}`);
  }
  const {folder, marker} = await placeOf(config, pinned);
  return existsSync(marker) && isWhole(folder) ? folder : undefined;
}

async function install(config: Config, pinned: Pinned, progress: Progress): Promise<string> {
  const {name, size} = pinned;
  const {requirements, folder, marker} = await placeOf(config, pinned);
  progress.note(`  installing ${name} (once, ${size})`);
  const line = progress.begin(`install ${name}`);
  const began = performance.now();
  try {
    const python = await findPython();
    await rm(folder, {recursive: true, force: true});
    await runPython(name, python, ["-m", "venv", folder]);
    const options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
    await runPython(name, join(folder, "bin", "python"), ["-m", "pip", ...options, "-r", requirements]);
    await writeFile(marker, "");
    line.end({rows: 0, seconds: (performance.now() - began) / 1000, reused: false});
    return folder;
  } catch (error) {
    line.fail();
    throw error;
  }
}

async function placeOf({root, home}: Config, {name, requirements}: Pinned) {
  const file = join(root, requirements);
  const folder = join(home, `${name}-${hash(await readFile(file, "utf8")).slice(0, 12)}`);
  return {requirements: file, folder, marker: join(folder, "installed")};
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

async function runPython(name: string, python: string, args: string[]): Promise<void> {
  await run(python, args, {maxBuffer: 1 << 26}).catch(
    (error: {stderr: string; stdout: string; message: string}) => {
      const said = lastLines(`${error.stdout ?? ""}\n${error.stderr ?? ""}`.trim() || error.message, 6);
      const advice = /ensurepip|venv/.test(said)
        ? "\ninstall Python's venv: apt-get install python3-venv"
        : "";
      throw new Error(`cannot install ${name} with ${python}:\n${indent(said)}${advice}`, {cause: error});
    }
  );
}
