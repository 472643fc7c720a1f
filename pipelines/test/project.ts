import {spawn} from "node:child_process";
import {cpSync, mkdirSync, symlinkSync} from "node:fs";
import {join} from "node:path";
import {readConfig} from "../config.ts";

/** How a command line ended, and what it said. */
export type Ended = {code: number | null; stdout: string; stderr: string};

const parts = [
  "pipelines",
  "dbt",
  "loaders",
  "src",
  "observablehq.config.ts",
  "package.json",
  "tsconfig.json"
];

/**
 * Copies the project into `folder`, with the same node_modules: what is run, built or broken there touches neither the
 * `dist`, the loader cache nor the `.env` of the project itself.
 */
export function copyProject(folder: string): string {
  const {root} = readConfig({});
  mkdirSync(folder, {recursive: true});
  for (const part of parts)
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\.observablehq\/cache|dbt\/(target|logs)|pipelines\/test$/.test(path)
    });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs `assay` of a project in a process of its own, whose environment is `environment` and nothing of ours. */
export function assay(project: string, args: string[], environment: Record<string, string>): Promise<Ended> {
  const {PATH = "", HOME = "", LANG = ""} = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {
    cwd: project,
    env: {PATH, HOME, LANG, ...environment},
    stdio: ["ignore", "pipe", "pipe"]
  });
  const ended: Ended = {code: null, stdout: "", stderr: ""};
  child.stdout.setEncoding("utf8").on("data", (text: string) => (ended.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ended.stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({...ended, code}));
  });
}
