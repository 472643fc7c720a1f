import {engineVersion} from "../engine/duckdb.ts";
import type {StepRun} from "../step.ts";
import {assertedOf} from "./assertions.ts";
import {type Dataset, facet, type Facets, producer, type RunEvent, runIdOf, schemaURL} from "./event.ts";
import {jobOf} from "./names.ts";
import {inLake, inWarehouse} from "./tables.ts";
import type {Told} from "./told.ts";

/** A run of a job from its beginning to its end; `parent` is the job it is part of, if not the run's own. */
type Part = {
  job: string;
  type: "DAG" | "TASK" | "MODEL" | "TEST";
  parent?: string;
  began: string;
  ended: string;
  facets?: Facets;
  inputs?: Dataset[];
  outputs?: Dataset[];
  failed?: string | undefined;
};

/** The event that a run begins with. */
export function beginOf(told: Told): RunEvent {
  return eventsOf(told, whole(told))[0];
}

/**
 * The events that a run ends with: of each step that was done, of each mart, of the checks, and of the run itself. Steps
 * that were reused are told of only when a release is published, by the tag `reused`: so each release is told of whole.
 */
export function endOf(told: Told): RunEvent[] {
  const {run, failed} = told;
  const steps = run.steps.filter(({reused}) => !reused || run.status === "published");
  const parts = steps.flatMap((step) => [
    partOf(told, step),
    ...(step.step === "marts (dbt)" ? martsOf(told, step) : [])
  ]);
  const [began, ended] = [run.began_at, endedAt(told)];
  if (failed?.step)
    parts.push({...taskOf(failed.step), began: failed.began_at ?? ended, ended, failed: failed.message});
  const inputs = steps.length || failed ? assertedOf(told) : [];
  if (inputs.length) parts.push({job: "checks", type: "TEST", began, ended, inputs});
  return [...parts.flatMap((part) => eventsOf(told, part)), eventsOf(told, whole(told))[1]];
}

function whole(told: Told): Part {
  const {job, version, run, failed} = told;
  const facets = facet("processing_engine", {name: "assay", version});
  return {job, type: "DAG", began: run.began_at, ended: endedAt(told), facets, failed: failed?.message};
}

function endedAt({run}: Told): string {
  return run.ended_at ?? run.began_at;
}

function taskOf(step: string): Pick<Part, "job" | "type" | "facets"> {
  const isOfLake = !/^(warehouse|marts) /.test(step);
  const [name, version] = engineVersion.split(" ");
  return {
    job: jobOf(step),
    type: "TASK",
    ...(isOfLake && {facets: facet("processing_engine", {name, version})})
  };
}

function partOf(told: Told, step: StepRun): Part {
  const {names} = told;
  const [kind = "", table = ""] = step.step.split(/ (.*)/s);
  const read = Object.keys(step.from?.inputs ?? {});
  const outputs: Record<string, () => Dataset[]> = {
    silver: () => [
      inLake(told, "silver", table, step),
      ...["rejects", "corrections"].map((layer) => inLake(told, layer, table, step, false))
    ],
    warehouse: () => read.map((name) => inWarehouse(told, "gold", name.replace(/^gold\./, ""), step)),
    extract: () => [inLake(told, "extracts", table, step)]
  };
  for (const layer of ["bronze", "gold"]) outputs[layer] = () => [inLake(told, layer, table, step)];
  const task = taskOf(step.step);
  return {
    ...task,
    ...timesOf(step),
    facets: {...task.facets, ...tagsOf(step)},
    inputs: kind === "bronze" ? [names.source(table)] : read.flatMap(names.inputs),
    outputs: outputs[kind]?.() ?? []
  };
}

/** The models of dbt's step, each a job of its own below it: a table is in the warehouse and in the lake, which has it back. */
function martsOf(told: Told, step: StepRun): Part[] {
  const {release, reads, names} = told;
  return Object.keys(release?.dbt?.selects ?? {}).map((model): Part => {
    const inputs = (reads?.get(`marts.${model}`)?.reads ?? []).flatMap(names.warehouseInputs);
    const isView = release?.views[model] !== undefined;
    return {
      job: `marts.${model}`,
      type: "MODEL",
      parent: jobOf(step.step),
      ...timesOf(step),
      facets: tagsOf(step),
      inputs,
      outputs: [inWarehouse(told, "marts", model, step), inLake(told, "marts", model, step, !isView)]
    };
  });
}

function tagsOf({reused}: StepRun): Facets {
  return reused ? facet("tags", {tags: [{key: "reused", value: "true", source: "assay"}]}) : {};
}

function timesOf({began_at, seconds}: StepRun): {began: string; ended: string} {
  const began = began_at ?? new Date(0).toISOString();
  return {began, ended: new Date(Date.parse(began) + Math.round(seconds * 1000)).toISOString()};
}

/** START with the names of what is read and written, and COMPLETE or FAIL with all that is known of it. */
function eventsOf(told: Told, part: Part): [RunEvent, RunEvent] {
  const {job, type, inputs = [], outputs = [], failed} = part;
  const {namespace} = told;
  const of = (name: string) => ({run: {runId: runIdOf(told.run.id, name)}, job: {namespace, name}});
  const parent =
    job === told.job ? {} : facet("parent", {...of(part.parent ?? told.job), root: of(told.job)});
  const event = (eventType: RunEvent["eventType"], eventTime: string, facets: Facets = {}): RunEvent => ({
    eventType,
    eventTime,
    producer,
    schemaURL,
    run: {...of(job).run, facets: {...parent, ...part.facets, ...facets}},
    job: {
      ...of(job).job,
      facets: facet("jobType", {processingType: "BATCH", integration: "ASSAY", jobType: type})
    },
    inputs,
    outputs
  });
  const places = (datasets: Dataset[]) => datasets.map(({namespace, name}) => ({namespace, name}));
  return [
    {...event("START", part.began), inputs: places(inputs), outputs: places(outputs)},
    failed === undefined
      ? event("COMPLETE", part.ended)
      : event("FAIL", part.ended, facet("errorMessage", {message: failed, programmingLanguage: "TypeScript"}))
  ];
}
