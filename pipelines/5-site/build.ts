import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {readdir, readFile, rename, rm} from "node:fs/promises";
import {join} from "node:path";
import {type Config, processEnvironment} from "../config.ts";
import {withLock} from "../lock.ts";
import {openProgress, type Progress} from "../progress.ts";
import {refresh} from "../refresh.ts";
import type {Release} from "../release.ts";
import {tellRefresh} from "../words/refresh.ts";
import {knowVersions} from "./offline.ts";
import {withPlot} from "./plot.ts";
import {endWithUs, forgetPrinted, printAhead} from "./printed.ts";

/** `assay build`: refreshes, builds the site beside `dist`, checks it, then swaps; a failure leaves the old `dist`. */
export async function build(config: Config, {wait = false}: {wait?: boolean}): Promise<void> {
  const progress = openProgress();
  const refreshed = await refresh(config, {progress, wait});
  tellRefresh(refreshed);
  const {release} = refreshed;
  await buildInTurn(config, release, {wait, progress});
  console.log(
    `built dist from release ${release.id}, data through ${release.data_through.whole ?? "n/a"}; serve it with any web server`
  );
}

/** Whether a site was built here. */
export function hasSite({root}: Config): boolean {
  return existsSync(join(root, "dist"));
}

/** Builds the site from a release while nobody else does. */
export function buildInTurn(
  config: Config,
  release: Release,
  manner: {wait: boolean; progress: Progress}
): Promise<void> {
  return withLock(join(config.home, "site"), "build", manner, () =>
    buildSite(config, release, manner.progress)
  );
}

/** Builds the site from a release. */
export async function buildSite(config: Config, release: Release, progress: Progress): Promise<void> {
  const line = progress.begin("site");
  const began = performance.now();
  const next = join(config.root, "dist.next");
  try {
    await rm(next, {recursive: true, force: true});
    await forgetPrinted(config.root);
    await knowVersions(config.root);
    const env = {
      ...{...processEnvironment(), OBSERVABLE_TELEMETRY_DISABLE: "true"},
      ...{ASSAY_SITE_OUTPUT: "dist.next", ASSAY_RELEASE: release.id, ASSAY_DRAFT: ""}
    };
    await printAhead(config, release, env);
    await withPlot(config.root, () => observable(config, env));
    const pages = await checkPages(next);
    await swap(join(config.root, "dist"), next);
    line.end({rows: pages, seconds: (performance.now() - began) / 1000, reused: false});
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** Runs the Framework's build with its output kept; throws the end of it if it fails. */
function observable({root}: Config, env: NodeJS.ProcessEnv): Promise<void> {
  const bin = join(root, "node_modules/.bin/observable");
  const child = spawn(bin, ["build"], {cwd: root, env, stdio: ["ignore", "pipe", "pipe"]});
  endWithUs(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(
            new Error(
              `the site did not build; the old dist stays\n${output.trim().split("\n").slice(-15).join("\n")}`
            )
          )
    );
  });
}

/** Counts the pages; a page with an error box is an error. */
async function checkPages(folder: string): Promise<number> {
  const names = (await readdir(folder, {recursive: true})).filter((name) => name.endsWith(".html"));
  const broken: string[] = [];
  for (const name of names)
    if ((await readFile(join(folder, name), "utf8")).includes("observablehq--error")) broken.push(name);
  if (broken.length) throw new Error(`pages with errors: ${broken.join(", ")}; the old dist stays`);
  if (!names.length) throw new Error("the site has no pages; the old dist stays");
  return names.filter((name) => name !== "404.html").length;
}

async function swap(dist: string, next: string): Promise<void> {
  const old = `${dist}.old`;
  await rm(old, {recursive: true, force: true});
  await rename(dist, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(next, dist);
  await rm(old, {recursive: true, force: true});
}
