import {spawn} from "node:child_process";
import {mkdirSync, rmSync} from "node:fs";
import {join} from "node:path";
import {readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {ensureDagster} from "../warehouse/environment.ts";

type Row = {what: string; measured: string; target: string};

/**
 * The whole graph but the site through Dagster, in one process of its, against a plain refresh: each in a home whose lake
 * is empty and all else warm, then with nothing changed; and one step of the command line that finds its result.
 */
export async function measureDagster(env: NodeJS.ProcessEnv, root: string): Promise<Row[]> {
  const installed = await ensureDagster(readConfig({}), silent);
  const home = env.ASSAY_HOME!;
  const own = {...env, DAGSTER_HOME: join(home, "dagster"), ASSAY_DAGSTER_ENV: installed};
  mkdirSync(own.DAGSTER_HOME, {recursive: true});
  const assay = (...args: string[]) =>
    took(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], root, own);
  const program = join(root, "pipelines/test/dagster_run.py");
  const dagster = () =>
    took(
      join(installed, "bin/python"),
      [program, '{"without": ["site"]}'],
      join(root, "pipelines/dagster"),
      own
    );
  const empty = () => rmSync(join(home, "lake"), {recursive: true});

  // as beside npm run dagster, the warehouse is up
  const server = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", "warehouse"], {
    cwd: root,
    env: own
  });
  await new Promise((resolve) => server.stdout.once("data", resolve));
  try {
    await assay("refresh");
    await assay("graph", "--json");
    empty();
    const plain = await assay("refresh");
    const plainIdle = await assay("refresh");
    empty();
    const whole = await dagster();
    const idle = await dagster();
    const start = await assay("--help");
    for (const name of ["bronze", "silver.crm_sales_details"]) await assay("run", name, "--run", "bench");
    const step = await assay("run", "silver.crm_sales_details", "--run", "bench");
    const ratio = (a: number, b: number) => `${a.toFixed(1)} s / ${b.toFixed(1)} s = ${(a / b).toFixed(2)}`;
    return [
      {what: "whole graph through Dagster / refresh", measured: ratio(whole, plain), target: ""},
      {what: "the same, nothing changed", measured: ratio(idle, plainIdle), target: ""},
      {
        what: "overhead of Dagster a step, of 15",
        measured: `${((whole - plain) / 15).toFixed(2)} s; unchanged ${((idle - plainIdle) / 15).toFixed(2)} s`,
        target: ""
      },
      {
        what: "npx assay run of an unchanged step",
        measured: `${step.toFixed(2)} s (of which ${start.toFixed(2)} s start)`,
        target: "≤ 1 s"
      }
    ];
  } finally {
    server.kill("SIGTERM");
    await new Promise((resolve) => server.once("close", resolve));
  }
}

function took(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(command, args, {cwd, env, stdio: ["ignore", "ignore", "pipe"]});
  let said = "";
  child.stderr!.on("data", (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) =>
    child.once("close", (code) =>
      code === 0
        ? resolve((performance.now() - began) / 1000)
        : reject(new Error(`${command} ${args.join(" ")} ended with ${String(code)}:\n${said.slice(-2000)}`))
    )
  );
}
