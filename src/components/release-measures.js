import {html, svg} from "htl";
import {reasons, relativeChange} from "./release-moves.js";
import {changeText, shareText, valueText} from "./release-words.js";

/** The measures that moved, the largest relative change first; readings of the same money after their own. */
export function movedFirst(measures) {
  return measures
    .filter(({hasMoved}) => hasMoved)
    .toSorted((a, b) => relativeChange(b) - relativeChange(a) || a.label.localeCompare(b.label));
}

/**
 * Measures in rows: name, values, change, the reasons' parts stacked right and left of a zero that all rows share (each to
 * its own scale), and its line over all releases with the two compared marked. `marks` are their positions.
 */
export function MovedMeasures(measures, {marks}) {
  const zero = zeroOf(measures);
  return html`<ol class="moves">
    ${measures.map(
      (one) =>
        html`<li class="move" data-measure=${one.name} data-change=${one.change}>
          <div class="move-name">${one.label}</div>
          <div class="move-change"><b>${changeText(one, one.change)}</b> <span>${shareText(one)}</span></div>
          <div class="move-values">${valueText(one, one.before)} → ${valueText(one, one.after)}</div>
          <div class="move-bar" aria-hidden="true">${stack(one, zero)}</div>
          <ul class="move-parts">
            ${one.parts.map(
              (part) =>
                html`<li data-reason=${part.reason} data-change=${part.change}>
                  ${swatch(part)}${changeText(one, part.change)} ${part.reason}
                </li>`
            )}
          </ul>
          ${line(one, marks)}
        </li>`
    )}
  </ol>`;
}

/** The columns of the same as a table: one for each reason there is. */
export function measureColumns(measures) {
  const given = reasons.filter(({reason}) =>
    measures.some(({parts}) => parts.some((part) => part.reason === reason))
  );
  return [
    {label: "Measure", isHead: true, value: ({label}) => label},
    {label: "Before", isNumber: true, value: (one) => valueText(one, one.before)},
    {label: "After", isNumber: true, value: (one) => valueText(one, one.after)},
    {label: "Change", isNumber: true, value: (one) => changeText(one, one.change)},
    ...given.map(({reason}) => ({
      label: reason,
      isNumber: true,
      value: (one) => {
        const part = one.parts.find((each) => each.reason === reason);
        return part ? changeText(one, part.change) : "";
      }
    }))
  ];
}

function sides({parts}) {
  const sum = (sign) => parts.reduce((total, {change}) => total + Math.max(0, sign * Number(change)), 0);
  return {left: sum(-1), right: sum(1)};
}

/** Where zero stands, as a share of the width: at the left if nothing is negative, never right of the middle but for all. */
function zeroOf(measures) {
  const shares = measures.map(sides).filter(({left, right}) => left + right > 0);
  const most = Math.max(0, ...shares.map(({left, right}) => left / (left + right)));
  return shares.every(({right}) => right === 0) ? most : Math.min(0.5, most);
}

function stack(measure, zero) {
  const {left, right} = sides(measure);
  const scale = Math.min(left ? zero / left : Infinity, right ? (1 - zero) / right : Infinity);
  const ends = {left: zero, right: zero};
  const bars = measure.parts.map(({reason, change}) => {
    const width = Math.abs(Number(change)) * scale;
    const from = Number(change) < 0 ? (ends.left -= width) : ends.right;
    if (Number(change) > 0) ends.right += width;
    return html`<b
      style=${{left: `${from * 100}%`, width: `${width * 100}%`, ...paint(reason)}}
      data-tip=${`${reason}: ${changeText(measure, change)}\nof ${changeText(measure, measure.change)} in all`}
    ></b>`;
  });
  return [...bars, html`<i style=${{left: `${zero * 100}%`}}></i>`];
}

/** The dot of a reason. */
export function swatch({reason}) {
  return html`<i class="swatch" style=${paint(reason)} aria-hidden="true"></i>`;
}

/** A reason's own colour; a sibling's is the same hue, faint with a border. */
function paint(reason) {
  const {color, isLight} = reasons.find((one) => one.reason === reason) ?? reasons.at(-1);
  return {
    background: isLight ? `color-mix(in srgb, var(${color}) 24%, var(--card))` : `var(${color})`,
    boxShadow: `inset 0 0 0 1px var(${color})`
  };
}

function line({label, values}, [from, to]) {
  const [width, height] = [120, 32];
  const numbers = values.map((value) => (value === null ? NaN : Number(value)));
  const known = numbers.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (i) => 4 + (i / (values.length - 1)) * (width - 8);
  const y = (value) => (high > low ? height - 4 - ((value - low) / (high - low)) * (height - 8) : height / 2);
  const points = numbers.flatMap((value, i) => (Number.isNaN(value) ? [] : [[x(i), y(value), i]]));
  const path = points
    .map(([left, top], n) => `${n ? "L" : "M"}${left.toFixed(1)},${top.toFixed(1)}`)
    .join("");
  return svg`<svg class="move-line" width=${width} height=${height} role="img" aria-label=${`${label} over ${values.length} releases`}>
    <path class="sparkline-line" d=${path}></path>
    ${points.filter(([, , i]) => i === from || i === to).map(([left, top, i]) => svg`<circle cx=${left} cy=${top} r="3" class=${i === to ? "is-to" : "is-from"}></circle>`)}
  </svg>`;
}
