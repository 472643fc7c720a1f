import {html} from "htl";

/** How tables differ from the catalog and from the release before, in words: `{table: [line, …]}`. */
export function driftList(drift) {
  const tables = Object.entries(drift ?? {});
  if (!tables.length)
    return html`<p class="empty">Every table is as it is expected, and as it was before.</p>`;
  return html`<ul class="drift">
    ${tables.map(([table, lines]) => html`<li><code>${table}</code>: ${lines.join("; ")}</li>`)}
  </ul>`;
}

/** How the tables of a database were read: `{table: {at, by, verified_at}}`, times in UTC; nothing for a folder. */
export function readList(read) {
  const tables = Object.entries(read ?? {});
  if (!tables.length) return html`<span></span>`;
  const [[, {at}]] = tables;
  const bySomeCursor = tables.filter(([, one]) => one.by === "cursor");
  const minute = (time) => time.slice(0, 16);
  return html`<p>
    All ${tables.length} tables were read as they were at ${minute(at)} UTC. Every row was compared with the
    release
    before${
      bySomeCursor.length
        ? html`, but for
          ${bySomeCursor.map(([table, {verified_at}], i) => [i ? ", " : "", html`<code>${table}</code>, last compared at ${minute(verified_at)}`])}`
        : ""
    }.
  </p>`;
}
