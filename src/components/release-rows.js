import {html} from "htl";
import {counted, exact, list, percent, signedExact} from "./format.js";
import {words} from "./ledger-matrix.js";
import {moment} from "./release-words.js";

/** The rows of each gold table that differ; a table opens its samples, release by release. */
export function movedRows({tables, steps}) {
  return html`<div class="reasons">
    ${tables.map(
      (one) =>
        html`<details class="reason" data-table=${one.table}>
          <summary>
            <span class="reason-name">${one.table}</span>
            <span class="where faint">${counted(one.before, "row")} → ${counted(one.after, "row")}</span>
            <span class="number moved">${countsOf(one)}</span>
          </summary>
          <div class="reason-rows">${one.steps.map((step) => stepRows(step, steps))}</div>
        </details>`
    )}
  </div>`;
}

/** `6 rows added, 2 removed and 1 changed`. */
function countsOf(counts) {
  const kinds = ["added", "removed", "changed"].filter((kind) => counts[kind]);
  const [first, ...rest] = kinds;
  return list([
    `${counted(counts[first], "row")} ${first}`,
    ...rest.map((kind) => `${exact(counts[kind])} ${kind}`)
  ]);
}

function stepRows({release, columns, samples, ...counts}, steps) {
  const by = steps.length > 1 ? `Release of ${moment(steps.find(({id}) => id === release))}: ` : "";
  const changed = columns.map(
    (one) => `${words(one.column)} in ${counted(one.changed, "row")} (${percent(one.share)})`
  );
  const shown = samples.length < counts.added + counts.removed + counts.changed ? ", for example" : "";
  return html`<div>
    <p class="faint">
      ${by}${countsOf(counts)}${changed.length ? `; changed: ${list(changed)}` : ""}${shown}
    </p>
    <ul class="samples">
      ${samples.map(
        ({key, change, values}) =>
          html`<li>
            <b>${key}</b>
            <span class="faint">${change}</span>
            ${list(Object.entries(values).map((entry) => valueText(entry, change)))}
          </li>`
      )}
    </ul>
  </div>`;
}

function valueText([column, [before, after]], change) {
  const told = (value) => value ?? "null";
  if (change === "added") return `${words(column)} ${told(after)}`;
  if (change === "removed") return `${words(column)} ${told(before)}`;
  return `${words(column)} ${told(before)} → ${told(after)}`;
}

/** Where the change of each release concentrates: the three members that stand out most. */
export function segmentList({steps}, measures) {
  const found = steps.flatMap((release) =>
    (release.step.segments ?? []).slice(0, 3).map((one) => ({...one, release}))
  );
  if (!found.length) return null;
  const labelOf = (name) => measures.find((one) => one.name === name)?.label ?? name;
  const by = ({release}) => (steps.length > 1 ? `Release of ${moment(release)}: ` : "");
  return html`<ul class="plain">
    ${found.map(
      (one) =>
        html`<li>
          ${by(one)}${words(one.dimension)} <b>${one.member ?? "no value"}</b> has ${signedExact(one.change)},
          ${percent(one.share)} of the change of ${labelOf(one.measure).toLowerCase()}, and had
          ${percent(one.usual)} of the whole before.
        </li>`
    )}
  </ul>`;
}
