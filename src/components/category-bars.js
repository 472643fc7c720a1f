import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {frame} from "./auto-chart.js";
import {axisText, counted, short} from "./numbers.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/**
 * Horizontal bars of `[{label, value, group, note, title}]`, coloured by group, in the order given.
 * Two members of one name stay two bars. `rest` says how many more there are.
 */
export function categoryBars(data, width, {label, rest = 0}) {
  const keyed = data.map((one, index) => ({...one, key: index}));
  const groups = [...new Set(data.map(({group}) => group))];
  const longest = Math.max(1, ...data.map(({label}) => clip(label, width).length));
  const chart = Plot.plot({
    ...frame(width, null),
    height: 40 + 24 * data.length,
    marginLeft: 16 + longest * 6.8,
    marginRight: width < 480 ? 52 : 136,
    color: {
      domain: groups,
      range: groups.map((_, index) => hues[index] ?? "var(--other)"),
      legend: groups.length > 1
    },
    x: {
      axis: "top",
      label,
      labelAnchor: "left",
      labelArrow: "none",
      ticks: width < 480 ? 2 : 4,
      tickFormat: axisText,
      zero: true
    },
    y: {
      label: null,
      domain: keyed.map(({key}) => key),
      tickFormat: (key) => clip(data[key].label, width),
      tickSize: 0
    },
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 2 : 4}),
      Plot.barX(keyed, {
        x: "value",
        y: "key",
        fill: "group",
        insetTop: 3,
        insetBottom: 3,
        title: "title",
        tip: true
      }),
      Plot.text(keyed, {
        x: ({value}) => Math.max(0, value),
        y: "key",
        text: ({value, note}) => (width < 480 ? short(value) : `${short(value)} · ${note}`),
        textAnchor: "start",
        dx: 4,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  return html`<div>
    ${chart}${rest > 0 ? html`<p class="method faint">and ${counted(rest, "other")}</p>` : ""}
  </div>`;
}

function clip(text, width) {
  const most = width < 480 ? 16 : 30;
  const whole = String(text ?? "n/a");
  return whole.length > most ? `${whole.slice(0, most - 1)}…` : whole;
}
