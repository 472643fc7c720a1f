import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {copyFile, mkdir, open, readdir, readFile, rename, rm} from "node:fs/promises";
import {availableParallelism} from "node:os";
import {join} from "node:path";
import type {Config} from "../config.ts";
import {eachOf} from "../lake/each.ts";
import {type Lake, openLake} from "../lake/lake.ts";
import type {Release} from "../release.ts";
import {hash, type LakeObject} from "../step.ts";

/* What the Framework keeps of the loaders' output: it takes a file for what the loader printed as long as it is there and not older than the loader. */

const folderOf = (root: string) => join(root, "src/.observablehq/cache/data");

/** Drops all of it, however fresh the Framework holds it. */
export function forgetPrinted(root: string): Promise<void> {
  return rm(folderOf(root), {recursive: true, force: true});
}

/** Keeps an extract of the lake as the output of its loader. */
export function keepExtract(root: string, lake: Lake, {table, key}: LakeObject): Promise<void> {
  return keepPrinted(root, table, async (path) => copyFile(await lake.get(key), path));
}

/** Keeps what `write` writes to a path as the output of a loader, whole or not at all. */
async function keepPrinted(
  root: string,
  name: string,
  write: (path: string) => Promise<void>
): Promise<void> {
  const path = join(folderOf(root), name);
  const next = `${path}.next`;
  await mkdir(folderOf(root), {recursive: true});
  await write(next);
  await rename(next, path);
}

/**
 * Keeps what the loaders print of a release before the Framework asks, which would start a process for each, one after
 * another: extracts are copied, and as many programs run as there are cores. What fails, and an extract whose SQL was
 * edited since, is left to the Framework, which tells.
 */
export async function printAhead(
  config: Config,
  {objects, extracts}: Release,
  environment: NodeJS.ProcessEnv
): Promise<void> {
  const {root} = config;
  const lake = openLake(config);
  const names = await readdir(join(root, "loaders"));
  for (const object of objects.filter(({layer}) => layer === "extracts")) {
    const loader = `${object.table}.sql`;
    if (!names.includes(loader)) continue;
    const sql = await readFile(join(root, "loaders", loader), "utf8");
    if (extracts[object.table] === hash(sql)) await keepExtract(root, lake, object);
  }
  const programs = names.filter((name) => /\.\w+\.ts$/.test(name));
  await eachOf(programs, availableParallelism(), (name) =>
    keepPrinted(root, name.slice(0, -".ts".length), (path) => runLoader(root, name, path, environment)).catch(
      () => undefined
    )
  );
}

async function runLoader(
  root: string,
  name: string,
  path: string,
  environment: NodeJS.ProcessEnv
): Promise<void> {
  const file = await open(path, "w");
  try {
    const child = spawn(process.execPath, ["--import", "tsx", `loaders/${name}`], {
      cwd: root,
      env: environment,
      stdio: ["ignore", file.fd, "ignore"]
    });
    endWithUs(child);
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`loaders/${name} ended with ${code}`);
  } finally {
    await file.close();
  }
}

/** Ends a child when this process ends before it. */
export function endWithUs(child: ChildProcess): void {
  const stop = () => child.kill();
  process.once("exit", stop);
  child.once("close", () => process.off("exit", stop));
}
