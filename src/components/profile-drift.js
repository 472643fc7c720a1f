import {html} from "htl";
import {counted, exact, list, signed} from "./format.js";

/** What moved in a table since the release before, in words. `drift` as in profile.json, null without such a release. */
export function driftSentence(drift, parent) {
  if (!drift || !parent) return "This is the first release: there is nothing before it to compare with.";
  const since = `Since release ${parent.id}`;
  const words = [rowWords(drift.rows), ...nullWords(drift.nulls), ...memberWords(drift.members)].filter(
    Boolean
  );
  return words.length
    ? `${since}: ${words.join("; ")}.`
    : `${since}: the same rows in number, no column with more or fewer nulls, no member new or gone.`;
}

/** Where a reader finds the rest. */
export function driftLine(drift, parent) {
  return html`<p class="small-print profile-drift">
    ${driftSentence(drift, parent)} ${drift ? html`<a href="../trust/releases">What moved?</a>` : ""}
  </p>`;
}

function rowWords(rows) {
  if (!rows || rows.before === rows.now) return "";
  return `${exact(rows.before)} → ${counted(rows.now, "row")} (${signed(rows.now - rows.before, exact)})`;
}

function nullWords(nulls) {
  return Object.entries(nulls).map(
    ([column, {before, now}]) => `nulls of ${column} ${exact(before)} → ${exact(now)}`
  );
}

function memberWords(members) {
  return Object.entries(members).flatMap(([column, {added, gone}]) => [
    ...(added.length ? [`new in ${column}: ${first(added)}`] : []),
    ...(gone.length ? [`gone from ${column}: ${first(gone)}`] : [])
  ]);
}

function first(names) {
  const shown = names.slice(0, 3).map((name) => (name.length > 60 ? `${name.slice(0, 59)}…` : name));
  return names.length > 3 ? `${shown.join(", ")} and ${names.length - 3} more` : list(shown);
}
