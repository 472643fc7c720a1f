import {html} from "htl";
import {counted} from "./format.js";
import {profileOfRows} from "./profile-rows.js";
import {profileOf} from "./profile-sql.js";
import {profileTable} from "./profile-table.js";

export {profileOf, profileOfRows};

/**
 * What is in a relation, a row per column: of rows that are there, `{columns: [{name, type}], rows: [[…]]}`, or of all
 * that a select or a table has, `{query, relation}` with `query` as that of database.js. Long answers keep the frame.
 */
export function Profile(given, {label = "Columns", onRows} = {}) {
  if (!given.query) return drawn(profileOfRows(given), {label, onRows});
  const node = html`<div class="profile-slot" aria-busy="true">
    <p class="faint" role="status">Counting every column…</p>
  </div>`;
  profileOf(given.query, given.relation)
    .then(
      (profile) => node.replaceChildren(drawn(profile, {label, onRows})),
      (error) => node.replaceChildren(html`<p class="sql-error" role="alert">${error.message}</p>`)
    )
    .finally(() => node.removeAttribute("aria-busy"));
  return node;
}

function drawn(profile, options) {
  if (!profile.columns.length) return html`<p class="empty">There is no column.</p>`;
  return html`<div>
    <p class="faint">${counted(profile.rows, "row")}, ${counted(profile.columns.length, "column")}</p>
    <div class="profile-scroll">${profileTable(profile, options)}</div>
  </div>`;
}
