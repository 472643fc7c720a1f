import {html} from "htl";
import {focusAgain} from "./focus.js";
import {goTo} from "./question.js";
import {began, duration, outcome} from "./run-words.js";

/** The run that an address asks for by its id or the beginning of it: the last one unless it names another. */
export function chosenRun(search, runs) {
  return askedRun(search, runs) ?? runs[0] ?? null;
}

/** Whether an address names a run that is not there. */
export function isAskedInVain(search, runs) {
  return Boolean(new URLSearchParams(search).get("run")) && !askedRun(search, runs);
}

function askedRun(search, runs) {
  const id = new URLSearchParams(search).get("run");
  return id ? runs.find((run) => run.id.startsWith(id)) : undefined;
}

/** Whether an address asks for every step. */
export function isAllAsked(search) {
  return new URLSearchParams(search).get("steps") === "all";
}

/** The address of a run. */
export function addressOf({id}, {isAll = false} = {}) {
  return `?${new URLSearchParams({run: id, ...(isAll && {steps: "all"})})}`;
}

/** A picker of the run whose steps are shown. */
export function RunPicker(runs, chosen, {isAll}) {
  const select = html`<select id="run" onchange=${() => goTo(addressOf({id: select.value}, {isAll}))}>
    ${runs.map(
      (run) =>
        html`<option value=${run.id} selected=${run === chosen}>
          ${[began(run), outcome(run), duration(run.seconds)].join(" · ")}
        </option>`
    )}
  </select>`;
  return focusAgain(
    html`<div class="release-picker">
      <label class="labelled"><span>Run</span>${select}</label>
    </div>`
  );
}
