import type {Config} from "../config.ts";
import {openProgress} from "../progress.ts";
import {readGraph} from "../stepwise/graph.ts";
import {tableOf} from "./table.ts";

/** `assay graph`: every asset, the step that makes it and what it reads. */
export async function graphWord(config: Config, options: {json?: boolean}): Promise<void> {
  const graph = await readGraph(config, openProgress());
  if (options.json) return console.log(JSON.stringify(graph));
  const rows = graph.assets.map(({name, step, reads, checks}) => ({
    asset: name,
    step,
    checks: checks.length,
    reads:
      reads.length > 4 ? `${reads.slice(0, 3).join(", ")} and ${reads.length - 3} more` : reads.join(", ")
  }));
  process.stdout.write(tableOf(rows, ["asset", "step", "checks", "reads"]));
}
