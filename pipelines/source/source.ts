import {existsSync} from "node:fs";
import type {Config} from "../config.ts";
import type {Progress} from "../progress.ts";
import {simulate} from "./simulate.ts";

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
