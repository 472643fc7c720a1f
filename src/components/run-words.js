import {counted, decimals, exact, list} from "./format.js";
import {moment} from "./release-words.js";
import {longestFirst} from "./run-steps.js";

/** `26.3 s`, `1 min 53 s`, `2 h 5 min`; "n/a" where a run has not ended. */
export function duration(seconds) {
  if (seconds === null) return "n/a";
  if (seconds < 99.95) return `${decimals(seconds, 1)} s`;
  const [minutes, rest] = [Math.floor(Math.round(seconds) / 60), Math.round(seconds) % 60];
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** When a run began, in UTC. */
export function began({began_at}) {
  return moment({published_at: began_at});
}

/** What became of a run. */
export function outcome({status, failed}) {
  if (status === "failed") return failed ? `failed at ${failed.step}` : "failed";
  const words = {
    published: "published",
    unchanged: "nothing new",
    held: "held back",
    interrupted: "interrupted",
    unpublished: "not published",
    running: "was running"
  };
  return words[status] ?? status;
}

/** Who carried a run out, where that was an orchestrator: `Dagster run abcd1234`. */
export function orchestrated({orchestrator}) {
  return orchestrator && `${orchestrator.name} run ${orchestrator.run.slice(0, 8)}`;
}

/** A run in a sentence or two: what it did, for how long, what took longest and what became of it. */
export function runSentence(run, steps, isLast) {
  const which = `${isLast ? "The last run" : "The run"} of ${began(run)}`;
  return [`${which} ${didWords(run, steps)}${becameWords(run)}.`, usualWords(run), causeWords(run)]
    .filter(Boolean)
    .join(" ");
}

function didWords({status, seconds, done, reused}, steps) {
  if (status === "running") return "had not ended when this page was made";
  if (status === "unpublished") return "made some of the steps and published nothing";
  if (status === "interrupted") return "was interrupted: its process ended";
  const all = done + reused;
  const [longest] = longestFirst(steps);
  const most =
    longest && done > 1 && !longest.hasFailed
      ? `, ${longest.step} the longest with ${duration(longest.seconds)}`
      : "";
  const work = done
    ? `did ${done} of ${counted(all, "step")}${most}`
    : all
      ? `found all ${counted(all, "step")} done`
      : "did no step";
  return `took ${duration(seconds)} and ${work}`;
}

function becameWords({status, failed}) {
  if (status === "failed")
    return failed
      ? `; it failed at ${failed.step}, and nothing was published`
      : "; it failed, and nothing was published";
  return (
    {unchanged: "; it changed nothing", held: "; it was held back", published: "; it published a release"}[
      status
    ] ?? ""
  );
}

function usualWords({seconds, usual}) {
  if (usual === null || seconds === null) return "";
  return `Runs with as much to do usually take ${duration(usual)}.`;
}

function causeWords({causes, done}) {
  if (!causes.length) return "";
  if (causes[0].why === "first time" && causes[0].count === done)
    return "Everything was done for the first time.";
  const said = causes
    .slice(0, 2)
    .map(
      ({why, steps, count}) =>
        `${stepsWords(steps, count)}, ${why === "first time" ? "for the first time" : `because ${why}`}`
    );
  const rest = causes.length - said.length;
  return `It began with ${[...said, ...(rest > 0 ? [`others for ${counted(rest, "more reason")}`] : [])].join(", and ")}.`;
}

function stepsWords(steps, count) {
  return count > 2 ? counted(count, "step") : list(steps);
}

/** How the runs of a list ended: `8 published, 20 nothing new and 2 failed`. */
export function endingsSentence(runs) {
  const counts = new Map();
  for (const {status} of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(
    ([status, count]) => `${exact(count)} ${status === "unchanged" ? "found nothing new" : outcome({status})}`
  );
  return runs.length === 1 ? `One run: ${parts[0]}` : `The last ${runs.length} runs: ${list(parts)}`;
}
