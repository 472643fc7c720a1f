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

/** The Python environment with dbt: the configured one, or a pinned one below the home, installed on first use. */
export async function ensureDbt(config: Config, progress: Progress): Promise<string> {
  const found = await findDbt(config);
  if (found) return found;
  const {requirements, folder, marker} = await pinnedEnvironment(config);
  progress.note("  installing dbt (once, 70 MB, about 15 s)");
  const line = progress.begin("install dbt");
  const began = performance.now();
  try {
    const python = await findPython();
    await rm(folder, {recursive: true, force: true});
    await runPython(python, ["-m", "venv", folder]);
    const options = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
    await runPython(join(folder, "bin", "python"), ["-m", "pip", ...options, "-r", requirements]);
    await writeFile(marker, "");
    line.end({rows: 0, seconds: (performance.now() - began) / 1000, reused: false});
    return folder;
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** The same, if it is there already. Throws if the configured one has no dbt. */
export async function findDbt(config: Config): Promise<string | undefined> {
  const isWhole = (folder: string) => existsSync(join(folder, "bin", "dbt"));
  if (config.dbtEnvironment) {
    if (isWhole(config.dbtEnvironment)) return config.dbtEnvironment;
    throw new Error(`missing dbt in ASSAY_DBT_ENV: ${config.dbtEnvironment}`);
  }
  const {folder, marker} = await pinnedEnvironment(config);
  return existsSync(marker) && isWhole(folder) ? folder : undefined;
}

async function pinnedEnvironment({root, home}: Config) {
  const requirements = join(root, "dbt/requirements.txt");
  const folder = join(home, `dbt-${hash(await readFile(requirements, "utf8")).slice(0, 12)}`);
  return {requirements, folder, marker: join(folder, "installed")};
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
