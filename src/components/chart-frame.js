import {html} from "htl";
import {tick} from "./format.js";

/** How the tooltip of a chart looks. */
export const tipStyle = {fill: "var(--card)", stroke: "var(--line-strong)", fontSize: 12};

/** What every chart of these pages shares: size, margins, type. `label` names the measure above the vertical axis. */
export function frame(width, label) {
  return {
    width,
    height: width < 480 ? 240 : 280,
    marginLeft: 52,
    marginRight: 16,
    style: {
      fontSize: "12px",
      background: "transparent",
      color: "var(--ink-soft)",
      fontFamily: "var(--sans-serif)"
    },
    y: {label, tickFormat: tick, ticks: 5, labelArrow: "none", tickSize: 0}
  };
}

/** A chart of rows with their names on the left: `names` by row, `height` of each, room for a text on the right. */
export function sideways(width, {names, height = 24, right = 64}) {
  const clipped = names.map((name) => brief(name, width < 480 ? 16 : 30));
  const longest = Math.max(1, ...clipped.map((name) => name.length));
  return {
    ...frame(width, null),
    height: 32 + height * names.length,
    marginLeft: 16 + longest * 6.8,
    marginRight: right,
    marginTop: 24,
    marginBottom: 8,
    x: {axis: "top", label: null, ticks: width < 480 ? 2 : 5, tickFormat: tick, tickSize: 0, zero: true},
    y: {
      label: null,
      domain: names.map((_, index) => index),
      tickFormat: (index) => clipped[index],
      tickSize: 0
    }
  };
}

/** A chart under the name of its measure, which no tick can collide with; to screen readers it is one image. */
export function labelled(label, chart, after = "") {
  const drawing = chart.localName === "svg" ? chart : chart.querySelector(":scope > svg, .why-chart > svg");
  for (const mark of drawing?.querySelectorAll("[aria-label]") ?? []) mark.removeAttribute("aria-label");
  drawing?.setAttribute("role", "img");
  drawing?.setAttribute("aria-label", label);
  return html`<div>
    <p class="chart-label">${label}</p>
    ${chart}${after}
  </div>`;
}

/** A name that keeps its own direction in a line of text. */
export function isolated(name) {
  return `\u2068${name}\u2069`;
}

/** The beginning of a text that may be long. */
export function brief(value, most = 60) {
  const text = String(value ?? "n/a");
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
