import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync} from "node:fs";
import {copyFile, mkdir} from "node:fs/promises";
import {join} from "node:path";
import {checkPort, untilInterrupted} from "../5-site/preview.ts";
import {type Config, processEnvironment, UsageError} from "../config.ts";
import {untilUp} from "../draft/front.ts";
import {withLock} from "../lock.ts";
import {openProgress, type Progress} from "../progress.ts";
import {ensureDagster} from "../warehouse/environment.ts";
import {openWarehouse} from "../warehouse/postgres.ts";

/** `assay dagster`: serves Dagster's pages on the loopback, and keeps the warehouse up for its steps, until interrupted. */
export async function dagsterWord(config: Config, {port, host}: {port: string; host: string}): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`invalid --port: ${port} (a number such as 3070)`);
  checkVariables(processEnvironment());
  const instance = join(config.home, "dagster");
  await mkdir(instance, {recursive: true});
  const progress = openProgress();
  // two daemons would each work off the queue of one home
  await withLock(instance, "npm run dagster", {wait: false, progress}, () =>
    serveDagster(config, instance, {port, host, progress})
  );
}

/** Throws UsageError of a variable that the definitions would not load with. */
export function checkVariables(env: NodeJS.ProcessEnv): void {
  const refuse = (name: string, expected: string) => {
    throw new UsageError(`invalid ${name}: ${env[name]} (${expected})`);
  };
  const {ASSAY_SCHEDULE: cron, ASSAY_DAGSTER_CONCURRENCY: side, ASSAY_FRESH_HOURS: hours} = env;
  if (cron && !/^(@(hourly|daily|weekly|monthly)|[\d*/,-]+( [\dA-Za-z*/,-]+){4})$/.test(cron))
    refuse("ASSAY_SCHEDULE", "five fields of cron, such as 15 5 * * *");
  if (side && !/^[1-9]\d*$/.test(side)) refuse("ASSAY_DAGSTER_CONCURRENCY", "a number of steps from 1");
  if (hours && !(Number(hours) > 0)) refuse("ASSAY_FRESH_HOURS", "a number of hours above 0");
}

type Manner = {port: string; host: string; progress: Progress};

async function serveDagster(config: Config, instance: string, {port, host, progress}: Manner): Promise<void> {
  await checkPort(Number(port), "npm run dagster");
  const environment = await ensureDagster(config, progress);
  const settings = join(instance, "dagster.yaml");
  if (!existsSync(settings)) await copyFile(join(config.root, "pipelines/dagster/instance.yaml"), settings);
  const warehouse = await openWarehouse(config, progress);
  try {
    await untilInterrupted(async (signal) => {
      const dagster = startDagster(config, environment, instance, {port, host});
      signal.addEventListener("abort", () => dagster.kill("SIGTERM"));
      const ended = once(dagster, "close");
      const url = `http://127.0.0.1:${port}`;
      await Promise.race([
        ended,
        untilUp(Number(port), signal).then(() => console.log(`Dagster is up: ${url}`))
      ]);
      const [code] = (await ended) as [number | null];
      if (!signal.aborted) throw new Error(`dagster ended with ${code}: see what it said above`);
    });
  } finally {
    await warehouse.close();
  }
}

function startDagster(
  config: Config,
  environment: string,
  instance: string,
  {port, host}: {port: string; host: string}
): ChildProcess {
  const given = processEnvironment();
  const env = {
    ...given,
    DAGSTER_HOME: instance,
    ASSAY_HOME: config.home,
    ASSAY_DBT_ENV: config.dbtEnvironment ?? environment,
    ASSAY_DAGSTER_URL: given.ASSAY_DAGSTER_URL ?? `http://127.0.0.1:${port}`,
    ASSAY_SITE_URL: given.ASSAY_SITE_URL ?? "http://127.0.0.1:3000",
    PYTHONWARNINGS: "ignore",
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
    DO_NOT_TRACK: "1"
  };
  const args = [
    "dev",
    "--workspace",
    "workspace.yaml",
    "--host",
    host,
    "--port",
    port,
    "--log-level",
    "warning"
  ];
  return spawn(join(environment, "bin", "dagster"), args, {
    cwd: join(config.root, "pipelines/dagster"),
    env,
    stdio: ["ignore", "inherit", "inherit"]
  });
}
