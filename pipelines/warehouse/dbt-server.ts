import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {createWriteStream} from "node:fs";
import {mkdir} from "node:fs/promises";
import {join} from "node:path";
import {createInterface} from "node:readline";
import type {Config} from "../config.ts";
import {dbtEnvironment, lastLines} from "./dbt.ts";
import type {Warehouse} from "./postgres.ts";

/** A dbt that stays imported between calls, over one pair of schemas; `folder` keeps its target and its logs. */
export type DbtServer = {
  target: string;
  run: (args: string[]) => Promise<{success: boolean; output: string}>;
  stop: () => Promise<void>;
};

/** Starts dbt in a process of its own, which ends with this one; calls are answered one after another. */
export async function startDbt(
  config: Config,
  environment: string,
  warehouse: Pick<Warehouse, "connection">,
  schemas: {gold: string; marts: string},
  folder: string
): Promise<DbtServer> {
  await mkdir(folder, {recursive: true});
  const target = join(folder, "target");
  const child = spawn(join(environment, "bin", "python"), [join(import.meta.dirname, "keep_dbt.py")], {
    cwd: join(config.root, "dbt"),
    stdio: ["pipe", "pipe", "pipe"],
    env: await dbtEnvironment(config, warehouse.connection, schemas)
  });
  const said: string[] = [];
  const log = createWriteStream(join(folder, "dbt-output.log"));
  createInterface({input: child.stderr}).on("line", (line) => {
    said.push(line);
    log.write(`${line}\n`);
  });
  const ended = once(child, "close").then(() => log.end());
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const answers = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const common = ["--target-path", target, "--log-path", folder];
  let turn: Promise<unknown> = Promise.resolve();

  async function ask(args: string[]): Promise<{success: boolean; output: string}> {
    said.length = 0;
    child.stdin.write(`${JSON.stringify(["--no-use-colors", ...args, ...common])}\n`);
    const {value, done} = await answers.next();
    if (done)
      throw new Error(
        `dbt ended (${child.exitCode ?? child.signalCode}):\n${lastLines(said.join("\n"), 15)}`
      );
    const {success, error} = JSON.parse(value) as {success: boolean; error: string | null};
    return {success, output: error ?? lastLines(said.join("\n"), 15)};
  }

  return {
    target,
    run(args) {
      const answer = turn.then(() => ask(args));
      turn = answer.catch(() => {});
      return answer;
    },
    stop: () => end(child, ended)
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
  await ended.finally(() => clearTimeout(timer));
}
