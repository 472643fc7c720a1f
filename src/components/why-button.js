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

/** Its code comes when it is first asked for. */
async function openMenu(mark, anchor) {
  const {openMarkMenu} = await import("./mark-menu.js");
  openMarkMenu(mark, anchor);
}

/** Asks of the mark a pointer is on, by a right click or a long press, and by ? on a focused element. */
export function askable(node, markAt) {
  let timer;
  const ask = (event) => {
    const mark = markAt(event);
    if (!mark) return;
    event.preventDefault();
    openMenu(mark, event.clientX ? {x: event.clientX, y: event.clientY} : event.target);
  };
  node.addEventListener("contextmenu", ask);
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

/** A chart whose pointed bar offers a button at its foot. `markOf(row)` is what is asked of a row. */
export function withWhy(chart, markOf, {isFooted = false} = {}) {
  // over the foot the chart is pointed at no bar, but it is the bar's
  const rowAt = () => chart.value ?? (foot.matches(":hover") ? foot.row : null);
  const markAt = () => {
    const row = rowAt();
    return row ? markOf(row) : null;
  };
  const foot = html`<span class="why-foot" hidden
    >${whyButton(() => markOf(foot.row), {name: "of this bar", isTabbed: false})}</span
  >`;
  const node = askable(html`<div class="why-chart">${chart}${isFooted ? foot : null}</div>`, markAt);
  // Plot pins its tip at a press of any button, and at the next one points at nothing
  node.addEventListener("pointerdown", (event) => event.button === 2 && event.stopPropagation(), {
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
