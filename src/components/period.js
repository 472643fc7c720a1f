import {html} from "htl";
import {focusAgain} from "./focus.js";
import {span} from "./format.js";
import {ask, comparisons, presetsOf} from "./question.js";

let isSheetOpen = false;

/**
 * The picker of the span and of what it is compared with; on a phone it opens from a button as a sheet.
 * `onAsk(changes)` goes to the question so changed.
 */
export function PeriodPicker(question, figures, {onAsk = (changes) => ask(question, changes)} = {}) {
  const sheet = html`<div class="period-sheet" id="period-sheet">
    ${segments(question, presetsOf(figures), onAsk)} ${comparison(question, onAsk)}
    <span class="period-range">${span(question.from, question.to)}</span>
  </div>`;
  const opener = html`<button
    class="period-open"
    id="period-open"
    aria-expanded="false"
    aria-controls="period-sheet"
  >
    <b>${question.label}</b> <span>vs ${comparisons.find(({name}) => name === question.compare).label}</span>
  </button>`;
  const veil = html`<div class="period-veil"></div>`;
  const node = html`<div class="period">${opener}${veil}${sheet}</div>`;
  const show = (isOpen) => {
    isSheetOpen = isOpen;
    node.classList.toggle("is-open", isOpen);
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  opener.onclick = () => {
    show(!isSheetOpen);
    if (isSheetOpen) sheet.querySelector("button, select").focus();
  };
  veil.onclick = () => show(false);
  node.onkeydown = ({key}) => {
    if (key !== "Escape" || !isSheetOpen) return;
    show(false);
    opener.focus();
  };
  show(false);
  return focusAgain(node);
}

function segments(question, presets, onAsk) {
  const choice = ({period, label}) =>
    html`<button
      id=${`period-${period}`}
      aria-pressed=${String(period === question.period)}
      onclick=${() => onAsk({period})}
    >
      ${label}
    </button>`;
  const custom =
    question.period === null
      ? html`<button id="period-custom" aria-pressed="true">Chosen days</button>`
      : null;
  return html`<div class="segments" role="group" aria-label="Period">${presets.map(choice)}${custom}</div>`;
}

function comparison(question, onAsk) {
  const select = html`<select id="compare" onchange=${() => onAsk({asked: select.value})}>
    ${comparisons.map(
      ({name, label}) => html`<option value=${name} selected=${name === question.compare}>${label}</option>`
    )}
  </select>`;
  return html`<label class="labelled"><span>compared with</span>${select}</label>`;
}
