import {spawn} from "node:child_process";
import {appendFileSync} from "node:fs";
import {join} from "node:path";
import {readConfig} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {listRuns} from "../run.ts";

type Row = {what: string; measured: string; target: string};

/** Seconds of proof against the rest of the first refresh of a home, the one that made everything. */
export async function proofOf(env: NodeJS.ProcessEnv): Promise<string> {
  const runs = await listRuns(openLake(readConfig(env)));
  const first = runs.at(-1)!;
  const whole = (Date.parse(first.ended_at!) - Date.parse(first.began_at)) / 1000;
  const proof = first.proof_seconds!;
  return `${proof.toFixed(1)} s, ${Math.round((proof / (whole - proof)) * 100)} %`;
}

/** A day more is sold and published: what moved, and back again. The times are without the start of Node. */
export async function measureReleases(env: NodeJS.ProcessEnv, source: string, root: string): Promise<Row[]> {
  const took = async (...args: string[]) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["--import", "tsx", "pipelines/cli.ts", ...args], {
      cwd: root,
      env,
      stdio: "ignore"
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`assay ${args.join(" ")} ended with ${String(code)}`);
    return (performance.now() - began) / 1000;
  };
  const start = await took("--help");
  const lines = Array.from(
    {length: 1000},
    (_, n) => `BENCH${n},AC-0001,1,20251231,20260103,20260105,10,1,10\n`
  );
  appendFileSync(join(source, "source_crm/sales_details.csv"), lines.join(""));
  const refreshed = await took("refresh");
  const diff = await took("diff");
  const back = await took("rollback", "previous", "--reason", "bench", "--no-site");
  const row = (what: string, seconds: number, target: string) => ({
    what,
    measured: `${(seconds - start).toFixed(1)} s`,
    target
  });
  return [
    row("a day more of 1,000 lines, published", refreshed, ""),
    row("diff of the two releases", diff, "10M in ≤ 10 s"),
    row("rollback while the schemas stand", back, "≤ 5 s")
  ];
}
