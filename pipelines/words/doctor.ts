import {access, constants, mkdir, statfs} from "node:fs/promises";
import {existsSync} from "node:fs";
import {sources} from "../catalog.ts";
import type {Config} from "../config.ts";
import {checkObjects} from "../lake/check.ts";
import {openLake} from "../lake/lake.ts";
import {probe} from "../lake/probe.ts";
import {findCurrent} from "../release.ts";
import {findFiles} from "../source/folder.ts";
import {probeMysql} from "../source/mysql/probe.ts";
import {findDbt, findPython} from "../warehouse/environment.ts";
import {probeWarehouse} from "../warehouse/probe.ts";

type Finding = {check: string; ok: boolean; found: string};

/** `assay doctor`: tries everything a refresh needs; exits with 1 if something is missing. */
export async function doctorWord(config: Config, options: {json?: boolean}): Promise<void> {
  const findings = [
    await look("Node", nodeVersion),
    await look("Python", findPython),
    await look("home", () => folderState(config.home)),
    await look("source", () => sourceState(config)),
    await look("lake", () => lakeState(config)),
    await look("warehouse", () => probeWarehouse(config)),
    await look("dbt", () => dbtState(config))
  ];
  if (options.json) console.log(JSON.stringify(findings));
  else
    for (const {check, ok, found} of findings) console.log(`${ok ? "✓" : "✗"} ${check.padEnd(10)} ${found}`);
  if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
}

async function look(check: string, find: () => Promise<string>): Promise<Finding> {
  return find().then(
    (found) => ({check, ok: true, found}),
    (error: Error) => ({check, ok: false, found: error.message})
  );
}

async function nodeVersion(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 12))
    throw new Error(`Node ${process.versions.node}: install 20.12 or later`);
  return process.versions.node;
}

async function folderState(folder: string): Promise<string> {
  await mkdir(folder, {recursive: true});
  await access(folder, constants.W_OK);
  const {bavail, bsize} = await statfs(folder);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < 1) throw new Error(`${folder}: ${free.toFixed(1)} GiB free; make room for at least 1 GiB`);
  return `${folder}, ${free.toFixed(0)} GiB free`;
}

async function sourceState({source}: Config): Promise<string> {
  if (source.kind === "mysql") return probeMysql(source);
  if (source.kind === "simulated" && !existsSync(source.path)) return "a simulated shop, made on first use";
  await findFiles(source.path, sources);
  return `${source.path}, ${sources.length} tables`;
}

async function lakeState(config: Config): Promise<string> {
  const {lake: place} = config;
  const state = place.kind === "s3" ? await probe(place) : await folderState(place.path);
  const lake = openLake(config);
  const release = await findCurrent(lake);
  if (!release) return `${state}, no release yet`;
  const found = await checkObjects(lake, release.objects, place.kind === "s3");
  return `${state}, release ${release.id}, ${found}`;
}

async function dbtState(config: Config): Promise<string> {
  return (await findDbt(config)) ?? "installed on first use";
}
