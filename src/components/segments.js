import {html} from "htl";
import {focusAgain} from "./focus.js";

/** A group of buttons of which one is pressed: `choices` are `{value, label}`. */
export function Segments(choices, {id, label, value, onChange}) {
  return focusAgain(
    html`<div class="segments" role="group" aria-label=${label}>
      ${choices.map(
        (choice) =>
          html`<button
            id=${`${id}-${choice.value}`}
            aria-pressed=${String(choice.value === value)}
            onclick=${() => onChange(choice.value)}
          >
            ${choice.label}
          </button>`
      )}
    </div>`
  );
}
