import type {Config} from "../config.ts";
import {openLake} from "../lake/lake.ts";
import {worstFirst} from "../memory.ts";
import {findPointer} from "../pointer.ts";
import {findCurrent} from "../release.ts";
import {listRuns} from "../run.ts";

/** `assay status`: the live release, the last run, whether it adds up. */
export async function statusWord(config: Config, options: {json?: boolean}): Promise<void> {
  const lake = openLake(config);
  const release = await findCurrent(lake);
  const pointer = await findPointer(lake);
  const [run] = await listRuns(lake, 1);
  const count = (layer: string) =>
    (release?.objects ?? [])
      .filter((object) => object.layer === layer)
      .reduce((rows, object) => rows + object.rows, 0);
  const warned = worstFirst(release?.checks ?? []).filter(({status}) => status !== "pass");
  const facts = {
    release: release?.id ?? null,
    published_at: release?.published_at ?? null,
    data_through: release?.data_through.whole ?? null,
    source: release?.source.name ?? null,
    rows: {bronze: count("bronze"), silver: count("silver"), gold: count("gold")},
    rejects: count("rejects"),
    corrections: count("corrections"),
    ledger_lines: release?.ledger.length ?? 0,
    unexplained: release?.ledger.filter((line) => line.unexplained !== "0").length ?? 0,
    checks: release?.checks.length ?? 0,
    warnings: warned.map(({name, failures, detail, description}) => ({
      name,
      failures,
      detail: detail ?? description
    })),
    held: pointer?.held ?? null,
    last_run: run ? {id: run.id, status: run.status, ended_at: run.ended_at, error: run.error} : null
  };
  if (options.json) return console.log(JSON.stringify(facts));
  if (!release) console.log("nothing is published yet: run npx assay refresh");
  else
    console.log(
      `release ${release.id}, published ${release.published_at}\n` +
        `source: ${facts.source}, data through ${facts.data_through ?? "n/a"}\n` +
        `rows: ${Object.entries(facts.rows)
          .map(([layer, rows]) => `${layer} ${rows.toLocaleString("en")}`)
          .join(", ")}\n` +
        `on record: ${facts.rejects.toLocaleString("en")} rejects, ${facts.corrections.toLocaleString("en")} corrections\n` +
        `ledger: ${facts.ledger_lines} lines, ${facts.unexplained} unexplained; ${facts.checks} checks` +
        facts.warnings
          .map(({name, detail}) => `\nwarning: ${detail || name} (npx assay checks ${name})`)
          .join("")
    );
  if (facts.held)
    console.log(
      `held since ${facts.held.since}: ${facts.held.reason}; npx assay resume lets refreshes publish again`
    );
  if (run) console.log(`last run ${run.id}: ${run.status}${run.error ? `\n${run.error}` : ""}`);
}
