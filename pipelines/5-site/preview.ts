import {spawn} from "node:child_process";
import {once} from "node:events";
import {createServer} from "node:net";
import {join} from "node:path";
import {type Config, processEnvironment, UsageError} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {openProgress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findCurrent} from "../release.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {forgetExtracts} from "./build.ts";
import {knowVersions} from "./offline.ts";

/** `assay start`: refreshes, keeps the warehouse up and serves the site until interrupted. */
export async function preview(config: Config, {port}: {port: string}): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`invalid --port: ${port} (a number such as 3000)`);
  await checkPort(Number(port));
  const progress = openProgress();
  const warehouse = await openWarehouse(config, progress);
  try {
    await refresh(config, {progress, wait: true}).catch(async (error: Error) => {
      const release = await findCurrent(openLake(config));
      if (!release) throw error;
      progress.note(
        `${error.message}\nthe last release stays: ${release.id}, published ${release.published_at}`
      );
    });
    progress.note(
      `${warehouse.name} is up${config.warehouse.kind === "embedded" ? "; npx assay warehouse prints its url" : ""}`
    );
    await forgetExtracts(config.root);
    await knowVersions(config.root);
    await serve(config, port);
  } finally {
    await warehouse.close();
  }
}

/** Says before a long refresh that the port is taken. */
function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () =>
      reject(new UsageError(`port ${port} is taken: npm start -- --port ${port + 1}`))
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}

async function serve(config: Config, port: string): Promise<void> {
  const bin = join(config.root, "node_modules/.bin/observable");
  const env = {...processEnvironment(), OBSERVABLE_TELEMETRY_DISABLE: "true"};
  const child = spawn(bin, ["preview", "--no-open", "--port", port], {
    cwd: config.root,
    env,
    stdio: ["ignore", "inherit", "inherit"]
  });
  const stop = () => child.kill("SIGTERM");
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const [code] = (await once(child, "close")) as [number | null];
  if (code) throw new Error(`the preview server ended with ${code}`);
}
