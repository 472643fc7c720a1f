import {existsSync} from "node:fs";
import {isDeepStrictEqual} from "node:util";
import {type SourceTable, sources} from "../catalog.ts";
import {type Config, nameOfMysql, UsageError} from "../config.ts";
import type {Progress} from "../progress.ts";
import type {ReadFrom, Release} from "../release.ts";
import {contentOfTable, type StepResult} from "../step.ts";
import {driftOf, type Shape} from "./drift.ts";
import {simulate} from "./simulate.ts";

/** What a release says of its source where the shop is simulated. */
export const simulatedName = "simulated shop";

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
export function checkSource({source}: Config, live: Release | undefined): void {
  if (source.kind !== "simulated" || !live || live.source.name === simulatedName) return;
  throw new UsageError(
    `missing SOURCE_URL: the live release comes from ${live.source.name}; set it (also in .env), or give the simulated shop a home of its own with ASSAY_HOME`
  );
}

/** What a release says of its source; `before` is what the release before it said. */
export function describeSource(
  {source}: Config,
  bronze: StepResult[],
  before: Release["source"] | undefined
): Release["source"] {
  const name =
    source.kind === "mysql"
      ? nameOfMysql(source)
      : source.kind === "simulated"
        ? simulatedName
        : source.path.split("/").slice(-2).join("/");
  const tables = bronze.map((result, n) => ({table: sources[n]!, result}));
  const byTable = <T>(tell: (table: SourceTable, result: StepResult) => T) =>
    Object.fromEntries(tables.map(({table, result}) => [table.name, tell(table, result)]));
  const shapes = byTable((_, {facts}) => facts.shape as Shape);
  const files = byTable((_, {objects}) => contentOfTable(objects));
  const drift = byTable((table) => driftOf(table, shapes[table.name]!, before?.shapes?.[table.name]));
  const isSame = isDeepStrictEqual([before?.files, before?.shapes], [files, shapes]);
  return {
    name,
    files,
    shapes,
    // the same source says the same again, so that it is not another release
    drift: isSame
      ? before!.drift
      : Object.fromEntries(Object.entries(drift).filter(([, lines]) => lines.length)),
    ...(source.kind === "mysql" && {read: byTable((_, {facts}) => facts.read as ReadFrom)})
  };
}
