import {spawn} from "node:child_process";
import {once} from "node:events";
import {createServer} from "node:net";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {type Config, processEnvironment, UsageError} from "../config.ts";
import {withDraftLock} from "../draft/clear.ts";
import {type Front, freePort, openFront, untilUp} from "../draft/front.ts";
import {startLoop} from "../draft/loop.ts";
import {draftLake} from "../draft/place.ts";
import {quiet} from "../draft/tell.ts";
import {openLake} from "../lake/lake.ts";
import {InUse} from "../lock.ts";
import {openProgress, type Progress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import {findCurrent} from "../release.ts";
import {tellRefresh} from "../words/refresh.ts";
import {openWarehouse} from "../warehouse/postgres.ts";
import {knowVersions} from "./offline.ts";
import {forgetPrinted} from "./printed.ts";

/** `assay start`: refreshes, keeps the warehouse up and serves the site until interrupted. */
export async function preview(config: Config, {port}: {port: string}): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`invalid --port: ${port} (a number such as 3000)`);
  await checkPort(Number(port), "npm start");
  const progress = openProgress();
  const warehouse = await openWarehouse(config, progress);
  try {
    await refresh(config, {progress, wait: true}).then(tellRefresh, async (error: Error) => {
      const release = await findCurrent(openLake(config));
      if (!release) throw error;
      progress.note(
        `${error.message}\nthe last release stays: ${release.id}, published ${release.published_at}`
      );
    });
    progress.note(
      `${warehouse.name} is up${config.warehouse.kind === "embedded" ? "; npx assay warehouse prints its url" : ""}`
    );
    await forgetPrinted(config.root);
    await knowVersions(config.root);
    await untilInterrupted((signal) => withDraft(config, progress, Number(port), signal));
  } finally {
    await warehouse.close();
  }
}

/** Says before a long refresh that the port is taken. */
export function checkPort(port: number, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () =>
      reject(new UsageError(`port ${port} is taken: ${command} -- --port ${port + 1}`))
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}

/** Does `work` until it ends by itself or sees the signal: one keypress may reach a process twice, and it tidies up once. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  try {
    await work(interrupted.signal);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** Serves the site with a draft of what is edited, which one preview of a home has at a time. */
async function withDraft(
  config: Config,
  progress: Progress,
  port: number,
  signal: AbortSignal
): Promise<void> {
  try {
    await withDraftLock(config, progress, async () => {
      let front: Front | undefined;
      const loop = await startLoop(config, {progress, listen: (note) => front?.tell(note)});
      try {
        await serve(config, {progress, port, signal, draft: draftLake(config)}, async (inner) => {
          front = await openFront(port, inner, loop.note());
          return front.close;
        });
      } finally {
        await loop.stop();
      }
    });
  } catch (error) {
    if (!(error instanceof InUse)) throw error;
    progress.note(
      `${error.message.replace(/;.*/, "")}: this one shows the published release, and no draft of what is edited`
    );
    await serve(config, {progress, port, signal}, (inner) =>
      openFront(port, inner, quiet(null)).then(({close}) => close)
    );
  }
}

type Manner = {progress: Progress; port: number; signal: AbortSignal; draft?: string};

/** Runs the Framework's preview until it ends or is interrupted; `open` puts something before it once it is up. */
async function serve(
  config: Config,
  {progress, port, signal, draft = ""}: Manner,
  open: (inner: number) => Promise<() => Promise<void>>
): Promise<void> {
  const inner = await freePort();
  const bin = join(config.root, "node_modules/.bin/observable");
  const env = {...processEnvironment(), OBSERVABLE_TELEMETRY_DISABLE: "true", ASSAY_DRAFT: draft};
  const child = spawn(bin, ["preview", "--no-open", "--port", String(inner)], {
    cwd: config.root,
    env,
    stdio: ["ignore", "pipe", "inherit"]
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  const gone = new AbortController();
  void ended.then(() => gone.abort());
  createInterface({input: child.stdout}).on("line", (line) => {
    if (/\berror\b/i.test(line)) progress.note(line);
  });
  const stop = () => child.kill("SIGTERM");
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  await untilUp(inner, gone.signal);
  const close = gone.signal.aborted ? async () => {} : await open(inner);
  if (!gone.signal.aborted)
    progress.note(
      `the site is at http://127.0.0.1:${port}; what you save in pipelines, dbt, loaders and src shows there`
    );
  const [code] = await ended;
  await close();
  if (code) throw new Error(`the preview server ended with ${code}`);
}
