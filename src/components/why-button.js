import {html} from "htl";

/** A small button that asks about a number; `mark` gives `{title, measure, from, to, filters}` (see mark-menu.js). */
export function whyButton(mark, {name, isTabbed = true} = {}) {
  return html`<button
    type="button"
    class="why-button"
    aria-haspopup="menu"
    aria-label=${`Ask about ${name ?? mark().title}`}
    tabindex=${isTabbed ? null : "-1"}
    onclick=${(event) => {
      event.stopPropagation();
      openMenu(mark(), event.currentTarget);
    }}
  >
    why?
  </button>`;
}

/** The button of a mark, nothing where there is no mark. */
export function whyOf(mark, options) {
  return mark ? whyButton(() => mark, options) : null;
}

/** Its code comes when it is first asked for. */
async function openMenu(mark, anchor) {
  const {openMarkMenu} = await import("./mark-menu.js");
  openMarkMenu(mark, anchor);
}

/**
 * Asks of the mark a pointer is on, by a right click or a long press, and by ? on a focused element; `isClicked`: by a
 * click too.
 */
export function askable(node, markAt, {isClicked = false} = {}) {
  let timer;
  const ask = (event) => {
    const mark = markAt(event);
    if (!mark) return;
    event.preventDefault();
    openMenu(mark, event.clientX ? {x: event.clientX, y: event.clientY} : event.target);
  };
  for (const type of ["contextmenu", ...(isClicked ? ["click"] : [])]) node.addEventListener(type, ask);
  node.addEventListener("keydown", (event) => event.key === "?" && ask(event));
  node.addEventListener("pointerdown", (event) => {
    clearTimeout(timer);
    if (event.pointerType !== "mouse") timer = setTimeout(ask, 600, event);
  });
  for (const type of ["pointerup", "pointercancel", "pointermove"])
    node.addEventListener(type, (event) => {
      if (type !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 4) clearTimeout(timer);
    });
  return node;
}

/**
 * A chart whose pointed mark is asked about, by a button at the foot of its bar too (`isFooted`) or by a click
 * (`isClicked`). `markOf(row)` is what is asked of a row.
 */
export function withWhy(chart, markOf, {isFooted = false, isClicked = false} = {}) {
  // over the foot the chart is pointed at no bar, but it is the bar's
  const rowAt = () => chart.value ?? (foot.matches(":hover") ? foot.row : null);
  const markAt = () => {
    const row = rowAt();
    return row ? markOf(row) : null;
  };
  const foot = html`<span class="why-foot" hidden
    >${whyButton(() => markOf(foot.row), {name: "of this bar", isTabbed: false})}</span
  >`;
  const className = `why-chart ${isClicked ? "is-clicked" : ""}`;
  const node = askable(html`<div class=${className}>${chart}${isFooted ? foot : null}</div>`, markAt, {
    isClicked
  });
  // Plot pins its tip at a press of any button, and at the next one points at nothing
  const isAsking = ({button, pointerType}) => button === 2 || (isClicked && pointerType === "mouse");
  node.addEventListener("pointerdown", (event) => isAsking(event) && event.stopPropagation(), {
    capture: true
  });
  if (!isFooted) return node;
  node.addEventListener("pointermove", ({pointerType}) => {
    const row = rowAt();
    foot.hidden = !row || pointerType !== "mouse";
    if (foot.hidden) return;
    foot.row = row;
    const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
    foot.style.left = `${chart.scale("x").apply(row.middle) * scale}px`;
    foot.style.top = `${chart.scale("y").apply(0) * scale}px`;
  });
  node.addEventListener("pointerleave", () => (foot.hidden = true));
  return node;
}
