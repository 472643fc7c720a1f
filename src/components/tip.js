import {html} from "htl";

let tip;

/** Shows the text of any element's `data-tip` on hover, focus and tap; started once by `startTips()`. */
export function startTips() {
  if (tip) return;
  tip = html`<div class="hover-tip" role="tooltip" hidden></div>`;
  document.body.append(tip);
  for (const type of ["pointerover", "focusin", "click"])
    document.addEventListener(type, ({target}) => show(target.closest?.("[data-tip]")));
  document.addEventListener("keydown", ({key}) => key === "Escape" && show(null));
  document.addEventListener("scroll", () => show(null), {capture: true, passive: true});
}

function show(element) {
  tip.hidden = !element;
  if (!element) return;
  tip.textContent = element.dataset.tip;
  const box = element.getBoundingClientRect();
  const width = tip.offsetWidth;
  const left = Math.max(8, Math.min(box.left + box.width / 2 - width / 2, window.innerWidth - width - 8));
  const above = box.top - tip.offsetHeight - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
}
