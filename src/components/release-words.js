import {counted, date, exact, list, signedExact} from "./format.js";

const minus = "−";
const few = new Intl.NumberFormat("en", {maximumSignificantDigits: 2});
const cents = new Intl.NumberFormat("en", {minimumFractionDigits: 2, maximumFractionDigits: 2});

/** A measure's value: `29,356,250`, `42.2%`; "n/a" for none. */
export function valueText({format, kind}, value) {
  if (value === null) return "n/a";
  if (format === "percent") return `${cents.format(Number(value) * 100)}%`;
  if (kind === "ratio") return exact(Number(value));
  return kind === "extreme" ? value : exact(value);
}

/** A change of a measure: `+3,578`, `−0.0036`, `+0.4 points`. */
export function changeText({format, kind}, change) {
  if (change === null) return "n/a";
  if (kind === "amount") return signedExact(change);
  return format === "percent" ? `${small(Number(change) * 100)} points` : small(Number(change));
}

/** A change as percent of what was before. */
export function shareText({before, change}) {
  if (change === null || !Number(before)) return "n/a";
  return `${small((Number(change) / Math.abs(Number(before))) * 100)}%`;
}

/** A signed number with two digits that say something. */
function small(value) {
  const text = (Math.abs(value) < 0.1 ? few : cents).format(Math.abs(value));
  return value === 0 ? "±0" : `${value < 0 ? minus : "+"}${text}`;
}

/** `25 Nov 2026, 01:21` of a release, in UTC. */
export function moment({published_at}) {
  return `${date(published_at.slice(0, 10))}, ${published_at.slice(11, 16)}`;
}

/** What is particular about a release; empty where nothing is. */
export function noteOf({restores, held}) {
  const notes = [
    restores && `brings back ${restores.release}: ${restores.reason}`,
    held !== null && (held === restores?.reason ? "held" : `held: ${held}`)
  ];
  return notes.filter(Boolean).join("; ");
}

/** What moved between two releases, in a sentence or two. */
export function movesSentence({steps, measures, tables, lost}) {
  const over = steps.length > 1 ? `, summed over ${steps.length} releases` : "";
  const [main] = measures;
  const moved = measures.find((one) => one.hasMoved && one.kind === "amount" && one.change !== null);
  const still = moved && moved !== main ? `${main.label} did not move. ` : "";
  const sentences = [
    moved ? still + movedSentence(moved, over) : nothingMoved(measures, tables, lost),
    ...lost.map(lostSentence)
  ];
  return sentences.join(" ");
}

function movedSentence(measure, over) {
  const parts = measure.parts.map(({reason, change}) => `${changeText(measure, change)} ${reason}`);
  return `${measure.label} moved by ${changeText(measure, measure.change)}${over}: ${list(parts)}.`;
}

function nothingMoved(measures, tables, lost) {
  if (measures.some(({hasMoved}) => hasMoved)) return "No amount is known to have moved; see below.";
  const rows = tables.map(
    ({table, added, removed, changed}) => `${counted(added + removed + changed, "row")} of ${table}`
  );
  if (rows.length) return `No measure moved; other than before are ${list(rows)}.`;
  return lost.length ? "" : "No measure and no row of gold moved.";
}

function lostSentence(release) {
  return `What the release of ${moment(release)} changed can no longer be told, because an object of it or of the one before is gone; its part reads “not compared”.`;
}
