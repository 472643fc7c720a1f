import {spawn} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {chmod, mkdtemp, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {processEnvironment, readConfig} from "../config.ts";
import {silent} from "../progress.ts";
import {simulate} from "../source/simulate.ts";
import {ensureDbt} from "../warehouse/environment.ts";
import {measureCopy} from "./copy.ts";
import {measureDagster} from "./dagster.ts";
import {measureDraft} from "./draft.ts";
import {watchMemory} from "./memory.ts";
import {measureMysql} from "./mysql.ts";
import {measureReleases, proofOf} from "./releases.ts";
import {measureSite} from "./site.ts";

/* Speed and memory against their targets, on this machine: npm run bench [-- LINES [LINES_IN_MYSQL]] */

type Row = {what: string; measured: string; target: string};
type Refresh = {seconds: number; dbt: number; node: number; all: number};

const {root, home} = readConfig({});
const lines = Number(process.argv[2] ?? 1_000_000);
const mysqlLines = Number(process.argv[3] ?? 10_000_000);
const dbt = await ensureDbt({...readConfig({}), home}, silent);
const folder = await mkdtemp(join(tmpdir(), "assay-bench-"));
await chmod(folder, 0o755);
const rows: Row[] = [];
const tell = (what: string, measured: string, target: string) => {
  rows.push({what, measured, target});
  console.log(`${what.padEnd(64)} ${measured.padStart(16)}   ${target}`);
};
const seconds = (value: number) => `${value.toFixed(1)} s`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

try {
  const real = join(root, "../shared/data/bikes");
  const small = existsSync(real) ? real : await simulated(60_000);
  const first = await refresh("small", small);
  const warm = await refresh("small", small, {isFresh: true});
  const idle = await refresh("small", small);
  tell(`${lineCount(small)} lines, first refresh in a new home`, seconds(first.seconds), "");
  tell(
    "the same, lake empty, all else warm",
    `${seconds(warm.seconds)}, dbt ${Math.round((warm.dbt / warm.seconds) * 100)} %`,
    "≤ 15 s, most of it dbt"
  );
  tell("nothing changed", seconds(idle.seconds), "≤ 2 s");

  for (const row of await measureDraft(environment("small", small), folder))
    tell(row.what, row.measured, row.target);

  for (const row of await measureDagster(environment("dagster", small), root))
    tell(row.what, row.measured, row.target);

  const began = performance.now();
  const large = await simulated(lines);
  tell(
    `simulate ${lines.toLocaleString("en")} lines`,
    seconds((performance.now() - began) / 1000),
    "10M in < 120 s"
  );
  const full = await refresh("large", large);
  tell(`${lines.toLocaleString("en")} lines, source to published`, seconds(full.seconds), "1M in ≤ 60 s");
  tell("peak memory of Node, PostgreSQL and dbt together (PSS)", mebibytes(full.all), "≤ 1024 MiB at 1M");
  tell("peak memory of Node alone (RSS)", mebibytes(full.node), "");
  const still = await refresh("large", large);
  tell("nothing changed", seconds(still.seconds), "");

  const {start, whole} = await trace("large", large);
  tell("trace of a month, without the start of Node", seconds(whole - start), "10M in ≤ 1 s");

  const release = (name: string) => environment(name, large);
  const proof = await proofOf(release("large"));
  tell("ledger, records and origins, of all else in that refresh", proof, "≤ 15 %");
  for (const row of await measureReleases(release("large"), large, root))
    tell(row.what, row.measured, row.target);

  for (const {what, measured, target} of await measureSite(environment("large", large), folder))
    tell(what, measured, target);
  await measureCopy(environment("large", large), folder, (row) => tell(row.what, row.measured, row.target));
  await measureMysql(folder, mysqlLines, ({what, measured, target}) => tell(what, measured, target));
} finally {
  await rm(folder, {recursive: true, force: true});
}

async function simulated(count: number): Promise<string> {
  const to = join(folder, `shop-${count}`);
  await simulate({to, lines: count, seed: 1});
  return to;
}

function lineCount(source: string): string {
  const text = readFileSync(join(source, "source_crm/sales_details.csv"), "latin1");
  return (text.split("\n").length - 2).toLocaleString("en");
}

function environment(name: string, source: string): NodeJS.ProcessEnv {
  return {
    ...processEnvironment(),
    ASSAY_HOME: join(folder, name),
    ASSAY_DBT_ENV: dbt,
    SOURCE_URL: source,
    LAKE_URL: "",
    WAREHOUSE_URL: ""
  };
}

/** Seconds of the command line alone, and of the trace of one month. */
async function trace(name: string, source: string): Promise<{start: number; whole: number}> {
  const took = async (...args: string[]) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {
      cwd: root,
      env: environment(name, source),
      stdio: "ignore"
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`assay ${args.join(" ")} ended with ${String(code)}`);
    return (performance.now() - began) / 1000;
  };
  return {start: await took("--help"), whole: await took("trace", "fct_sales where month = '2025-06'")};
}

/** A refresh in a process of its own; `isFresh` forgets every step first. */
async function refresh(name: string, source: string, {isFresh = false} = {}): Promise<Refresh> {
  const env = environment(name, source);
  if (isFresh) await rm(join(env.ASSAY_HOME!, "lake"), {recursive: true});
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", "refresh", "--json"], {
    cwd: root,
    env
  });
  const peak = watchMemory(child.pid!, () => serverOf(env.ASSAY_HOME!));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", () => {});
  const code = await new Promise((resolve) => child.on("close", resolve));
  const all = peak();
  if (code !== 0) throw new Error(`refresh ended with ${String(code)}`);
  const told = JSON.parse(output) as {run: string};
  const run = JSON.parse(readFileSync(join(env.ASSAY_HOME!, "lake/runs", `${told.run}.json`), "utf8")) as {
    peak_memory: number;
    steps: {step: string; seconds: number}[];
  };
  const marts = run.steps.find((step) => step.step === "marts (dbt)")?.seconds ?? 0;
  return {seconds: (performance.now() - began) / 1000, dbt: marts, node: run.peak_memory, all};
}

/** The embedded server's process: it detaches from the one that started it. */
function serverOf(home: string): number[] {
  const pid = join(home, "postgres", "postmaster.pid");
  return existsSync(pid) ? [Number(readFileSync(pid, "utf8").split("\n")[0])] : [];
}
