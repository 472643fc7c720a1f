import {html} from "htl";
import {exact} from "./format.js";
import {openPanel} from "./panel.js";
import {Profile} from "./profile.js";

/**
 * A button that opens, in a panel, what is in a result column by column. `askAll(sql, {signal})` asks the statement's
 * database and resolves to plain objects; it is needed only for a result that was cut, whose rows are all counted then.
 */
export function profileButton(result, {sql, askAll}) {
  return html`<button type="button" class="quiet" onclick=${() => openProfile(result, {sql, askAll})}>
    Profile
  </button>`;
}

function openProfile(result, {sql, askAll}) {
  const asking = new AbortController();
  const query = (text) => askAll(text, {signal: asking.signal});
  const label = "Columns of the result";
  const dialog = openPanel({
    title: "What is in this result?",
    subtitle: subtitleOf(result),
    className: "profile-panel",
    body: html`<div class="panel-body" aria-live="polite">
      ${Profile(result.isCut ? {query, relation: sql} : result, {label})}
    </div>`
  });
  dialog?.addEventListener("close", () => asking.abort());
}

function subtitleOf({rows, isCut}) {
  return isCut
    ? `All rows that the query finds, not only the first ${exact(rows.length)} that are shown`
    : "All rows of the result";
}
