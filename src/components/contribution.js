import {html} from "htl";
import {askable, whyButton} from "./why-button.js";
import {exact, percentChange, signed} from "./format.js";

/**
 * The parts of a change as bars left and right of zero, whose sum is the last row. `parts` as `contributions()` gives
 * them; `onSelect(member, event)` makes the named ones buttons, `markOf(part)` is what is asked of them.
 */
export function Contribution(parts, {width, plural = "others", onSelect, markOf} = {}) {
  const total = parts.reduce((sum, {change}) => sum + change, 0);
  const low = Math.min(0, ...parts.map(({change}) => change));
  const high = Math.max(0, ...parts.map(({change}) => change));
  const place = (value) => ((value - low) / (high - low || 1)) * 100;
  const before = parts.reduce((sum, {base}) => sum + base, 0);
  return html`<div class=${`parts ${width < 420 ? "is-narrow" : ""}`} role="list">
    ${parts.map((part) => row({part, place, total, plural, onSelect, markOf}))}
    <div class="part part-total" role="listitem">
      <span class="part-name">Change in all</span>
      <span class="part-bar"></span>
      <span class="part-value" data-change=${total}>${signed(total)}</span>
      <span class="part-share">${percentChange(before + total, before)}</span>
    </div>
  </div>`;
}

/** The columns of the table beside the bars. */
export const contributionColumns = [
  {label: "Member", isHead: true, value: ({member, members}) => member ?? `${members} others`},
  {label: "Before", isNumber: true, value: ({base}) => exact(base)},
  {label: "Now", isNumber: true, value: ({revenue}) => exact(revenue)},
  {label: "Change", isNumber: true, value: ({change}) => signed(change, exact)}
];

function row({part, place, total, plural, onSelect, markOf}) {
  const {member, members, change, base, revenue} = part;
  const name = member ?? `${members} other ${plural}`;
  const [left, right] = change < 0 ? [place(change), place(0)] : [place(0), place(change)];
  const told = `${name}\nNow ${exact(revenue)}, before ${exact(base)}\nChange ${signed(change, exact)} (${percentChange(revenue, base)})`;
  const kind = member === null ? "other" : change < 0 ? "bad" : "good";
  const mark = markOf && member !== null ? () => markOf(part) : null;
  const node = html`<div class="part" role="listitem" data-tip=${told} data-change=${change}>
    ${
      member !== null && onSelect
        ? html`<button class="part-name" id=${`part:${member}`} onclick=${(event) => onSelect(member, event)}>
            ${name}
          </button>`
        : html`<span class="part-name">${name}</span>`
    }
    <span class="part-bar"
      ><i style=${{left: `${place(0)}%`}}></i
      ><b class=${kind} style=${{left: `${left}%`, width: `${Math.max(right - left, change ? 0.5 : 0)}%`}}></b
    ></span>
    <span class="part-value">${signed(change)}</span>
    <span class="part-share"
      >${total ? `${Math.round((change / total) * 100)}%`.replace("-", "−") : "n/a"}${mark ? whyButton(mark, {isTabbed: false}) : null}</span
    >
  </div>`;
  return mark ? askable(node, mark) : node;
}
