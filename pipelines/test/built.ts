import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import type {Browser} from "playwright-core";
import {inject} from "vitest";
import {readConfig} from "../config.ts";
import {query} from "../engine/duckdb.ts";
import {simulate} from "../source/simulate.ts";
import {withRelease} from "../words/sql.ts";
import {openBrowser, serveFolder} from "./browser.ts";
import {addCanaries} from "./canaries.ts";
import {assay, copyProject, type Ended} from "./project.ts";
import {openWorld} from "./world.ts";

/** The built site of a simulated shop, and its published release. */
export type Built = {
  url: string;
  /** The project that was built, with its `dist`; it is not to be changed. */
  project: string;
  /** The folder of exports. */
  source: string;
  environment: Record<string, string>;
  ended: Ended;
  /** Rows of a query over the published release. */
  sql: <T = Record<string, string>>(text: string) => Promise<T[]>;
  close: () => Promise<void>;
};

/**
 * `assay build` of a simulated shop of 3,000 lines with canaries for personal data, without a network, as every file of
 * tests reads it: the first that asks builds it, the others wait for it.
 */
export async function openBuilt(): Promise<Built> {
  const {project, source, environment, ended} = await find(join(inject("shared"), "site"));
  if (ended.code !== 0) throw new Error(ended.stderr);
  const config = readConfig(environment);
  const site = await serveFolder(join(project, "dist"));
  return {
    url: site.url,
    project,
    source,
    environment,
    ended,
    sql: <T>(text: string) => withRelease(config, text, (connection) => query<T>(connection, text)),
    close: site.close
  };
}

/** Gives the built site and a browser to the tests of a file; returns what closes both, for `beforeAll`. */
export async function visitBuilt(
  give: (visited: {built: Built; browser: Browser}) => void
): Promise<() => Promise<void>> {
  const [built, browser] = await Promise.all([openBuilt(), openBrowser()]);
  give({built, browser});
  return async () => {
    await browser.close();
    await built.close();
  };
}

/** The file of an extract in a built site, whose name holds its hash. */
export function fileOf(dist: string, name: string, extension = "json"): string {
  const folder = join(dist, "_file/data");
  const file = readdirSync(folder).find((one) => one.startsWith(`${name}.`) && one.endsWith(`.${extension}`));
  if (!file) throw new Error(`no ${name}.${extension} in ${folder}`);
  return join(folder, file);
}

/** What an extract of a built site holds. */
export function extractOf<T>({project}: Built, name: string): T {
  return JSON.parse(readFileSync(fileOf(join(project, "dist"), name), "utf8")) as T;
}

type Made = Pick<Built, "project" | "source" | "environment" | "ended">;

async function find(folder: string): Promise<Made> {
  const file = join(folder, "made.json");
  if (isFirst(folder)) await make(folder, file);
  while (!existsSync(file)) await sleep(200);
  return JSON.parse(readFileSync(file, "utf8")) as Made;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

async function make(folder: string, file: string): Promise<void> {
  let ended: Ended = {code: 1, stdout: "", stderr: "the site of the tests was not built"};
  const source = join(folder, "shop");
  const variables = {ASSAY_HOME: join(folder, "home")};
  const {environment, remove} = openWorld(source, {today: "2026-12-31", variables});
  remove();
  const project = join(folder, "project");
  try {
    await simulate({to: source, lines: 3000, seed: 1});
    addCanaries(source);
    copyProject(project);
    // whatever asks the network while the site is built fails
    const offline = 'globalThis.fetch=(url)=>{throw(new(Error)("offline:"+url))}';
    ended = await assay(project, ["build"], {
      ...environment,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(offline)}`
    });
  } finally {
    writeFileSync(`${file}.next`, JSON.stringify({project, source, environment, ended}));
    renameSync(`${file}.next`, file);
  }
}
