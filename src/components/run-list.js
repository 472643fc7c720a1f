import {html} from "htl";
import {counted} from "./format.js";
import {goTo} from "./question.js";
import {addressOf} from "./run-picker.js";
import {began, duration, orchestrated, outcome} from "./run-words.js";

/** Every run: when, how long as a bar, how it ended, what it did, what came of it; each leads to its steps. */
export function RunList(runs, chosen) {
  const most = Math.max(...runs.map(({seconds}) => seconds ?? 0), 0.1);
  return html`<ol class="run-list">
    ${runs.map((run) => row(run, most, run === chosen))}
  </ol>`;
}

function row(run, most, isChosen) {
  const {id, status, seconds} = run;
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goTo(addressOf(run));
    window.scrollTo({top: 0});
  };
  return html`<li data-run=${id} class=${status}>
    <div>
      <a href=${addressOf(run)} aria-current=${isChosen ? "true" : null} onclick=${open}>${began(run)}</a>
      <div class="faint">${id}</div>
    </div>
    <div class="run-bar">
      <span style=${`width:${((seconds ?? 0) / most) * 100}%`}></span><b>${duration(seconds)}</b>
    </div>
    <div>
      <span class="run-outcome">${outcome(run)}</span>
      <div class="faint">${workOf(run)}</div>
    </div>
    <div class="faint">${afterwards(run)}</div>
  </li>`;
}

function workOf({done, reused}) {
  if (done) return `${done} of ${counted(done + reused, "step")} done`;
  return reused ? `all ${counted(reused, "step")} reused` : "no step";
}

function afterwards({release, status, orchestrator}) {
  const by = orchestratorLink(orchestrator);
  const made = release && html`<a href="./releases">${status === "published" ? "" : "still "}${release}</a>`;
  return html`${made ?? ""}${by && made ? html`<br />` : ""}${by ?? ""}`;
}

/** The orchestrator's run, as a link where it has an address that this reader reaches. */
export function orchestratorLink(orchestrator) {
  if (!orchestrator) return null;
  const words = orchestrated({orchestrator});
  return isReached(orchestrator.url ?? "") ? html`<a href=${orchestrator.url}>${words}</a>` : words;
}

/** The loopback is another machine for who reads a site elsewhere. */
function isReached(url) {
  const isLocal = (address) => /^https?:\/\/(localhost|127[.]0[.]0[.]1|\[::1\])([:/]|$)/.test(address);
  return /^https?:\/\//.test(url) && (isLocal(location.origin) || !isLocal(url));
}

/** The columns of the same as a table. */
export const runColumns = [
  {label: "Run", isHead: true, value: ({id}) => id},
  {label: "Began", value: began},
  {label: "Took", isNumber: true, value: ({seconds}) => duration(seconds)},
  {label: "Usually", isNumber: true, value: ({usual}) => (usual === null ? "" : duration(usual))},
  {label: "Ended", value: outcome},
  {label: "Done", isNumber: true, value: ({done}) => String(done)},
  {label: "Reused", isNumber: true, value: ({reused}) => String(reused)},
  {label: "Release", value: ({release}) => release ?? ""},
  {
    label: "Memory",
    isNumber: true,
    value: ({peak_memory}) => (peak_memory === null ? "n/a" : `${Math.round(peak_memory / 1e6)} MB`)
  }
];
