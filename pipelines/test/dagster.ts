import {spawn} from "node:child_process";
import {copyFileSync, mkdirSync} from "node:fs";
import {join} from "node:path";
import {readConfig} from "../config.ts";
import {openProgress} from "../progress.ts";
import {ensureDagster} from "../warehouse/environment.ts";
import {copyProject} from "./project.ts";
import type {World} from "./world.ts";

/** What became of assets that Dagster ran: see `dagster_run.py`. */
export type Told = {
  success: boolean;
  steps: Record<string, string>;
  made: Record<string, Record<string, unknown> & {version: string}>;
  checks: Record<string, {passed: boolean; severity: string; blocking: boolean; found: string}>;
  months: Record<string, Record<string, unknown>>;
  errors: Record<string, string>;
  tags: Record<string, string>;
  partitions: string[];
};

export type Asked = {
  select?: string[];
  without?: string[];
  partition?: string;
  tags?: Record<string, string>;
  months?: string[];
};

/** A copy of the project in a world, and Dagster with an instance of its own. */
export type Dagster = {
  project: string;
  environment: Record<string, string>;
  run: (asked: Asked) => Promise<Told>;
};

/** Dagster's environment is installed once below `.assay`. */
export async function openDagster(world: World): Promise<Dagster> {
  const installed = await ensureDagster(readConfig({}), openProgress());
  const project = copyProject(join(world.folder, "project"));
  const instance = join(world.folder, "dagster");
  mkdirSync(instance, {recursive: true});
  copyFileSync(join(project, "pipelines/dagster/instance.yaml"), join(instance, "dagster.yaml"));
  const {PATH = "", HOME = "", LANG = ""} = process.env;
  const environment = {
    ...{PATH, HOME, LANG},
    ...world.environment,
    ASSAY_DAGSTER_ENV: installed,
    ASSAY_SITE_URL: "http://127.0.0.1:3000"
  };
  const run = (asked: Asked) =>
    new Promise<Told>((resolve, reject) => {
      const program = join(import.meta.dirname, "dagster_run.py");
      const child = spawn(join(installed, "bin/python"), [program, JSON.stringify(asked)], {
        cwd: join(project, "pipelines/dagster"),
        env: {...environment, DAGSTER_HOME: instance},
        stdio: ["ignore", "pipe", "pipe"]
      });
      let [said, log] = ["", ""];
      child.stdout.on("data", (text: Buffer) => (said += text.toString()));
      child.stderr.on("data", (text: Buffer) => (log += text.toString()));
      child.on("close", () => {
        const last = said.trim().split("\n").at(-1) ?? "";
        if (last.startsWith("{")) resolve(JSON.parse(last) as Told);
        else reject(new Error(`dagster told nothing:\n${log.slice(-4000)}`));
      });
    });
  return {project, environment, run};
}
