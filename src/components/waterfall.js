import {html, svg} from "htl";
import {hops, isUnexplained} from "./ledger-paths.js";
import {negated, reasons, words} from "./ledger-matrix.js";
import {exact, isZero, signedExact} from "./format.js";

/** The steps of a path into one mart: levels and what moved between them, exact decimal texts. */
export function waterfallSteps(path, martLine) {
  const line = (hop) => path.lines[hop]?.[0];
  const lines = [...hops.slice(0, 4).map(line), martLine].filter(Boolean);
  if (!lines.length) return [];
  const steps = [
    {
      kind: "level",
      label: path.lines[hops[0]]?.length ? "Source" : `As ${lines[0].hop.split(" → ")[0]} has it`,
      amount: lines[0].amount_in
    }
  ];
  for (const one of lines) {
    for (const kind of ["corrected", "rejected", "outside"]) steps.push(...partsOf(one, kind));
    if (isUnexplained(one))
      steps.push({kind: "unexplained", label: `Unexplained, ${one.hop}`, amount: one.unexplained, sign: 1});
  }
  if (martLine)
    steps.push({kind: "level", label: `Mart ${martLine.table_name}`, amount: martLine.amount_out});
  return steps;
}

function partsOf(line, kind) {
  const sign = kind === "corrected" ? 1 : -1;
  const found = Object.entries(reasons(line)[kind] ?? {}).filter(([, amount]) => !isZero(amount));
  const label = {corrected: "Corrected", rejected: "Rejected", outside: "Outside the grain"}[kind];
  if (found.length)
    return found.map(([reason, amount]) => ({kind, label: `${label}: ${reason}`, amount, sign}));
  return isZero(line[kind]) ? [] : [{kind, label, amount: line[kind], sign}];
}

/**
 * A waterfall in rows: label, bar, number. Corrections are tiny beside a total, so the bars' axis spans only the range
 * that moves, which the caption says; totals are marks on it, not bars.
 */
export function waterfall(steps, {measure}) {
  const placed = place(steps);
  const moves = placed.filter(({kind}) => kind !== "level");
  const [low, high] = extent(placed);
  return html`<figure class="waterfall">
    <ol>
      ${placed.map((step) => row(step, low, high))}
    </ol>
    <figcaption class="faint">
      ${
        moves.length
          ? `${words(measure)}; the axis spans only what moves, ${exact(round(low))} to ${exact(round(high))}`
          : `${words(measure)}: nothing was corrected, rejected or left outside`
      }
    </figcaption>
  </figure>`;
}

function place(steps) {
  let level = 0;
  return steps.map((step) => {
    if (step.kind === "level") {
      level = Number(step.amount);
      return {...step, from: level, to: level};
    }
    const from = level;
    level += step.sign * Number(step.amount);
    return {...step, from, to: level};
  });
}

function extent(placed) {
  const values = placed.flatMap(({from, to}) => [from, to]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - room, high + room];
}

function row(step, low, high) {
  const at = (value) => `${(100 * (value - low)) / (high - low)}%`;
  const [left, right] = [Math.min(step.from, step.to), Math.max(step.from, step.to)];
  const mark =
    step.kind === "level"
      ? svg`<line x1=${at(step.to)} x2=${at(step.to)} y1="2" y2="26" stroke="var(--ink)" stroke-width="3" />`
      : svg`<rect x=${at(left)} width=${`${Math.max(0.4, (100 * (right - left)) / (high - low))}%`} y="6" height="16" rx="2" class=${step.kind} />`;
  return html`<li class=${step.kind}>
    <span class="label" dir="auto">${step.label}</span>
    <svg width="100%" height="28" aria-hidden="true">${mark}</svg>
    <span class="number"
      >${step.kind === "level" ? exact(step.amount) : step.sign < 0 ? negated(step.amount) : signedExact(step.amount)}</span
    >
  </li>`;
}

function round(value) {
  return Number(value.toPrecision(6));
}
