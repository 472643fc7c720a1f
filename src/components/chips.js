import {html} from "htl";
import {focusAgain} from "./focus.js";
import {counted, exact, span} from "./format.js";
import {ask, dimensions, toggled} from "./question.js";

/**
 * The filters in force as chips that undo themselves, how many sales lines they leave, and a reset. `offered` are the
 * dimensions there are; `onAsk(changes)` goes to the question so changed; `hint` says what else chooses.
 */
export function Chips(
  question,
  {
    lines,
    all,
    offered = dimensions,
    hint = ", drag on the bars to choose days",
    onAsk = (changes) => ask(question, changes)
  }
) {
  const chips = offered.flatMap(({name, label}) =>
    (question.filters[name] ?? []).map((member) => ({
      text: `${label}: ${member ?? "n/a"}`,
      undo: {filters: toggled(question.filters, name, member, {adds: true})}
    }))
  );
  if (question.period === null) chips.push({text: span(question.from, question.to), undo: {period: "12m"}});
  return focusAgain(
    html`<div class="chips">
      ${chips.length ? null : html`<span class="chips-none">No filter: ${counted(lines, "sales line")}. Click a member to filter, shift-click to add${hint}.</span>`}
      ${chips.map(
        ({text, undo}, i) =>
          html`<button
            class="chip"
            id=${`chip-${i}`}
            aria-label=${`Remove ${text}`}
            onclick=${() => onAsk(undo)}
          >
            <span>${text}</span><i aria-hidden="true">×</i>
          </button>`
      )}
      ${
        chips.length
          ? html`<span class="chips-count"
                >${lines === null ? "" : `${exact(lines)} of ${counted(all, "sales line")}`}</span
              >
              <button
                class="reset"
                id="reset"
                onclick=${() => onAsk({filters: {}, period: question.period ?? "12m"})}
              >
                Reset
              </button>`
          : null
      }
    </div>`
  );
}
