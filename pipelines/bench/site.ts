import {spawn} from "node:child_process";
import {join} from "node:path";
import {copyProject} from "../test/project.ts";
import {openBrowser} from "../test/browser.ts";
import {measureCrossfilter} from "./crossfilter.ts";
import {measurePages} from "./pages.ts";
import {measureWhy} from "./why.ts";

type Row = {what: string; measured: string; target: string};

/** Builds the site of a world in a copy of the project and measures its pages in headless Chromium. */
export async function measureSite(env: NodeJS.ProcessEnv, folder: string): Promise<Row[]> {
  const began = performance.now();
  const {dist, ask} = await buildSite(env, folder);
  const rows: Row[] = [
    {
      what: "site: refresh and build with nothing changed",
      measured: seconds(performance.now() - began),
      target: ""
    }
  ];
  await measurePages(dist, (row) => rows.push(row));
  const browser = await openBrowser();
  try {
    rows.push(await measureWhy(browser, dist));
  } finally {
    await browser.close();
  }
  rows.push(...(await measureCrossfilter(dist, folder, ask)));
  return rows;
}

/** The built site of a world, in a copy of the project, and what answers a query over its release as CSV. */
export async function buildSite(env: NodeJS.ProcessEnv, folder: string) {
  const root = copyProject(join(folder, "project"));
  await assay(root, env, ["build"]);
  const ask = (sql: string) => assay(root, env, ["sql", sql, "--format", "csv"]);
  return {dist: join(root, "dist"), ask};
}

/** What `assay` prints. */
async function assay(root: string, env: NodeJS.ProcessEnv, args: string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"]
  });
  const parts: Buffer[] = [];
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => parts.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(output);
  return Buffer.concat(parts).toString();
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
