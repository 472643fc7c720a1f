import {svg} from "htl";

/**
 * Lets a pointer choose days on a chart over time: a mouse click takes one bar, a drag takes the bars it touches.
 * `rows` have `x1`, `x2`, `from` and `to`. A tap is left to the tooltip, a vertical swipe to the page.
 */
export function brush(chart, rows, onRange) {
  const scale = chart.scale("x");
  const height = chart.viewBox.baseVal.height;
  let began;
  let shade;
  chart.style.touchAction = "pan-y";
  chart.style.cursor = "pointer";
  chart.addEventListener("pointerdown", begin, {capture: true});
  chart.addEventListener("pointermove", (event) => {
    if (began === undefined || Math.abs(place(event) - began) < 6) return;
    if (!shade.isConnected) {
      chart.setPointerCapture(event.pointerId);
      chart.append(shade);
    }
    const [left, right] = edges(touched(place(event)));
    shade.setAttribute("x", left);
    shade.setAttribute("width", right - left);
  });
  chart.addEventListener("pointerup", (event) => {
    const isDrag = shade?.isConnected;
    const chosen = began === undefined ? [] : touched(place(event));
    forget();
    if (chosen.length && (isDrag || event.pointerType === "mouse"))
      onRange({from: chosen[0].from, to: chosen.at(-1).to});
  });
  chart.addEventListener("pointercancel", forget);

  function begin(event) {
    if (event.button) return;
    if (event.pointerType === "mouse") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    began = place(event);
    shade = svg`<rect class="brush" y="24" height=${height - 60}></rect>`;
  }

  function forget() {
    shade?.remove();
    began = shade = undefined;
  }

  function place(event) {
    const box = chart.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
  }

  function touched(now) {
    const [low, high] = began < now ? [began, now] : [now, began];
    const [from, to] = [scale.invert(low), scale.invert(high)];
    return rows.filter(({x1, x2}) => x2 > from && x1 <= to);
  }

  function edges(chosen) {
    return chosen.length ? [scale.apply(chosen[0].x1), scale.apply(chosen.at(-1).x2)] : [began, began];
  }
}
