import {existsSync} from "node:fs";
import {type Config, UsageError} from "../config.ts";
import type {Progress} from "../progress.ts";
import type {Release} from "../release.ts";
import type {StepResult} from "../step.ts";
import {simulate} from "./simulate.ts";

const simulatedName = "simulated shop";

/** Lines of the shop that is simulated when there is no SOURCE_URL. */
export const simulatedLines = 100_000;

/** Makes the simulated shop once, if that is the source. */
export async function ensureSource({source}: Config, progress: Progress): Promise<void> {
  if (source.kind !== "simulated" || existsSync(source.path)) return;
  const line = progress.begin("simulate a shop (once)");
  const began = performance.now();
  try {
    await simulate({to: source.path, lines: simulatedLines, seed: 1});
    line.end({rows: simulatedLines, seconds: (performance.now() - began) / 1000, reused: false});
  } catch (error) {
    line.fail();
    throw error;
  }
}

/** A forgotten SOURCE_URL must not put the simulated shop in the place of a real one. */
export async function checkSource(
  {source}: Config,
  findLive: () => Promise<Release | undefined>
): Promise<void> {
  if (source.kind !== "simulated") return;
  const live = await findLive();
  if (!live || live.source.name === simulatedName) return;
  throw new UsageError(
    `missing SOURCE_URL: the live release comes from ${live.source.name}; set it (also in .env), or give the simulated shop a home of its own with ASSAY_HOME`
  );
}

/** What a release says of its source: its name, the content of each table, columns the catalog does not know. */
export function describeSource(config: Config, bronze: StepResult[]): Release["source"] {
  const drift = bronze.map(
    (result) => [result.objects[0]!.table, (result.facts.drift as {added: string[]}).added] as const
  );
  return {
    name:
      config.source.kind === "simulated" ? simulatedName : config.source.path.split("/").slice(-2).join("/"),
    files: Object.fromEntries(bronze.map((result) => [result.objects[0]!.table, result.objects[0]!.content])),
    drift: Object.fromEntries(drift.filter(([, added]) => added.length))
  };
}
