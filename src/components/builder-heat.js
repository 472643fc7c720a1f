import {html} from "htl";
import {chartLabel, told} from "./builder-axis.js";
import {shortValue} from "./builder-measure.js";
import {keyName} from "./builder-series.js";
import {askable} from "./why-button.js";

/** A table whose cells are shaded by their value; below zero in red. */
export function heat({plan, measure, cells, keys: [firsts, seconds], ask}) {
  const [group, second] = plan.groups;
  const values = firsts
    .flatMap((first) => seconds.map((key) => cells.at(first, key).value))
    .filter((value) => typeof value === "number");
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const from = measure.kind === "ratio" ? low : Math.min(0, low);
  const share = (value) => (high > from ? (value - from) / (high - from) : 1);
  const shown = firsts.filter((first) => seconds.some((key) => cells.at(first, key).value !== null));
  const markAt = ({target}) => {
    const at = target.closest("td[data-at]")?.dataset.at.split(" ").map(Number);
    const keys = at && [firsts[at[0]], seconds[at[1]]];
    return keys ? ask(keys, cells.at(...keys).value) : null;
  };
  const node = html`<div>
    <p class="chart-label">${chartLabel(plan, measure, null)}</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${measure.label}>
      <table class="heat-table">
        <caption class="hidden">
          ${measure.label} by ${group.label} and ${second.label}
        </caption>
        <thead>
          <tr>
            <th scope="col">${group.label}</th>
            ${seconds.map((key) => html`<th scope="col" dir="auto">${keyName(key, second, 24)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (first) =>
              html`<tr>
                <th scope="row" dir="auto">${keyName(first, group, 40)}</th>
                ${seconds.map((key, index) => heatCell(plan, measure, {names: [keyName(first, group), keyName(key, second)], at: [firsts.indexOf(first), index], cell: cells.at(first, key), share}))}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </div>`;
  return askable(node, markAt, {isClicked: true});
}

function heatCell(plan, measure, {names, at, cell, share}) {
  if (typeof cell.value !== "number") return html`<td class="none">–</td>`;
  return html`<td
    style=${{"--share": share(cell.value).toFixed(3)}}
    data-at=${at.join(" ")}
    data-tip=${told(plan, measure, names, cell)}
  >
    ${shortValue(measure, cell.value)}
  </td>`;
}
