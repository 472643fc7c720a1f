import * as Plot from "@observablehq/plot";
import {html} from "htl";
import {labelled, sideways} from "./chart-frame.js";
import {compact, counted} from "./format.js";

const hues = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];

/**
 * Horizontal bars of `[{label, value, group, note, title}]`, coloured by group, in the order given.
 * Two members of one name stay two bars. `rest` says how many more there are.
 */
export function categoryBars(data, width, {label, rest = 0}) {
  const groups = [...new Set(data.map(({group}) => group))];
  const isNarrow = width < 480;
  const row = (_, index) => index;
  const chart = Plot.plot({
    ...sideways(width, {names: data.map(({label}) => label), right: isNarrow ? 52 : 136}),
    color: {
      domain: groups,
      range: groups.map((_, index) => hues[index] ?? "var(--other)"),
      legend: groups.length > 1
    },
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: isNarrow ? 2 : 5}),
      Plot.barX(data, {
        x: "value",
        y: row,
        fill: "group",
        insetTop: 3,
        insetBottom: 3,
        title: "title",
        tip: true
      }),
      Plot.text(data, {
        x: ({value}) => Math.max(0, value),
        y: row,
        text: ({value, note}) => (isNarrow ? compact(value) : `${compact(value)} · ${note}`),
        textAnchor: "start",
        dx: 4,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"})
    ]
  });
  const more = rest > 0 ? html`<p class="method faint">and ${counted(rest, "other product")}</p>` : "";
  return labelled(label, chart, more);
}
