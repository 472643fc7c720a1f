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
