import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync} from "node:fs";
import {copyFile, mkdir} from "node:fs/promises";
import {join} from "node:path";
import {checkPort, untilInterrupted} from "../5-site/preview.ts";
import {type Config, processEnvironment, UsageError} from "../config.ts";
import {untilUp} from "../draft/front.ts";
import {openProgress} from "../progress.ts";
import {ensureDagster} from "../warehouse/environment.ts";
import {openWarehouse} from "../warehouse/postgres.ts";

/** `assay dagster`: serves Dagster's pages on the loopback, and keeps the warehouse up for its steps, until interrupted. */
export async function dagsterWord(config: Config, {port, host}: {port: string; host: string}): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`invalid --port: ${port} (a number such as 3070)`);
  await checkPort(Number(port), "npm run dagster");
  const progress = openProgress();
  const environment = await ensureDagster(config, progress);
  const instance = join(config.home, "dagster");
  await mkdir(instance, {recursive: true});
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
