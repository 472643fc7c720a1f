import type {Config} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {findChanged} from "../source/changed.ts";
import {checkSource} from "../source/source.ts";
import {findCurrent} from "../release.ts";

/** `assay changed`: whether the source changed since the last refresh that ended well, or since a position. */
export async function changedWord(config: Config, options: {since?: string; json?: boolean}): Promise<void> {
  const lake = openLake(config);
  checkSource(config, await findCurrent(lake));
  const found = await findChanged(config, lake, options.since);
  if (options.json) return console.log(JSON.stringify(found));
  const word = {true: "changed", false: "not changed", null: "not known"}[String(found.changed)];
  console.log(`${word}: ${found.why}\nposition ${found.position}`);
}
