import {html} from "htl";
import {focusAgain} from "./focus.js";
import {counted, exact} from "./format.js";
import {filtersOf} from "./crossfilter-view.js";

/**
 * The filters of a view as chips that undo themselves, with what they leave: `sums` are exact numbers by measure, null
 * while they are being asked. `onChange(view)` gets the view without one; `measures` are the definitions of the sums.
 */
export function CrossfilterChips(view, {frame, sums, measures, onChange, onReset}) {
  const filters = filtersOf(view, frame);
  return focusAgain(
    html`<div class="chips cf-chips">
      ${filters.map(
        ({label, text, without}, n) =>
          html`<button
            class="chip"
            id=${`chip-${n}`}
            aria-label=${`Remove ${brief(`${label}: ${text}`)}`}
            onclick=${() => onChange(without)}
          >
            <span>${brief(`${label}: ${text}`)}</span><i aria-hidden="true">×</i>
          </button>`
      )}
      ${filters.length ? html`<button class="reset" id="reset" onclick=${onReset}>Reset</button>` : null}
      <span class=${`chips-count ${sums ? "" : "is-stale"}`} role="status"
        >${sums ? sentence(sums, frame, measures) : "Adding up …"}</span
      >
    </div>`
  );
}

function sentence(sums, frame, measures) {
  const lines =
    Number(sums.lines) === frame.lines
      ? counted(frame.lines, "sales line")
      : `${exact(sums.lines)} of ${counted(frame.lines, "sales line")}`;
  const parts = measures.map(
    ({name, label}) =>
      html` ·
        <b data-sum=${name} data-value=${sums[name] ?? ""}>${exact(sums[name])}</b> ${label.toLowerCase()}`
  );
  return html`<span data-sum="lines" data-value=${sums.lines}>${lines}</span>${parts}`;
}

function brief(text) {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
