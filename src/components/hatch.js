import {svg} from "htl";

let made = 0;

/** A Plot mark that defines a hatch, and the `fill` that uses it: how an incomplete bar is drawn. */
export function hatch(color = "var(--accent)") {
  const id = `hatch-${++made}`;
  const mark = () => svg`<defs>
    <pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="var(--card)"></rect>
      <rect width="3" height="6" style=${`fill:${color}`}></rect>
    </pattern>
  </defs>`;
  return {mark, fill: `url(#${id})`};
}
