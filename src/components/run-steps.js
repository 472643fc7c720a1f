/** The steps of a run of `runs.json`, in the order they began, as objects; a step that failed is the last. */
export function stepsOf({names, whys}, {steps, failed}) {
  const rows = (steps ?? []).map(([name, began, seconds, rows, usual, why]) => ({
    ...{step: names[name], began, seconds, rows, usual},
    reused: why < 0,
    why: whys[why] || null
  }));
  return failed
    ? [...rows, {...failed, rows: null, usual: null, reused: false, why: null, hasFailed: true}]
    : rows;
}

/** As long as so few steps were done, each has its row; beyond, those that took this share of the run. */
const [few, share] = [15, 0.03];

/**
 * The rows of a timeline, `{label, brief, steps}`: stage by stage, one for each step that was done or failed, one for all
 * of a stage that were reused, and, where very many were done, one for those of a stage that took next to nothing; with
 * `isAll` one for each step.
 */
export function timelineRows(steps, seconds, {isAll = false} = {}) {
  const stages = [...new Set(steps.map(({step}) => stageOf(step)))];
  const done = steps.filter(({reused}) => !reused);
  const least = done.length > few ? share * (seconds ?? 0) : 0;
  return stages.flatMap((stage) => {
    const own = steps.filter(({step}) => stageOf(step) === stage);
    return isAll ? own.map(rowOf) : foldedRows(stage, own, least);
  });
}

function foldedRows(stage, own, least) {
  const isShown = (step) => step.hasFailed || step.seconds >= least;
  const done = own.filter(({reused}) => !reused);
  const [shown, short] = [done.filter(isShown), done.filter((step) => !isShown(step))];
  const reused = own.filter((step) => step.reused);
  return [...shown.map(rowOf), ...fold(stage, short, shown.length > 0), ...fold(stage, reused)];
}

/** Steps that were done, the longest first. */
export function longestFirst(steps) {
  return steps.filter(({reused}) => !reused).toSorted((a, b) => b.seconds - a.seconds);
}

function rowOf(step) {
  const label = step.step.replace(/^extract /, "");
  return {label, brief: label.replace(/\.json$/, ""), steps: [step]};
}

/** Steps of a stage in one row; one alone has its own. */
function fold(stage, steps, isRest = false) {
  if (steps.length < 2) return steps.map(rowOf);
  const name = stage === "extract" ? "extracts" : `of ${stage}`;
  const label = `${steps.length} ${isRest ? "other " : ""}${name}`.replace("other of", "others of");
  return [{label, brief: label, steps}];
}

function stageOf(step) {
  return step.split(" ")[0];
}
