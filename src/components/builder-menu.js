import {html} from "htl";
import {focusAgain} from "./focus.js";

/**
 * A chip that opens a panel: beside it, or as a sheet from below on a phone. `panel(close)` is made when it opens; Escape,
 * a click beside it and Tab out of it close it and give the focus back.
 */
export function menuChip({id, text, label, panel, isAdd = false}) {
  const button = html`<button
    type="button"
    class=${`builder-chip ${isAdd ? "is-add" : ""}`}
    id=${id}
    aria-haspopup="dialog"
    aria-expanded="false"
    aria-label=${`${label}: ${text}`}
  >
    <span dir="auto">${text}</span><i aria-hidden="true">${isAdd ? "+" : "▾"}</i>
  </button>`;
  const veil = html`<div class="menu-veil"></div>`;
  const place = html`<div class="menu-panel" role="dialog" aria-label=${label} tabindex="-1" hidden></div>`;
  const node = html`<span class="builder-menu">${button}${veil}${place}</span>`;
  const close = ({isBack = true} = {}) => {
    if (place.hidden) return;
    place.hidden = true;
    node.classList.remove("is-open");
    button.setAttribute("aria-expanded", "false");
    place.replaceChildren();
    document.removeEventListener("pointerdown", outside);
    if (isBack) button.focus({preventScroll: true});
  };
  const outside = ({target}) => node.contains(target) || close({isBack: false});
  const open = () => {
    place.replaceChildren(html`<h2 class="menu-title">${label}</h2>`, panel(close));
    place.hidden = false;
    node.classList.add("is-open");
    button.setAttribute("aria-expanded", "true");
    keepInside(place);
    document.addEventListener("pointerdown", outside);
    (place.querySelector("[aria-pressed=true], input, select, button") ?? place).focus({preventScroll: true});
  };
  button.onclick = () => (place.hidden ? open() : close());
  veil.onclick = () => close();
  node.onkeydown = (event) => {
    if (event.key !== "Escape" || place.hidden) return;
    event.stopPropagation();
    close();
  };
  node.addEventListener("focusout", ({relatedTarget}) => {
    if (relatedTarget && !node.contains(relatedTarget)) close({isBack: false});
  });
  return focusAgain(node);
}

/** Choices of which one is in force: `{value, label, note}`; picking one closes the panel. */
export function choices(list, {value, onPick}) {
  return html`<div class="menu-choices" role="group">
    ${list.map(
      (one) =>
        html`<button
          type="button"
          class="menu-choice"
          aria-pressed=${String(one.value === value)}
          title=${one.note ?? null}
          onclick=${() => onPick(one.value)}
        >
          <span dir="auto">${one.label}</span
          >${one.count === undefined ? "" : html`<small>${one.count}</small>`}
        </button>`
    )}
  </div>`;
}

/** Choices of which several may be in force; at most `most`, at least `least`, which "Apply" hands over in order. */
export function checks(list, {values, least = 0, most = Infinity, onApply}) {
  const chosen = new Set(values);
  const hint = html`<p class="menu-hint" role="status"></p>`;
  const apply = html`<button type="button" class="primary" onclick=${() => onApply([...chosen])}>
    Apply
  </button>`;
  const tell = () => {
    apply.disabled = chosen.size < least || chosen.size > most;
    hint.textContent =
      chosen.size > most ? `At most ${most} at once` : chosen.size < least ? `At least ${least}` : "";
  };
  const change = (value, isOn) => {
    if (isOn) chosen.add(value);
    else chosen.delete(value);
    tell();
  };
  const rows = html`<div class="menu-choices"></div>`;
  const draw = (shown) => rows.replaceChildren(...shown.map((one) => checkRow(one, chosen, change)));
  draw(list);
  tell();
  return {rows, foot: html`<div class="menu-foot">${hint}${apply}</div>`, draw, chosen};
}

function checkRow({value, label, count, note}, chosen, change) {
  const input = html`<input type="checkbox" />`;
  input.checked = chosen.has(value);
  input.onchange = () => change(value, input.checked);
  return html`<label class="menu-check" title=${note ?? null}>
    ${input}<span dir="auto">${label}</span>${count === undefined ? "" : html`<small>${count}</small>`}
  </label>`;
}

function keepInside(place) {
  place.style.left = "0";
  const {right} = place.getBoundingClientRect();
  const over = right - (document.documentElement.clientWidth - 16);
  if (over > 0) place.style.left = `${-over}px`;
}
