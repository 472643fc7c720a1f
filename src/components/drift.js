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
  const minute = (time) => time.slice(0, 16);
  const trusting = tables
    .filter(([, one]) => one.verified_at < one.at)
    .map(([table, one]) => `${table} (last compared at ${minute(one.verified_at)})`);
  const except = trusting.length
    ? `, except those of ${trusting.join(", ")}, which a change cursor vouches for`
    : "";
  return html`<p>
    All ${tables.length} tables were read as they were at ${minute(at)} UTC. Their rows were all compared with
    those before${except}.
  </p>`;
}
