import {html} from "htl";
import {counted, date, exact, signed} from "./format.js";

const money = ["revenue", "average_order_value", "margin"];

/**
 * What applies to a figure in a selection: `{words, notes, mark}`. `words` are of this selection and mostly none; `notes`
 * tell what stands behind it; `mark` is `good`, `open` where a column of it has no check, or `wrong`. `coverage` is
 * that of `coverage.json`, `current` a row as in `figures.json`.
 */
export function badgeOf(key, {current, question, coverage}) {
  const {ledger, tests, open, wrong} = coverage.measures[key] ?? {
    ledger: 0,
    tests: 0,
    open: [key],
    wrong: []
  };
  const words = wrong.map((name) => `${name} does not pass`);
  const notes = [
    `Behind it: ${counted(ledger, "ledger line")}, ${counted(tests, "test")}`,
    ...open.map((column) => `No check covers ${column}`)
  ];
  if (current?.lines) {
    words.push(...correctedWords(key, current, question), ...assumedWords(key, current));
    const undated = current.undated_lines
      ? `${counted(current.undated_lines, "line")} without an order date ${current.undated_lines === 1 ? "is" : "are"} in no period`
      : null;
    if (undated) (question.period === "all" && key === "revenue" ? words : notes).push(undated);
  }
  if (coverage.refused)
    notes.push(`${counted(coverage.refused, "source row")} refused or superseded, of any day, in no figure`);
  return {words, notes, mark: wrong.length ? "wrong" : open.length ? "open" : "good"};
}

/** Money that was corrected, and by how much it moves this figure. */
function correctedWords(key, current, {reading}) {
  const {lines, corrected_lines: corrected} = current;
  if (!money.includes(key) || reading === "reported" || !corrected) return [];
  const change = current[key] - current[`${key}_as_reported`];
  return [
    `${exact(corrected)} of ${counted(lines, "line")} corrected, ${signed(Number(change.toFixed(2)), exact)}`
  ];
}

function assumedWords(key, {assumed_lines: assumed}) {
  return key === "margin" && assumed ? [`cost assumed in ${exact(assumed)}`] : [];
}

/** The badge of a card, whose subtitle has the data through: nothing where no words apply. */
export function CardBadge(key, answer) {
  return badgeOf(key, answer).words.length ? Badge(key, answer) : null;
}

/** A quiet dot and *data through*, or the words that apply. */
export function Badge(key, answer) {
  const {words, mark} = badgeOf(key, answer);
  const {through} = answer.question;
  return html`<div class=${`badge is-${mark}`} data-badge=${key}>
    <i aria-hidden="true"></i>
    <span>${words.length ? words.join(" · ") : `data through ${date(through)}`}</span>
    ${mark === "open" ? html`<span class="hidden">not wholly covered by checks</span>` : ""}
  </div>`;
}
