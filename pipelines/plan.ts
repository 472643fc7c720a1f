import type {Config} from "./config.ts";
import {changedRules, type Diff} from "./diff/diff.ts";
import {makeDiff} from "./diff/find.ts";
import {bronzeOf} from "./1-bronze/published.ts";
import {readPages} from "./lineage/pages.ts";
import {tidyWarehouse} from "./live.ts";
import type {Progress} from "./progress.ts";
import {carry} from "./refresh.ts";
import {contentOfRelease, readCurrent, type Release} from "./release.ts";
import {readRules} from "./rules.ts";
import {runnerOf} from "./run.ts";
import type {Context, StepRun} from "./step.ts";
import {withWork} from "./work.ts";

/** What the files on disk would make of the published release's source rows. `error` says why it would not be published. */
export type Plan = {
  release: string;
  steps: {step: string; why: string}[];
  diff: Diff | null;
  /** What the pages show that would be another. */
  pages: {page: string; title: string; extract: string; charts: string[]}[];
  error: string | null;
};

/** Makes everything that the files on disk say, from the bronze of the published release, and compares; publishes nothing. */
export function plan(config: Config, {progress}: {progress: Progress}): Promise<Plan> {
  return withWork(config, {task: "plan", progress, wait: false}, (open, lake) =>
    open(async (context) => {
      const live = await readCurrent(lake);
      const edited = changedRules(live, {rules: await readRules(config.root)});
      const outcome = await makeDraft({...context, config: {...config, today: live.today}}, live).catch(
        (error: Error) => ({diff: null, error: error.message})
      );
      const pages = await pagesOf(config.root, outcome.diff);
      return {release: live.id, steps: doneAnew(context.steps, edited), pages, ...outcome};
    })
  );
}

async function makeDraft(context: Context, live: Release): Promise<Pick<Plan, "diff" | "error">> {
  const {config, lake} = context;
  const run = {id: "plan", by: runnerOf(config.home)};
  const origin = {bronze: bronzeOf(live), source: () => live.source, before: live, run, wait: false};
  return carry(context, origin, async (warehouse, draft) => {
    await tidyWarehouse(context, warehouse);
    if (contentOfRelease(draft) === live.content) return {diff: null, error: null};
    const after = {...draft, id: "the edit on disk", published_at: null};
    return {diff: await makeDiff(config, lake, live, after), error: null};
  });
}

/** The pages and charts that read an extract whose content differs. */
async function pagesOf(root: string, diff: Diff | null): Promise<Plan["pages"]> {
  const extracts = (diff?.others ?? []).filter(({layer}) => layer === "extracts").map(({table}) => table);
  const pages = extracts.length ? await readPages(root) : [];
  return pages.flatMap(({path, title, charts}) =>
    extracts.flatMap((extract) => {
      const own = charts.filter((chart) => chart.extracts.includes(extract)).map(({name}) => name);
      return own.length ? [{page: path, title, extract, charts: [...new Set(own)]}] : [];
    })
  );
}

/** The steps that were done again, and the file that was edited, or what comes before. */
function doneAnew(steps: StepRun[], edited: string[]): Plan["steps"] {
  const done = steps.filter(({reused}) => !reused).map(({step}) => step);
  return done.map((step, n) => {
    const own = edited.filter((file) => decides(file, step));
    const why = own.length
      ? `${own.join(", ")}: edited`
      : n
        ? `what it reads is another`
        : "its code was edited";
    return {step, why};
  });
}

function decides(file: string, step: string): boolean {
  const [stage, name] = step.split(" ") as [string, string];
  if (stage === "extract") return file === `loaders/${name}.sql`;
  if (stage === "marts") return file.startsWith("dbt/");
  if (stage === "monitors") return file.startsWith("pipelines/monitors/");
  if (stage === "measures") return file.startsWith("dbt/models/semantic/");
  return file === `pipelines/${stage === "silver" ? "2-silver" : "3-gold"}/${name}.sql`;
}
