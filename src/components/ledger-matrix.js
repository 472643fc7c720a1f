import {html} from "htl";
import {hops, isUnexplained} from "./ledger-paths.js";
import {counted, exact, isZero, signedExact} from "./format.js";

const layers = ["source", "bronze", "silver", "gold", "warehouse", "marts", "extracts"];

/**
 * One row per table and measure, one column per layer; each cell tells what came out of the hop into it and, where it
 * differs from what went in, the explained parts; what is unexplained stands out. `onPick(path)` shows a path's waterfall.
 */
export function ledgerMatrix(paths, {onPick}) {
  return html`<div
    class="table-scroll matrix-scroll"
    tabindex="0"
    role="region"
    aria-label="Ledger by table and layer"
  >
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">Table and measure</th>
          ${layers.map((layer, index) => html`<th scope="col" class="number">${index ? html`<span class="arrow" aria-hidden="true">→ </span>` : ""}${layer}</th>`)}
          <th scope="col" class="number">unexplained</th>
        </tr>
      </thead>
      ${groups(paths).map((group) => groupBody(group, onPick))}
    </table>
  </div>`;
}

function groups(paths) {
  const found = new Map();
  for (const path of paths) found.set(path.table, [...(found.get(path.table) ?? []), path]);
  return [...found.values()];
}

function groupBody(group, onPick) {
  const {table, source} = group[0];
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan=${layers.length + 2}>
        ${table}${source && source !== table ? html`<span class="faint"> from ${source}</span>` : ""}
      </th>
    </tr>
    ${group.map((path) => pathRow(path, onPick))}
  </tbody>`;
}

function pathRow(path, onPick) {
  const lines = Object.values(path.lines).flat();
  const wrong = lines.filter(isUnexplained);
  const hasWaterfall = (path.lines[hops[4]] ?? []).length > 0;
  return html`<tr class=${wrong.length ? "wrong" : ""}>
    <th scope="row">
      ${
        hasWaterfall
          ? html`<button type="button" class="link" title="Show its waterfall" onclick=${() => onPick(path)}>
              ${words(path.measure)}
            </button>`
          : words(path.measure)
      }
    </th>
    <td class="number">${sourceCell(path)}</td>
    ${hops.map((hop) => html`<td class="number">${hopCell(path.lines[hop] ?? [], hop)}</td>`)}
    <td class="number">
      ${wrong.length ? wrong.map((line) => problem(line)) : html`<span class="zero">0</span>`}
    </td>
  </tr>`;
}

function sourceCell(path) {
  const first = path.lines[hops[0]]?.[0];
  return first ? exact(first.amount_in) : nothing();
}

function hopCell(lines, hop) {
  if (!lines.length) return nothing();
  if (hop === hops[5]) return extractsCell(lines);
  const isNamed = hop === hops[4];
  return html`<div class="hops">
    ${lines.map(
      (line) =>
        html`<div class="hop" title=${sentence(line)}>
          <div class=${isChanged(line) ? "out" : "out same"}>
            ${isNamed ? html`<span class="mart">${line.table_name}</span> ` : ""}${exact(line.amount_out)}
          </div>
          ${parts(line)}
        </div>`
    )}
  </div>`;
}

/** Spans of extracts overlap, so their sums say less than that each of their rows is the sum of its own lines. */
function extractsCell(lines) {
  const wrong = lines.filter(isUnexplained);
  const agree = lines.filter((line) => !isUnexplained(line));
  return html`<div class="hop" title=${lines.map(sentence).join("\n")}>
    ${agree.length ? html`<div class="out same">${agree.length} agree</div>` : ""} ${wrong.map(problem)}
  </div>`;
}

function parts(line) {
  return [
    ...reasonParts(line, "corrected", signedExact),
    ...reasonParts(line, "rejected", negated),
    ...reasonParts(line, "outside", negated),
    isUnexplained(line) ? problem(line) : null
  ];
}

function reasonParts(line, kind, text) {
  if (isZero(line[kind])) return [];
  const found = Object.entries(reasons(line)[kind] ?? {}).filter(([, amount]) => !isZero(amount));
  const told = found.length && found.length <= 3 ? found : [[kind, line[kind]]];
  return told.map(
    ([reason, amount]) =>
      html`<div class=${`part ${kind}`}>${text(amount)} <span dir="auto">${reason}</span></div>`
  );
}

function problem(line) {
  return html`<div class="problem">
    <strong
      >${isZero(line.unexplained) ? counted(line.mismatched_rows, "row") : signedExact(line.unexplained)}</strong
    >
    ${isZero(line.unexplained) ? "differ from their origin" : "unexplained"} · ${line.hop}
  </div>`;
}

function isChanged(line) {
  return !isZero(line.corrected) || !isZero(line.rejected) || !isZero(line.outside) || isUnexplained(line);
}

function sentence(line) {
  return `${line.hop}, ${line.table_name}, ${line.measure}: in ${exact(line.amount_in)}, corrected ${signedExact(line.corrected)}, rejected ${exact(line.rejected)}, outside the grain ${exact(line.outside)}, out ${exact(line.amount_out)}, unexplained ${exact(line.unexplained)}`;
}

/** The reasons of a line; they come as JSON, as text or read. */
export function reasons(line) {
  if (typeof line.reasons !== "string") return line.reasons ?? {};
  try {
    return JSON.parse(line.reasons) ?? {};
  } catch {
    return {};
  }
}

/** The negative of a decimal text, with its sign. */
export function negated(amount) {
  return String(amount).startsWith("-") ? `+${exact(String(amount).slice(1))}` : `−${exact(amount)}`;
}

/** A column's name in words. */
export function words(name) {
  return name.replaceAll("_", " ");
}

function nothing() {
  return html`<span class="faint" aria-label="no line">·</span>`;
}
