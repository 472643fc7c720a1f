import {resolve} from "node:path";
import {UsageError} from "../config.ts";
import {openProgress} from "../progress.ts";
import {simulate} from "../source/simulate.ts";

/** `assay simulate`: writes the exports of an invented shop. */
export async function simulateWord(options: {to: string; lines: string; seed: string}): Promise<void> {
  const to = resolve(options.to);
  const lines = wholeNumber("--lines", options.lines);
  const seed = wholeNumber("--seed", options.seed);
  const line = openProgress().begin(`simulate ${to}`);
  const began = performance.now();
  try {
    await simulate({to, lines, seed});
  } catch (error) {
    line.fail();
    throw error;
  }
  line.end({rows: lines, seconds: (performance.now() - began) / 1000, reused: false});
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new UsageError(`invalid ${option}: ${text} (a whole number of 0 or more)`);
  return number;
}
