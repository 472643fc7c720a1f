import {type Config, UsageError} from "../config.ts";
import {type Lake, openLake} from "../lake/lake.ts";
import {listRuns, type Run} from "../run.ts";
import {isSlow, longestOf, tellRun, type ToldRun, type ToldStep} from "../run-history.ts";
import {tableOf} from "./table.ts";

/** Characters of the timeline. */
const wide = 32;

/** `assay runs RUN`: the steps of a run, when they were done, for how long and why, against the runs before. */
export async function runRecordWord(
  config: Config,
  wanted: string,
  options: {json?: boolean}
): Promise<void> {
  const told = await findTold(openLake(config), wanted);
  if (options.json) return console.log(JSON.stringify(told));
  process.stdout.write(runInWords(told));
}

/** A run by its id, the beginning of its id, or `last`. */
async function findTold(lake: Lake, wanted: string): Promise<ToldRun> {
  let runs = await listRuns(lake);
  if (!runs.length) throw new UsageError(`no run in lake ${lake.name}: run npx assay refresh`);
  if (!indexesOf(runs, wanted).length) runs = await listRuns(lake, Infinity);
  const [index, ...others] = indexesOf(runs, wanted);
  if (index !== undefined && !others.length) return tellRun(runs[index]!, runs.slice(index + 1));
  const have = runs.slice(0, 5).map(({id}) => id);
  const older = runs.length > have.length ? `, and ${runs.length - have.length} older ones` : "";
  throw new UsageError(
    `${others.length ? "ambiguous" : "unknown"} run: ${wanted} (have ${have.join(", ")}${older}; npx assay runs lists them)`
  );
}

function indexesOf(runs: Run[], wanted: string): number[] {
  if (wanted === "last") return runs.slice(0, 1).map((_, n) => n);
  return runs.flatMap(({id}, n) => (wanted !== "" && id.startsWith(wanted) ? [n] : []));
}

/** A run for the terminal: what became of it, its timeline, its error and the checks that did not pass. */
export function runInWords(told: ToldRun): string {
  const {error, checks, steps} = told;
  const parts = [
    headOf(told),
    ...(steps.length ? [timelineOf(told)] : []),
    ...(error ? [`error: ${error}\n`] : []),
    ...(checks.length ? [`checks that did not pass\n${checksOf(told)}`] : [])
  ];
  return parts.join("\n");
}

function headOf(told: ToldRun): string {
  const {id, began_at, orchestrator, done, reused, causes, between, proof_seconds, peak_memory} = told;
  const by =
    orchestrator &&
    ` · ${orchestrator.name} run ${orchestrator.run}${orchestrator.url ? ` (${orchestrator.url})` : ""}`;
  const longest = longestOf(told, 3).map(({step, seconds}) => `${step} ${words(seconds)}`);
  const slow = longestOf(told, Infinity).filter(isSlow);
  const lines = [
    `run ${id} ${outcomeOf(told)} · began ${began_at.slice(0, 19).replace("T", " ")} UTC${by ?? ""}`,
    `${durationOf(told)} · ${done + reused ? `${done} of ${done + reused} steps done, ${reused} reused` : "no step"}`,
    longest.length && `longest: ${longest.join(", ")}`,
    slow.length &&
      `slower than usual: ${slow.map(({step, seconds, usual}) => `${step} ${words(seconds)}, usually ${words(usual!)}`).join("; ")}`,
    ...causes.map(({why, steps}) => `because: ${why} (${some(steps)})`),
    [
      between !== null && `${words(between)} in no step`,
      proof_seconds !== null && `${words(proof_seconds)} of proof`,
      peak_memory !== null && `${Math.round(peak_memory / 1e6)} MB at most`
    ]
      .filter(Boolean)
      .join(" · ")
  ];
  return lines
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join("");
}

function outcomeOf({status, release, failed}: ToldRun): string {
  if (status === "published") return `published release ${release}`;
  if (status === "failed") return failed ? `failed at ${failed.step}` : "failed";
  return {
    running: "is running",
    unchanged: "changed nothing",
    held: "was held",
    unpublished: "made some of the steps, published nothing",
    interrupted: "was interrupted"
  }[status];
}

function durationOf({seconds, usual}: ToldRun): string {
  if (seconds === null) return "not ended";
  return usual === null ? words(seconds) : `${words(seconds)}, usually ${words(usual)}`;
}

function timelineOf({steps, seconds, failed}: ToldRun): string {
  const ends = steps.map((one) => one.began + one.seconds);
  const whole = Math.max(seconds ?? 0, ...ends, 0.001);
  const lines = steps.map((step) => ({
    step: step.step,
    began: step.began.toFixed(1),
    seconds: step.seconds.toFixed(1),
    timeline: barOf(step, whole, step.reused ? "░" : "█"),
    rows: step.rows,
    usually: step.usual === null || step.reused ? "" : step.usual.toFixed(1),
    why: whyOf(step)
  }));
  const broken = failed && {
    step: failed.step,
    began: failed.began.toFixed(1),
    seconds: failed.seconds.toFixed(1),
    timeline: barOf(failed, whole, "✗"),
    rows: "",
    usually: "",
    why: "failed"
  };
  const columns = ["step", "began", "seconds", "timeline", "rows", "usually", "why"];
  return tableOf([...lines, ...(broken ? [broken] : [])], columns, ["began", "seconds", "rows", "usually"]);
}

function whyOf({reused, why}: ToldStep): string {
  return reused ? "reused" : (why ?? "");
}

/** Where a step lies in the run, as characters: at least one. */
function barOf({began, seconds}: {began: number; seconds: number}, whole: number, mark: string): string {
  const from = Math.min(wide - 1, Math.floor((began / whole) * wide));
  const length = Math.max(1, Math.min(wide - from, Math.round((seconds / whole) * wide)));
  return " ".repeat(from) + mark.repeat(length);
}

function checksOf({checks}: ToldRun): string {
  const rows = checks.map(({name, kind, status, failures, detail}) => ({
    check: name,
    kind,
    status,
    "bad rows": failures,
    "what it found": detail ?? null
  }));
  return tableOf(rows);
}

function some(steps: string[]): string {
  return steps.length > 3
    ? `${steps.slice(0, 2).join(", ")} and ${steps.length - 2} others`
    : steps.join(", ");
}

function words(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
