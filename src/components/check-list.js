import {html} from "htl";
import {counted} from "./format.js";

/** The checks of the release: those that failed or warned one by one, those that passed folded away. */
export function checkList(checks) {
  if (!checks.length) return html`<p class="empty">This release has no checks on record.</p>`;
  const passed = checks.filter(({status}) => status === "pass");
  const others = checks.filter(({status}) => status !== "pass");
  return html`<div class="checks">
    ${
      others.length
        ? html`<ul>
            ${others.map(checkNode)}
          </ul>`
        : ""
    }
    <details class="reason">
      <summary>
        <span class="reason-name"
          ><span class="dot good" aria-hidden="true"></span>${counted(passed.length, "check")} passed</span
        >
        <span class="where faint">${kinds(passed)}</span>
      </summary>
      <ul>
        ${passed.map(checkNode)}
      </ul>
    </details>
  </div>`;
}

function checkNode({name, status, failures, description, detail}) {
  return html`<li>
    <span
      class=${`dot ${status === "pass" ? "good" : status === "warn" ? "warn" : "bad"}`}
      aria-hidden="true"
    ></span>
    <span class="check-name"
      >${(status !== "pass" && detail) || description || name.replaceAll("_", " ")}</span
    >
    <span class="number">${status === "pass" ? "passed" : `${status}, ${counted(failures, "row")}`}</span>
  </li>`;
}

function kinds(checks) {
  return [...new Set(checks.map(({kind}) => kind))].join(", ");
}
