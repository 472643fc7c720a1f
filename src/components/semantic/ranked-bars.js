import * as Plot from "@observablehq/plot";
import {sideways, tipStyle} from "../chart-frame.js";
import {asImage} from "../image.js";
import {counted} from "../format.js";
import {formatOf, isAdditive, memberText, pluralOf} from "./measures.js";
import {askable} from "../why-button.js";
import {html} from "htl";

/** Height of the bars of so many members, of which `most` are shown and the others counted. */
export function rankedHeight(count, most = 12) {
  return 32 + 28 * Math.min(Math.max(count, 1), most) + (count > most ? 24 : 0);
}

/**
 * Members of a dimension as bars, the compared value as a grey bar behind; those beyond `most` are counted. `answer` is
 * that of `answerMeasure`; `onSelect(member, event)` is called for a clicked bar, `markOf(row)` is what is asked of one.
 */
export function RankedBars({measure, dimension, rows, total}, {width, most = 12, onSelect, markOf}) {
  const {short, full, tick, change, rate} = formatOf(measure);
  const shown = rows.slice(0, most);
  const isNarrow = width < 480;
  const position = (_, index) => index;
  const told = ({member, value, base}) => {
    const share = isAdditive(measure) && total.value > 0 ? value / total.value : null;
    const percent = rate(value, base);
    return [
      memberText(member).slice(0, 80),
      `${measure.label} ${full(value)}`,
      share === null ? null : `${formatOf({format: "percent"}).short(share)} of all`,
      base === null ? null : `Before ${full(base)}, ${change(value, base)}${percent ? ` (${percent})` : ""}`
    ]
      .filter(Boolean)
      .join("\n");
  };
  const note = ({value, base}) => {
    const percent = rate(value, base) ?? change(value, base);
    return isNarrow || base === null || percent === "n/a" ? short(value) : `${short(value)} · ${percent}`;
  };
  const frame = sideways(width, {
    names: shown.map(({member}) => memberText(member)),
    height: 28,
    right: isNarrow ? 60 : 136
  });
  const chart = Plot.plot({
    ...frame,
    ariaLabel: `${measure.label} by ${dimension.label}`,
    x: {...frame.x, tickFormat: tick, domain: domainOf(shown)},
    marks: [
      Plot.gridX({stroke: "var(--line)", strokeOpacity: 1, ticks: isNarrow ? 2 : 5}),
      Plot.barX(shown, {
        x: ({base}) => base ?? 0,
        y: position,
        fill: "var(--last-year)",
        insetTop: 2,
        insetBottom: 2
      }),
      Plot.barX(shown, {
        x: ({value}) => value ?? 0,
        y: position,
        fill: ({member}) => (memberText(member) === "n/a" ? "var(--other)" : "var(--c1)"),
        insetTop: 6,
        insetBottom: 6
      }),
      Plot.text(shown, {
        x: ({value, base}) => Math.max(0, value ?? 0, base ?? 0),
        y: position,
        text: note,
        textAnchor: "start",
        dx: 4,
        fill: "var(--ink-soft)"
      }),
      Plot.ruleX([0], {stroke: "var(--line-strong)"}),
      Plot.tip(
        shown,
        Plot.pointerY({
          x: ({value, base}) => Math.max(0, value ?? 0, base ?? 0),
          y: position,
          title: told,
          ...tipStyle,
          preferredAnchor: "left"
        })
      )
    ]
  });
  asImage(chart);
  if (onSelect) {
    chart.style.cursor = "pointer";
    chart.addEventListener("click", (event) => chart.value && onSelect(chart.value.member, event));
  }
  const more = rows.length - shown.length;
  const rest = more
    ? html`<p class="small-print">
        and ${counted(more, `other ${dimension.label.toLowerCase()}`, `other ${pluralOf(dimension)}`)}
      </p>`
    : null;
  const node = html`<div>${chart}${rest}</div>`;
  return markOf ? askable(node, () => (chart.value ? markOf(chart.value) : null)) : node;
}

function domainOf(rows) {
  const values = rows.flatMap(({value, base}) => [value ?? 0, base ?? 0]);
  return [Math.min(0, ...values), Math.max(0, ...values) || 1];
}
